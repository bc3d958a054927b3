/* diag/ruleabsent: the key is nowhere, and how much there was to look into. */
#include "diag/ruleabsent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/lib/factsample.h"

#include "base/poison.h"

static void nothing_there__nobody_lists_it__file_missing(void **state)
{
	(void)state;
	assert_int_equal(factsample_primary(), KA_REASON_FILE_MISSING);
	assert_string_equal(factsample.evidence.path, FILE1);
	assert_int_equal(factsample.fix.commands, 0); /* a factsample.fix must never list a key that was refused */
}

static void nothing_there__a_source_has_other_keys__not_listed(void **state)
{
	(void)state;
	factsample.facts.sources.is_asked = true;
	factsample.facts.sources.keys = 2;
	assert_int_equal(factsample_primary(), KA_REASON_KEY_NOT_LISTED);
}

static void file_there__other_keys__not_listed(void **state)
{
	(void)state;
	factsample_there(0)->scan.usable = 2;
	assert_int_equal(factsample_primary(), KA_REASON_KEY_NOT_LISTED);
	assert_string_equal(factsample.evidence.note, "2 other keys are listed");
}

static void file_there__nothing_usable__no_usable_line(void **state)
{
	(void)state;
	factsample_there(0)->scan.lines = 4;
	assert_int_equal(factsample_primary(), KA_REASON_FILE_NO_USABLE_LINE);
	factsample_there(1)->scan.usable = 1; /* the neighbour: a second file has keys */
	assert_int_equal(factsample_primary(), KA_REASON_KEY_NOT_LISTED);
}

static void no_files_configured__sources_empty__store_no_keys(void **state)
{
	(void)state;
	factsample.facts.files.count = 0;
	factsample.facts.sources.is_asked = true;
	assert_int_equal(factsample_primary(), KA_REASON_STORE_NO_KEYS);
	factsample.facts.asks_us = false;
	assert_int_equal(factsample_primary(), KA_REASON_KEY_NOT_LISTED);
}

static void nothing_there__no_key_asked_and_a_trusted_authority__no_cause(void **state)
{
	(void)state;
	factsample.facts.trusted.keys = 1;
	assert_int_equal(factsample_primary(), KA_REASON_FILE_MISSING); /* the neighbour: a plain key was asked for */
	factsample.subject.offers_count = factsample.facts.offers_count = 0;
	factsample.subject.is_general = true;
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	assert_true(factsample_has(KA_REASON_FILE_MISSING));
	factsample.facts.trusted.keys = 0;
	assert_int_equal(factsample_primary(), KA_REASON_FILE_MISSING);
}

static void records_only__nothing_looked_at__not_listed(void **state)
{
	(void)state;
	factsample.facts.account = KA_FACTS_ACCOUNT_UNASKED;
	factsample.facts.has_files = false;
	factsample.facts.files.count = 0;
	assert_int_equal(factsample_primary(), KA_REASON_KEY_NOT_LISTED);
}

#define T(name) cmocka_unit_test_setup(name, factsample_plain)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(nothing_there__nobody_lists_it__file_missing),
		T(nothing_there__a_source_has_other_keys__not_listed),
		T(file_there__other_keys__not_listed),
		T(file_there__nothing_usable__no_usable_line),
		T(no_files_configured__sources_empty__store_no_keys),
		T(nothing_there__no_key_asked_and_a_trusted_authority__no_cause),
		T(records_only__nothing_looked_at__not_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
