/* base/clock: calendar arithmetic against libc's, at its edges, and that the two clocks are the kernel's. */
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/err.h"

#include "base/poison.h"

static void text__table(void **state)
{
	static const struct { int64_t us; const char *text; } rows[] = {
		{ 0, "1970-01-01T00:00:00.000000Z" },
		{ 1, "1970-01-01T00:00:00.000001Z" },
		{ 999999, "1970-01-01T00:00:00.999999Z" },
		{ 1000000, "1970-01-01T00:00:01.000000Z" },
		{ -1, "1969-12-31T23:59:59.999999Z" },
		{ -1000000, "1969-12-31T23:59:59.000000Z" },
		{ INT64_C(86400000000) - 1, "1970-01-01T23:59:59.999999Z" },
		{ INT64_C(951782400000000), "2000-02-29T00:00:00.000000Z" },
		{ INT64_C(4107542400000000), "2100-03-01T00:00:00.000000Z" }, /* 2100 has no 29 February */
		{ INT64_C(2147483648000000), "2038-01-19T03:14:08.000000Z" },
		{ INT64_C(253402300799999999), "9999-12-31T23:59:59.999999Z" },
		{ INT64_C(253402300800000000), "10000-01-01T00:00:00.000000Z" },
		{ INT64_C(-62135596800000000), "0001-01-01T00:00:00.000000Z" },
		{ INT64_C(-62167219200000000), "0000-01-01T00:00:00.000000Z" },
		{ INT64_C(-62167219200000001), "-0001-12-31T23:59:59.999999Z" },
		{ INT64_MAX, "294247-01-10T04:00:54.775807Z" },
		{ INT64_MIN, "-290308-12-21T19:59:05.224192Z" },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		char text[KA_CLOCK_TEXT_MAX + 1];

		memset(text, '#', sizeof(text));
		ka_clock_text(rows[i].us, text);
		assert_string_equal(text, rows[i].text);
		assert_int_equal(text[KA_CLOCK_TEXT_MAX], '#');
	}
}

/* a stride that is no divisor of a day, over all years of four digits */
static void text__many_seconds__as_libc_says(void **state)
{
	(void)state;
	for (int64_t at = INT64_C(-62135596800); at < INT64_C(253402300800); at += 12345678) {
		char text[KA_CLOCK_TEXT_MAX], want[64];
		time_t t = (time_t)at;
		struct tm tm;

		assert_non_null(gmtime_r(&t, &tm));
		snprintf(want, sizeof(want), "%04d-%02d-%02dT%02d:%02d:%02d.000007Z", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
			 tm.tm_hour, tm.tm_min, tm.tm_sec);
		ka_clock_text(at * 1000000 + 7, text);
		assert_string_equal(text, want);
		assert_true(ka_clock_from_civil(tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec) == at);
	}
}

static void from_civil__table(void **state)
{
	static const struct { int64_t year; int month, day, hour, min, sec; int64_t at; } rows[] = {
		{ 1970, 1, 1, 0, 0, 0, 0 }, { 1969, 12, 31, 23, 59, 59, -1 }, { 1970, 1, 2, 0, 0, 0, 86400 },
		{ 2000, 2, 29, 0, 0, 0, 951782400 }, { 2000, 3, 1, 0, 0, 0, 951868800 }, { 1900, 3, 1, 0, 0, 0, -2203891200 },
		{ 2030, 2, 30, 0, 0, 0, 1898640000 /* 2 March */ }, { 2100, 2, 29, 0, 0, 0, 4107542400 /* 1 March */ },
		{ 2030, 12, 31, 23, 59, 61, 1924992001 /* leap seconds run on */ }, { 2016, 12, 31, 23, 59, 60, 1483228800 },
		{ 9999, 12, 31, 23, 59, 59, INT64_C(253402300799) }, { 0, 1, 1, 0, 0, 0, INT64_C(-62167219200) },
		{ 0, 3, 1, 0, 0, 0, INT64_C(-62162035200) }, { -1, 12, 31, 0, 0, 0, INT64_C(-62167305600) },
		{ -400, 3, 1, 0, 0, 0, INT64_C(-74784816000) },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		if (ka_clock_from_civil(rows[i].year, rows[i].month, rows[i].day, rows[i].hour, rows[i].min, rows[i].sec) != rows[i].at)
			fail_msg("row %zu", i);
}

static void readings__between_two_of_libc__fit(void **state)
{
	struct timespec before, after;
	int64_t wall, boot;

	(void)state;
	assert_int_equal(clock_gettime(CLOCK_BOOTTIME, &before), 0);
	boot = ka_clock_boot_ms();
	assert_int_equal(clock_gettime(CLOCK_BOOTTIME, &after), 0);
	assert_true(boot >= before.tv_sec * 1000 + before.tv_nsec / 1000000);
	assert_true(boot <= after.tv_sec * 1000 + after.tv_nsec / 1000000);
	assert_true(ka_clock_boot_ms() >= boot);
	/* somebody may set this one meanwhile, so no second reading is compared with microseconds */
	wall = ka_clock_wall_us() / 1000000;
	assert_true(llabs((long long)wall - (long long)time(NULL)) < 3600);
}

static void cpu__between_two_of_libc__fits(void **state)
{
	struct timespec before, after;
	int64_t used;

	(void)state;
	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before), 0);
	used = ka_clock_cpu_us();
	assert_int_equal(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after), 0);
	assert_true(used > 0);
	assert_true(used >= before.tv_sec * 1000000 + before.tv_nsec / 1000);
	assert_true(used <= after.tv_sec * 1000000 + after.tv_nsec / 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text__table),
		cmocka_unit_test(text__many_seconds__as_libc_says),
		cmocka_unit_test(from_civil__table),
		cmocka_unit_test(readings__between_two_of_libc__fit),
		cmocka_unit_test(cpu__between_two_of_libc__fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
