/* A signer file: refused as a whole, or a list in which everybody has one plain name and a key of their own. */
#include "store/signers.h"
#include "base/text.h"
#include "key/keyblob.h"
#include "tests/fuzz/fuzz.h"

#include "base/poison.h"

static struct ka_signers s;

static void check_one(const struct ka_signer *one, struct ka_span text)
{
	const struct ka_span any = { NULL, 0 };
	struct ka_keyblob key;

	MUST(one->name.len > 0 && one->name.len <= KA_SIGNERS_NAME_MAX && ka_text_is_plain(one->name));
	MUST(one->name.p >= text.p && one->name.p + one->name.len <= text.p + text.len);
	MUST(ka_span_find(one->name, '*') == one->name.len && ka_span_find(one->name, ',') == one->name.len);
	MUST(one->blob.p >= s.storage && one->blob.p + one->blob.len <= s.storage + s.used && one->blob.len <= KA_SIGNERS_BLOB_MAX);
	MUST(ka_keyblob_parse(one->blob, any, &key) == KA_REASON_NONE && key.type->kind == KA_KEYKIND_ED25519 && !key.is_cert);
	MUST(key.pk.p == one->pk.p && one->pk.len == 32 && ka_veted25519_bytes(one->pk) == KA_REASON_NONE);
	MUST(one->valid_after < one->valid_before && one->line > 0);
	for (size_t i = 0; i < s.count; i++)
		MUST(!ka_span_equal(s.list[i].blob, one->blob) || ka_span_equal(s.list[i].name, one->name));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ka_span text = { data, size };

	if (!ka_signers_parse(text, &s)) {
		MUST(s.wrong != NULL && s.count == 0);
		return 0;
	}
	MUST(s.wrong == NULL && s.bad_line == 0 && s.count <= KA_SIGNERS_MAX && s.used <= sizeof(s.storage));
	MUST(ka_signers_names(&s) <= s.count && ka_signers_names_at(&s, 1795435200) <= ka_signers_names(&s));
	for (size_t i = 0; i < s.count; i++) {
		check_one(&s.list[i], text);
		MUST(ka_signers_find(&s, s.list[i].blob, s.list[i].valid_before) != NULL);
	}
	return 0;
}
