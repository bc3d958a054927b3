/* spool/conn: names of connections are canonical numbers or nothing. */
#include "spool/conn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static void parse__anything_else__is_refused(void **state)
{
	static const char *const bad[] = {
		"", ".", "4240", "4240.", ".5", "4240.5.", "4240.5.6", "04240.5", "4240.05", "+4240.5", "4240.+5", "-4240.5",
		" 4240.5", "4240.5 ", "4240. 5", "4240.5\n", "0.5", "1.5", "2147483648.5", "4240.18446744073709551616", "4240.0x5",
		"../etc/passwd", "4240/5", "4240.5/../x", "self.5", "4240.5e1", "42\xc2\xb2.5",
	};
	struct ka_conn c;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (ka_conn_parse(ka_span_of(bad[i]), &c))
			fail_msg("accepted: \"%s\"", bad[i]);
		assert_int_equal(c.m, 0);
		assert_int_equal(c.start, 0);
	}
	assert_false(ka_conn_parse((struct ka_span){ (const uint8_t *)"4240.5\0", 7 }, &c));
	assert_false(ka_conn_parse((struct ka_span){ NULL, 0 }, &c));
}

static void name__extreme_numbers__come_back(void **state)
{
	static const struct ka_conn all[] = { { 2, 0 }, { 4240, 8123771 }, { INT32_MAX, UINT64_MAX } };
	char name[KA_CONN_NAME_MAX];
	struct ka_conn c;

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		ka_conn_name(&all[i], name);
		assert_true(ka_conn_parse(ka_span_of(name), &c));
		assert_int_equal(c.m, all[i].m);
		assert_true(c.start == all[i].start);
	}
	assert_string_equal(name, "2147483647.18446744073709551615");
}

static void is_sshd__only_the_monitors_names(void **state)
{
	(void)state;
	assert_true(ka_conn_is_sshd("sshd"));
	assert_true(ka_conn_is_sshd("sshd-session"));
	assert_false(ka_conn_is_sshd("sshd-auth"));
	assert_false(ka_conn_is_sshd("sshd2"));
	assert_false(ka_conn_is_sshd("ssh"));
	assert_false(ka_conn_is_sshd(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse__anything_else__is_refused),
		cmocka_unit_test(name__extreme_numbers__come_back),
		cmocka_unit_test(is_sshd__only_the_monitors_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
