/* A blob: what is accepted has one spelling, one name, and a plain key that is accepted too. */
#include "key/keyblob.h"

#include <string.h>

#include "base/err.h"
#include "key/keyfpr.h"
#include "tests/fuzz/fuzz.h"

#include "base/poison.h"

static uint8_t plain[2 * KA_BLOB_MAX], longer[KA_BLOB_MAX + 1];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ka_span blob = { data, size }, name = { NULL, 0 };
	struct ka_keyblob key, again;
	char fpr[KA_FPR_TEXT_MAX];
	struct ka_cursor c;
	size_t principals = 0;
	struct ka_buf b;

	enum ka_reason reason = ka_keyblob_parse(blob, name, &key);

	ka_buf_init(&b, plain, sizeof(plain));
	ka_keyblob_plain(&key, &b); /* also of what is refused: explanations show it */
	MUST(ka_buf_check(&b) == KA_ERR_OK && (key.whole || b.len == 0));
	if (reason != KA_REASON_NONE)
		return 0;
	MUST(ka_keyblob_parse(blob, ka_span_of(ka_keyblob_name(&key)), &again) == KA_REASON_NONE);
	MUST(ka_keyblob_parse(ka_buf_as_span(&b), name, &again) == KA_REASON_NONE && !again.is_cert);
	MUST(again.type == key.type && again.bits == key.bits);
	MUST(key.is_cert || ka_span_equal(ka_buf_as_span(&b), blob));
	ka_keyfpr_text(ka_buf_as_span(&b), fpr);
	MUST(ka_keyfpr_is_valid(ka_span_of(fpr)));
	ka_cursor_init(&c, key.cert.principals.p, key.cert.principals.len);
	while (ka_keyblob_principal_next(&c, &name))
		principals++;
	MUST(principals == key.cert.principals_count && !c.failed);
	if (size < KA_BLOB_MAX) {
		memcpy(longer, data, size);
		longer[size] = 0;
		MUST(ka_keyblob_parse((struct ka_span){ longer, size + 1 }, (struct ka_span){ NULL, 0 }, &again) != KA_REASON_NONE);
		MUST(ka_keyblob_parse(ka_span_sub(blob, 0, size - 1), (struct ka_span){ NULL, 0 }, &again) != KA_REASON_NONE);
	}
	return 0;
}
