/* A list of revoked keys, binary or text: refused as a whole, or each key in it is found by asking for it. */
#include <string.h>

#include "key/keyfpr.h"
#include "revoke/krl.h"
#include "revoke/revokedkeys.h"
#include "tests/fuzz/fuzz.h"

#include "base/poison.h"

static struct ka_revokedkeys_work work;
static char plain[KA_BLOB_MAX + 1];

/* each string of a section of hashes or keys, asked for as such */
static void ask_strings(const struct ka_krl *krl, uint8_t type, struct ka_span contents)
{
	static const uint8_t none[KA_KRL_SHA256_LEN] = { 0xee };
	struct ka_cursor c;
	struct ka_span s;

	ka_cursor_init(&c, contents.p, contents.len);
	while (ka_cursor_left(&c) > 0) {
		struct ka_krl_key key = { .plain = { none, sizeof(none) }, .sha256 = none, .sha1 = none };

		MUST(ka_cursor_string(&c, &s));
		MUST(type == 2 || s.len == (type == 3 ? KA_KRL_SHA1_LEN : KA_KRL_SHA256_LEN));
		if (type == 2)
			key.plain = s;
		else if (type == 3)
			key.sha1 = s.p;
		else
			key.sha256 = s.p;
		MUST(ka_krl_ask(krl, &key) != KA_KRL_FINE);
	}
}

static void check_krl(struct ka_span bytes)
{
	struct ka_krl krl;
	struct ka_cursor c;
	uint8_t type;
	struct ka_span contents, signature;

	if (!ka_krl_read(bytes, &krl)) {
		MUST(krl.wrong != NULL && krl.sections.len == 0 && krl.wrong_at <= bytes.len);
		return;
	}
	MUST(krl.wrong == NULL && krl.sections.len <= bytes.len);
	ka_cursor_init(&c, krl.sections.p, krl.sections.len);
	while (ka_cursor_left(&c) > 0) {
		MUST(ka_cursor_u8(&c, &type) && ka_cursor_string(&c, &contents));
		if (type == 4)
			MUST(ka_cursor_string(&c, &signature));
		else if (type == 2 || type == 3 || type == 5)
			ask_strings(&krl, type, contents);
		for (uint64_t serial = 0; type == 1 && serial < 8; serial++) {
			struct ka_keycert cert = { .serial = serial, .id = { bytes.p, 4 } };
			const struct ka_krl_key key = { .plain = bytes, .sha256 = bytes.p, .sha1 = bytes.p, .cert = &cert, .points_are_good = true };

			if (bytes.len >= KA_KRL_SHA256_LEN)
				MUST(ka_krl_ask(&krl, &key) != KA_KRL_UNKNOWN);
		}
	}
}

static void check_line(const struct ka_revokedkeys *list, struct ka_span line)
{
	static uint8_t blob[KA_BLOB_MAX];
	static struct ka_keyline k;
	struct ka_revokedkeys_key key;
	char fp[KA_FPR_TEXT_MAX];
	struct ka_buf b;

	ka_keyline_parse(line, blob, &k);
	if (k.reason != KA_REASON_NONE)
		return;
	ka_buf_init_array(&b, plain);
	ka_keyblob_plain(&k.key, &b);
	MUST(!b.overflow);
	ka_keyfpr_text(ka_buf_as_span(&b), fp);
	key = (struct ka_revokedkeys_key){ ka_buf_as_span(&b), fp };
	MUST(ka_revokedkeys_ask(list, &key, &work) != KA_REVOKEDKEYS_FINE);
}

static void check_text(struct ka_span text)
{
	struct ka_revokedkeys list;
	struct ka_cursor c;
	struct ka_span line;

	if (!ka_revokedkeys_read(text, &work, &list)) {
		MUST(list.wrong != NULL && list.wrong_line > 0);
		return;
	}
	MUST(list.wrong == NULL && list.wrong_line == 0);
	ka_cursor_init(&c, text.p, text.len);
	while (ka_cursor_line(&c, &line, NULL))
		check_line(&list, line);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ka_span bytes = { data, size };

	if (ka_krl_is(bytes))
		check_krl(bytes);
	else
		check_text(bytes);
	return 0;
}
