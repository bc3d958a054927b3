/* base/zone: east is more, and it goes by the moment, not by today. */
#include "base/zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "base/poison.h"

#define WINTER 1768478400 /* 2026-01-15T12:00:00Z */
#define SUMMER 1784116800 /* 2026-07-15T12:00:00Z */

static void in_zone(const char *tz)
{
	assert_int_equal(setenv("TZ", tz, 1), 0);
	tzset();
}

static void offset__east_and_west__has_its_sign(void **state)
{
	(void)state;
	in_zone("UTC0");
	assert_int_equal(ka_zone_offset_sec(WINTER), 0);
	in_zone("EAST-5:30"); /* POSIX counts the other way */
	assert_int_equal(ka_zone_offset_sec(WINTER), 19800);
	in_zone("WEST8");
	assert_int_equal(ka_zone_offset_sec(WINTER), -28800);
}

static void offset__summer_time__by_the_moment(void **state)
{
	(void)state;
	in_zone("CET-1CEST,M3.5.0,M10.5.0/3");
	assert_int_equal(ka_zone_offset_sec(WINTER), 3600);
	assert_int_equal(ka_zone_offset_sec(SUMMER), 7200);
}

static void offset__no_such_year__is_not_known(void **state)
{
	(void)state;
	in_zone("EAST-5:30");
	assert_int_equal(ka_zone_offset_sec(INT64_MAX), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(offset__no_such_year__is_not_known),
		cmocka_unit_test(offset__east_and_west__has_its_sign),
		cmocka_unit_test(offset__summer_time__by_the_moment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
