/* audit/eventmethod: the names, as sshd and PAM write them, and nothing else. */
#include "audit/eventmethod.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"

#include "base/poison.h"

static void method__words__are_known_or_nothing(void **state)
{
	static const struct { const char *word; unsigned set; } rows[] = {
		{ "publickey", KA_METHOD_PUBLICKEY }, { "hostbased", KA_METHOD_HOSTBASED }, { "gssapi-with-mic", KA_METHOD_GSSAPI },
		{ "password", KA_METHOD_PASSWORD }, { "keyboard-interactive", KA_METHOD_KEYBOARD_INTERACTIVE },
		{ "keyboard-interactive/pam", KA_METHOD_KEYBOARD_INTERACTIVE }, { "none", 0 }, { "", 0 }, { "Password", 0 },
		{ "password\"", 0 }, { "passwor", 0 }, { "/password", 0 },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		assert_int_equal(ka_eventmethod_of(ka_span_of(rows[i].word)), rows[i].set);
}

static void put__a_set__in_one_order(void **state)
{
	char text[128];
	struct ka_buf b;

	(void)state;
	ka_buf_init_array(&b, text);
	ka_eventmethod_put(0, &b);
	assert_string_equal(text, "");
	ka_eventmethod_put(KA_METHOD_KEYBOARD_INTERACTIVE | KA_METHOD_PUBLICKEY, &b);
	assert_string_equal(text, "\"methods\":[\"publickey\",\"keyboard-interactive\"]");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(method__words__are_known_or_nothing), cmocka_unit_test(put__a_set__in_one_order) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
