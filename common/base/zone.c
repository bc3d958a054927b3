/* The machine's time zone, as libc knows it. Must say nothing about dates: those are ka_clock_from_civil()'s. */
#include "base/zone.h"

#include <time.h>

#include "base/poison.h"

int64_t ka_zone_offset_sec(int64_t at_sec)
{
	time_t at = (time_t)at_sec;
	struct tm tm;

	return localtime_r(&at, &tm) != NULL ? (int64_t)tm.tm_gmtoff : 0;
}
