/* diag/rules: the order of the rules, and what of their answers is no cause, on invented facts. */
#include "diag/rules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "tests/unit/lib/factsample.h"

#include "base/poison.h"

static void perm__second_file_lets_in__nothing_is_a_cause(void **state)
{
	struct ka_userfile *f = factsample_there(0);

	(void)state;
	factsample_hit(f, 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	factsample_bad_perm(f, KA_REASON_PERM_WORLD_WRITABLE, FILE1, S_IFREG | 0666);
	factsample_hit(factsample_there(1), 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	assert_true(factsample.would_login);
	assert_true(factsample_has(KA_REASON_PERM_WORLD_WRITABLE));
}

static void record__served__no_file_is_primary(void **state)
{
	struct ka_userfile *f = factsample_there(0);

	(void)state;
	factsample.offers[0].said = KA_OFFER_SERVED;
	factsample_hit(f, 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	factsample_bad_perm(f, KA_REASON_PERM_WORLD_WRITABLE, FILE1, S_IFREG | 0666);
	assert_int_equal(factsample_primary(), KA_REASON_SIG_MISSING);
	factsample.offers[0].runs = 2; /* a signature came: what refused it then we cannot see here */
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	assert_true(factsample_has(KA_REASON_PERM_WORLD_WRITABLE));
}

/* the conf now differs from the conf then: the records count */
static void record__there__todays_configuration_is_secondary(void **state)
{
	(void)state;
	factsample.facts.command.load.reason = KA_REASON_CONF_INVALID;
	factsample_there(0)->scan.usable = 1;
	assert_int_equal(factsample_primary(), KA_REASON_KEY_NOT_LISTED);
	assert_true(factsample_has(KA_REASON_CONF_INVALID));
	factsample.offers[0].said = KA_OFFER_UNKNOWN;
	assert_int_equal(factsample_primary(), KA_REASON_CONF_INVALID);
	assert_string_equal(factsample.fix.command[0], "keyaudit config check");
	factsample.facts.asks_us = false; /* another command is configured: our files do not matter */
	assert_int_equal(factsample_primary(), KA_REASON_KEY_NOT_LISTED);
}

static void connection__without_keys__not_offered(void **state)
{
	(void)state;
	factsample.subject.offers_count = factsample.facts.offers_count = 0;
	assert_int_equal(factsample_primary(), KA_REASON_CLIENT_KEY_NOT_OFFERED);
	factsample.subject.is_general = true;
	assert_int_equal(factsample_primary(), KA_REASON_FILE_MISSING);
}

static void account__unknown__decides_alone(void **state)
{
	(void)state;
	factsample.facts.account = KA_FACTS_ACCOUNT_UNKNOWN;
	assert_int_equal(factsample_primary(), KA_REASON_ACCOUNT_UNKNOWN);
	assert_int_equal(factsample.out.count, 1);
}

#define T(name) cmocka_unit_test_setup(name, factsample_plain)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(perm__second_file_lets_in__nothing_is_a_cause),
		T(record__served__no_file_is_primary),
		T(record__there__todays_configuration_is_secondary),
		T(connection__without_keys__not_offered),
		T(account__unknown__decides_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
