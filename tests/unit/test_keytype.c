/* key/keytype: the table, by both names of each type. */
#include "key/keytype.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/limits.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(find__other_spelling__is_unknown),
		cmocka_unit_test(find__every_row__is_found_by_both_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
