/* key/keytype, key/keyb64 and key/keyfpr: tables, strict base64, fingerprints. */
#include "key/keytype.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "key/keyb64.h"
#include "key/keyfpr.h"
#include "tests/unit/lib/keysample.h"

#include "base/poison.h"

static void find__other_spelling__is_unknown(void **state)
{
	static const char *const bad[] = { "", "SSH-ED25519", "ssh-ed2551", "ssh-ed255199", "rsa-sha2-512", "ssh-rsa ",
					   "sh-ed25519", "webauthn-sk-ecdsa-sha2-nistp256@openssh.com", "ssh-xmss@openssh.com",
					   "ssh-mldsa44-ed25519@openssh.com" };
	const struct ka_span nul = { (const uint8_t *)"ssh-rsa\0", 8 };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++)
		assert_null(ka_keytype_find(ka_span_of(bad[i]), NULL));
	assert_null(ka_keytype_find(nul, NULL));
	assert_null(ka_keytype_at(KA_KEYTYPE_COUNT));
}

static void find__every_row__is_found_by_both_names(void **state)
{
	bool is_cert;

	(void)state;
	for (size_t i = 0; i < KA_KEYTYPE_COUNT; i++) {
		const struct ka_keytype *t = ka_keytype_at(i);

		assert_ptr_equal(ka_keytype_find(ka_span_of(t->name), &is_cert), t);
		assert_false(is_cert);
		assert_ptr_equal(ka_keytype_find(ka_span_of(t->cert_name), &is_cert), t);
		assert_true(is_cert);
		assert_false(ka_keytype_is_signature_name(ka_span_of(t->name)));
		assert_in_range(strlen(t->cert_name), 1, KA_TYPE_NAME_MAX - 1);
	}
	assert_true(ka_keytype_is_signature_name(ka_span_of("rsa-sha2-512")));
	assert_true(ka_keytype_is_signature_name(ka_span_of("webauthn-sk-ecdsa-sha2-nistp256@openssh.com")));
}

static void decode__not_strict__is_refused(void **state)
{
	static const char *const bad[] = { "", "QUI", "QUI=x", "QUJ=", "Q", "QQ=", "QR==", "QUJD=", "QU JD", "QUJD\r", "QUJD ",
					   "QU-_", "====", "QUJDQQ==QUJD", "*UJD" };
	uint8_t out[16];
	size_t len = 99;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++) {
		assert_false(ka_keyb64_decode(ka_span_of(bad[i]), out, sizeof(out), &len));
		assert_int_equal(len, 0);
	}
	assert_false(ka_keyb64_decode(ka_span_of("QUJD"), out, 2, &len));
	assert_int_equal(len, 0);
	assert_false(ka_keyb64_decode((struct ka_span){ NULL, 0 }, out, 2, &len));
}

static void decode__strict__is_accepted_and_comes_back(void **state)
{
	static const char *const good[] = { "QUJD", "QUI=", "QQ==", "+/+/", "AAAA" };
	uint8_t out[3];
	size_t len;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(good); i++) {
		char text[8];
		struct ka_buf b;

		ka_buf_init_array(&b, text);
		assert_true(ka_keyb64_decode(ka_span_of(good[i]), out, sizeof(out), &len));
		ka_keyb64_encode(&b, (struct ka_span){ out, len });
		assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
		assert_string_equal(text, good[i]);
	}
}

static void encode__no_room__overflows_and_writes_nothing(void **state)
{
	char text[8] = "";
	struct ka_buf b;

	(void)state;
	ka_buf_init(&b, text, 5);
	ka_keyb64_encode(&b, ka_span_of("ABC"));
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	ka_keyb64_encode(&b, ka_span_of("A"));
	assert_int_equal(ka_buf_check(&b), KA_ERR_LIMIT);
	assert_string_equal(text, "QUJD");
	ka_buf_init(&b, text, 4);
	ka_keyb64_encode(&b, ka_span_of("ABC"));
	assert_int_equal(ka_buf_check(&b), KA_ERR_LIMIT);
	assert_string_equal(text, "");
}

static void alphabet_len__stops_at_the_first_stranger(void **state)
{
	(void)state;
	assert_int_equal(ka_keyb64_alphabet_len(ka_span_of("QUJD*")), 4);
	assert_int_equal(ka_keyb64_alphabet_len(ka_span_of("QQ===")), 4);
	assert_int_equal(ka_keyb64_alphabet_len(ka_span_of("Q=Q=")), 2);
	assert_int_equal(ka_keyb64_alphabet_len(ka_span_of("")), 0);
	assert_int_equal(ka_keyb64_alphabet_len(ka_span_of("\x80")), 0);
}

static void fingerprint__of_each_plain_sample__is_that_of_ssh_keygen(void **state)
{
	(void)state;
	for (size_t i = 0; i < KA_KEYSAMPLE_COUNT; i++) {
		static struct ka_keysample s;
		char text[KA_FPR_TEXT_MAX];
		bool is_cert;

		ka_keysample_load(i, &s);
		assert_non_null(ka_keytype_find(ka_span_of(s.type), &is_cert));
		if (is_cert)
			continue;
		ka_keyfpr_text(s.blob, text);
		assert_string_equal(text, s.fingerprint);
		assert_true(ka_keyfpr_is_valid(ka_span_of(text)));
	}
}

static void fingerprint__wrong_form__is_invalid(void **state)
{
	char text[KA_FPR_TEXT_MAX];

	(void)state;
	ka_keyfpr_text((struct ka_span){ NULL, 0 }, text);
	assert_string_equal(text, "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU");
	assert_true(ka_keyfpr_is_valid(ka_span_of(text)));
	assert_false(ka_keyfpr_is_valid(ka_span_sub(ka_span_of(text), 0, 49)));
	assert_false(ka_keyfpr_is_valid(ka_span_sub(ka_span_of(text), 1, 50)));
	text[49] = 'V'; /* an unused bit is set */
	assert_false(ka_keyfpr_is_valid(ka_span_of(text)));
	text[49] = '=';
	assert_false(ka_keyfpr_is_valid(ka_span_of(text)));
	assert_false(ka_keyfpr_is_valid(ka_span_of("MD5:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFUxxx")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(find__other_spelling__is_unknown),
		cmocka_unit_test(find__every_row__is_found_by_both_names),
		cmocka_unit_test(decode__not_strict__is_refused),
		cmocka_unit_test(decode__strict__is_accepted_and_comes_back),
		cmocka_unit_test(encode__no_room__overflows_and_writes_nothing),
		cmocka_unit_test(alphabet_len__stops_at_the_first_stranger),
		cmocka_unit_test(fingerprint__of_each_plain_sample__is_that_of_ssh_keygen),
		cmocka_unit_test(fingerprint__wrong_form__is_invalid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
