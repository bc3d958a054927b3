/* reason/answer: the five words, which stand in records and events and never change. */
#include "reason/answer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

#include "base/poison.h"

static const struct { enum ka_source_answer answer; const char *word; } words[] = {
	{ KA_SOURCE_FOUND, "found" }, { KA_SOURCE_NO_KEYS, "no-keys" }, { KA_SOURCE_REFUSED, "refused" },
	{ KA_SOURCE_UNAVAILABLE, "unavailable" }, { KA_SOURCE_STALE, "stale" },
};

static void find__anything_else__is_none(void **state)
{
	static const char *const bad[] = { "", "foun", "founds", "Found", " found", "found ", "no keys", "no_keys", "-", "\xff" };
	enum ka_source_answer a = KA_SOURCE_STALE;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++)
		assert_false(ka_answer_find(ka_span_of(bad[i]), &a));
	assert_false(ka_answer_find((struct ka_span){ (const uint8_t *)"stale\0", 6 }, &a));
	assert_false(ka_answer_find((struct ka_span){ NULL, 0 }, &a));
	assert_int_equal(a, KA_SOURCE_STALE);
}

static void words__each__there_and_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(words); i++) {
		enum ka_source_answer a = (enum ka_source_answer)77;

		assert_string_equal(ka_answer_text(words[i].answer), words[i].word);
		assert_true(ka_answer_find(ka_span_of(words[i].word), &a));
		assert_int_equal(a, words[i].answer);
	}
}

/* a number that is no answer must never be printed as "found" */
static void text__no_such_answer__is_unavailable(void **state)
{
	(void)state;
	assert_string_equal(ka_answer_text((enum ka_source_answer)5), "unavailable");
	assert_string_equal(ka_answer_text((enum ka_source_answer)-1), "unavailable");
	assert_string_equal(ka_answer_text((enum ka_source_answer)INT32_MAX), "unavailable");
}

static void evidence__none__is_unknown_in_every_number(void **state)
{
	const struct ka_source_evidence e = ka_source_evidence_none();

	(void)state;
	assert_int_equal(e.age_sec, KA_ANSWER_UNKNOWN);
	assert_int_equal(e.status, KA_ANSWER_UNKNOWN);
	assert_int_equal(e.mirror, KA_ANSWER_UNKNOWN);
	assert_int_equal(e.serial, KA_ANSWER_UNKNOWN);
	assert_int_equal(e.served, KA_ANSWER_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(find__anything_else__is_none),
		cmocka_unit_test(text__no_such_answer__is_unavailable),
		cmocka_unit_test(words__each__there_and_back),
		cmocka_unit_test(evidence__none__is_unknown_in_every_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
