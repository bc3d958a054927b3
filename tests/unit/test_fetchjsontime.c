/* authkeys-fetch/fetchjsontime: the four ways to write a moment, and what is none. */
#include "authkeys-cmd/fetch/fetchjsontime.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/poison.h"

#define NONE INT64_MIN

static int64_t at(enum ka_conf_unit unit, const char *json)
{
	json_t *value = json_loads(json, JSON_DECODE_ANY, NULL);
	int64_t out = 0;
	bool good;

	assert_non_null(value);
	good = ka_fetchjsontime_of(unit, value, &out);
	json_decref(value);
	return good ? out : NONE;
}

static int64_t rfc3339(const char *json)
{
	return at(KA_CONF_UNIT_RFC3339, json);
}

static void rfc3339__its_forms__are_read(void **state)
{
	(void)state;
	assert_true(rfc3339("\"2016-01-21T00:00:00Z\"") == 1453334400);
	assert_true(rfc3339("\"2016-01-21T00:00:00.000Z\"") == 1453334400);
	assert_true(rfc3339("\"2016-01-21t00:00:00.999999999z\"") == 1453334400);
	assert_true(rfc3339("\"2016-01-21 01:02:03Z\"") == 1453334400 + 3723);
	assert_true(rfc3339("\"2016-01-21T02:00:00+02:00\"") == 1453334400);
	assert_true(rfc3339("\"2016-01-20T18:30:00-05:30\"") == 1453334400);
	assert_true(rfc3339("\"1970-01-01T00:00:00Z\"") == 0);
}

static void rfc3339__anything_else__is_none(void **state)
{
	static const char *const wrong[] = {
		"\"\"", "\"2016-01-21\"", "\"2016-01-21T00:00:00\"", "\"2016-01-21T00:00Z\"", "\"2016-13-21T00:00:00Z\"",
		"\"2016-00-21T00:00:00Z\"", "\"2016-01-32T00:00:00Z\"", "\"2016-01-00T00:00:00Z\"", "\"2016-01-21T24:00:00Z\"",
		"\"2016-01-21T00:60:00Z\"", "\"2016-01-21T00:00:61Z\"", "\"2016-01-21T00:00:00.Z\"", "\"2016-01-21T00:00:00+2:00\"",
		"\"2016-01-21T00:00:00+24:00\"", "\"2016-01-21T00:00:00+02:60\"", "\"2016-01-21T00:00:00+0200\"",
		"\"2016-01-21T00:00:00Zx\"", "\"2016-01-21X00:00:00Z\"", "\" 2016-01-21T00:00:00Z\"", "\"1969-12-31T23:59:59Z\"",
		"\"20160121T000000Z\"", "\"+016-01-21T00:00:00Z\"", "1453334400", "true", "null", "[]", "{}", "\"never\"",
		"\"2016-01-21T00:00:00.\"", "\"2016-01-21T00:00:00.5\"", "\"2016-01-21T-1:00:00Z\"",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_true(rfc3339(wrong[i]) == NONE);
}

static void date__the_day__belongs_to_it(void **state)
{
	(void)state;
	assert_true(at(KA_CONF_UNIT_DATE, "\"2016-01-21\"") == 1453334400 + 86400);
	assert_true(at(KA_CONF_UNIT_DATE, "\"2016-01-21T00:00:00Z\"") == NONE);
	assert_true(at(KA_CONF_UNIT_DATE, "\"2016-1-21\"") == NONE);
	assert_true(at(KA_CONF_UNIT_DATE, "20160121") == NONE);
}

static void unix__numbers_and_texts_of_digits(void **state)
{
	(void)state;
	assert_true(at(KA_CONF_UNIT_UNIX, "1453334400") == 1453334400);
	assert_true(at(KA_CONF_UNIT_UNIX, "\"1453334400\"") == 1453334400);
	assert_true(at(KA_CONF_UNIT_UNIX, "0") == 0);
	assert_true(at(KA_CONF_UNIT_UNIX, "-1") == NONE);
	assert_true(at(KA_CONF_UNIT_UNIX, "1.5") == NONE);
	assert_true(at(KA_CONF_UNIT_UNIX, "\"1453334400 \"") == NONE);
	assert_true(at(KA_CONF_UNIT_UNIX, "\"-1\"") == NONE);
	assert_true(at(KA_CONF_UNIT_UNIX, "\"\"") == NONE);
	assert_true(at(KA_CONF_UNIT_UNIX, "\"99999999999999999999\"") == NONE);
	assert_true(at(KA_CONF_UNIT_UNIX_US, "\"1600000000000000\"") == 1600000000);
	assert_true(at(KA_CONF_UNIT_UNIX_US, "1600000000999999") == 1600000000);
	assert_true(at(KA_CONF_UNIT_UNIX_US, "true") == NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc3339__its_forms__are_read),
		cmocka_unit_test(rfc3339__anything_else__is_none),
		cmocka_unit_test(date__the_day__belongs_to_it),
		cmocka_unit_test(unix__numbers_and_texts_of_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
