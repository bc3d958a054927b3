/* pam_keyaudit/pamargs: a slip of the pen is reported and never opens a gate. */
#include "pam_keyaudit/pamargs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/limits.h"

#include "base/poison.h"

#define PARSE(out, ...) \
	do { \
		const char *const argv_[] = { __VA_ARGS__ }; \
		ka_pamargs_parse((int)KA_ARRAY_LEN(argv_), argv_, (out)); \
	} while (0)

static void parse__unknown__is_reported_and_left_out(void **state)
{
	static const char *const bad[] = {
		"Debug", "debug=1", "final=yes", "notice ", "", "=", "=x", "services=", "services", "deadline_ms", "deadline_ms=",
		"deadline_ms=9", "deadline_ms=5001", "deadline_ms=1e3", "deadline_ms=-50", "deadline_ms=99999999999999999999",
		"use_first_pass", "quiet=", "ENFORCE",
	};
	struct ka_pamargs a;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++) {
		PARSE(&a, bad[i], "notice", bad[i]);
		assert_int_equal(a.bad_count, 2);
		assert_ptr_equal(a.bad, bad[i]);
		assert_true(a.notice);
		assert_false(a.debug || a.quiet || a.final);
		assert_int_equal(a.enforce, KA_PAMARGS_ENFORCE_NO);
		assert_int_equal(a.deadline_ms, KA_PAM_DEADLINE_MS);
		assert_string_equal(a.services, "sshd");
	}
	PARSE(&a, NULL, "debug");
	assert_int_equal(a.bad_count, 1);
	assert_true(a.debug);
}

static void parse__enforce_misspelt__is_the_strict_form(void **state)
{
	static const char *const bad[] = { "enforce=", "enforce=sotf", "enforce=hard", "enforce=no", "enforce=Soft" };
	struct ka_pamargs a;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++) {
		PARSE(&a, bad[i]);
		assert_int_equal(a.enforce, KA_PAMARGS_ENFORCE_HARD);
		assert_int_equal(a.bad_count, 1);
	}
}

static void parse__all_known__are_set(void **state)
{
	struct ka_pamargs a;

	(void)state;
	ka_pamargs_parse(0, NULL, &a);
	assert_int_equal(a.bad_count, 0);
	assert_int_equal(a.deadline_ms, 1000);
	PARSE(&a, "debug", "quiet", "services=sshd,sshd-jump", "final", "enforce=soft", "notice", "deadline_ms=10");
	assert_int_equal(a.bad_count, 0);
	assert_null(a.bad);
	assert_true(a.debug && a.quiet && a.final && a.notice);
	assert_int_equal(a.enforce, KA_PAMARGS_ENFORCE_SOFT);
	assert_int_equal(a.deadline_ms, 10);
	PARSE(&a, "enforce=soft", "enforce", "deadline_ms=5000");
	assert_int_equal(a.enforce, KA_PAMARGS_ENFORCE_HARD);
	assert_int_equal(a.deadline_ms, 5000);
}

static void has_service__whole_names_only(void **state)
{
	struct ka_pamargs a;

	(void)state;
	ka_pamargs_parse(0, NULL, &a);
	assert_true(ka_pamargs_has_service(&a, "sshd"));
	assert_false(ka_pamargs_has_service(&a, "sshd2"));
	assert_false(ka_pamargs_has_service(&a, "ssh"));
	assert_false(ka_pamargs_has_service(&a, "SSHD"));
	assert_false(ka_pamargs_has_service(&a, "sudo"));
	assert_false(ka_pamargs_has_service(&a, ""));
	PARSE(&a, "services=,sshd-jump,,login,");
	assert_true(ka_pamargs_has_service(&a, "sshd-jump"));
	assert_true(ka_pamargs_has_service(&a, "login"));
	assert_false(ka_pamargs_has_service(&a, "sshd"));
	assert_false(ka_pamargs_has_service(&a, ""));
	assert_false(ka_pamargs_has_service(&a, "sshd-jump,,login"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse__unknown__is_reported_and_left_out),
		cmocka_unit_test(parse__enforce_misspelt__is_the_strict_form),
		cmocka_unit_test(parse__all_known__are_set),
		cmocka_unit_test(has_service__whole_names_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
