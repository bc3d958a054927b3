/* The clock: the one seam through which time enters, so that tests define their own. */
#ifndef KA_BASE_CLOCK_H
#define KA_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#define KA_CLOCK_TEXT_MAX 32

/** ka_clock_wall_us() - wall clock, microseconds since 1970 UTC */
int64_t ka_clock_wall_us(void);

/** ka_clock_boot_ms() - milliseconds since boot, suspended time included (CLOCK_BOOTTIME) */
int64_t ka_clock_boot_ms(void);

/** ka_clock_boot_us() - the same clock in microseconds */
int64_t ka_clock_boot_us(void);

/** ka_clock_cpu_us() - processor time that this process has used, microseconds; 0 where nobody counts it */
int64_t ka_clock_cpu_us(void);

/** ka_clock_text() - RFC 3339 UTC with microseconds ("2026-08-23T10:15:42.123456Z"); any number; a year beyond 0 to 9999 is longer, or has a sign; pure */
void ka_clock_text(int64_t wall_us, char out[static KA_CLOCK_TEXT_MAX]);

/** ka_clock_from_civil() - seconds since 1970 of a UTC date; months 1-12, no range check: a day beyond its month rolls over; pure */
int64_t ka_clock_from_civil(int64_t year, int month, int day, int hour, int min, int sec);

#endif
