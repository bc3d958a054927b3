/* Time: two readings of the kernel's clocks, and calendar arithmetic without time zones or static buffers. */
#include "base/clock.h"

#include <time.h>

#include "base/buf.h"

#include "base/poison.h"

int64_t ka_clock_wall_us(void)
{
	struct timespec ts = { 0 };

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t ka_clock_boot_us(void)
{
	struct timespec ts = { 0 };

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t ka_clock_cpu_us(void)
{
	struct timespec ts;

	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts) != 0)
		return 0;
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t ka_clock_boot_ms(void) { return ka_clock_boot_us() / 1000; }

/* days since 1970-01-01 of a civil date, and back: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms" */
static int64_t days_from_civil(int64_t y, int m, int d)
{
	int64_t era, yoe, doy, doe;

	y -= m <= 2;
	era = (y >= 0 ? y : y - 399) / 400;
	yoe = y - era * 400;
	doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
	doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
	return era * 146097 + doe - 719468;
}

int64_t ka_clock_from_civil(int64_t year, int month, int day, int hour, int min, int sec)
{
	return days_from_civil(year, month, day) * 86400 + hour * 3600 + min * 60 + sec;
}

static void put_padded(struct ka_buf *b, int64_t v, unsigned width)
{
	int64_t limit = 1;

	if (v < 0) {
		ka_buf_char(b, '-');
		v = -v;
	}
	for (unsigned i = 1; i < width; i++)
		limit *= 10;
	for (; limit > 1 && v < limit; limit /= 10)
		ka_buf_char(b, '0');
	ka_buf_i64(b, v);
}

void ka_clock_text(int64_t wall_us, char out[static KA_CLOCK_TEXT_MAX])
{
	int64_t us = ((wall_us % 1000000) + 1000000) % 1000000;
	int64_t secs = wall_us / 1000000 - (wall_us % 1000000 < 0); /* rounded down, also at INT64_MIN */
	int64_t day = secs >= 0 ? secs / 86400 : -((-secs + 86399) / 86400);
	int64_t sod = secs - day * 86400;
	int64_t z = day + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	int64_t d = doy - (153 * mp + 2) / 5 + 1;
	int64_t m = mp < 10 ? mp + 3 : mp - 9;
	int64_t y = yoe + era * 400 + (m <= 2);
	struct ka_buf b;

	ka_buf_init(&b, out, KA_CLOCK_TEXT_MAX);
	put_padded(&b, y, 4);
	ka_buf_char(&b, '-');
	put_padded(&b, m, 2);
	ka_buf_char(&b, '-');
	put_padded(&b, d, 2);
	ka_buf_char(&b, 'T');
	put_padded(&b, sod / 3600, 2);
	ka_buf_char(&b, ':');
	put_padded(&b, sod / 60 % 60, 2);
	ka_buf_char(&b, ':');
	put_padded(&b, sod % 60, 2);
	ka_buf_char(&b, '.');
	put_padded(&b, us, 6);
	ka_buf_char(&b, 'Z');
}
