/* keyaudit/logline: lines as syslog daemons really write them, and what strangers can make of them. */
#include "keyaudit/ear/logline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/err.h"
#include "keyaudit/case/logpeer.h"

#define NOW 1795341610 /* 2026-11-22T10:00:10Z */

static bool reads(const char *line, struct ka_logline *out)
{
	return ka_logline_read(ka_span_of(line), NOW, out);
}

/* what rsyslogd 8.2302 (both templates) and busybox 1.35 wrote for one and the same message of OpenSSH 9.2 */
static void read__three_daemons__say_the_same(void **state)
{
	static const char *const lines[] = {
		"2026-11-22T10:00:00.291934+00:00 world sshd[364]: Connection from 127.0.0.1 port 46934 on 127.0.0.1 port 2222 rdomain \"\"",
		"Nov 22 10:00:00 world sshd[364]: Connection from 127.0.0.1 port 46934 on 127.0.0.1 port 2222 rdomain \"\"",
		"Nov 22 10:00:00 world auth.info sshd[364]: Connection from 127.0.0.1 port 46934 on 127.0.0.1 port 2222 rdomain \"\"",
		"2026-11-22T11:30:00.661235+01:30 world sshd-session[364]: Connection from 127.0.0.1 port 46934 on 127.0.0.1 port 2222",
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(lines); i++) {
		struct ka_witness w;
		struct ka_logline l;

		assert_true(reads(lines[i], &l));
		assert_int_equal(l.at_sec, 1795341600);
		assert_int_equal(l.pid, 364);
		assert_true(ka_logpeer_read(l.message, &w));
		assert_string_equal(w.client, "127.0.0.1");
		assert_int_equal(w.client_port, 46934);
		assert_string_equal(w.server, "127.0.0.1");
		assert_int_equal(w.server_port, 2222);
	}
}

static void read__zones__are_counted(void **state)
{
	struct ka_logline l;

	(void)state;
	assert_true(reads("2026-11-22T10:00:00Z h sshd[1]: x", &l));
	assert_int_equal(l.at_sec, 1795341600);
	assert_int_equal(l.at_us, 1795341600000000);
	assert_true(reads("2026-11-22T05:00:00.1-05:00 h sshd[1]: x", &l));
	assert_int_equal(l.at_sec, 1795341600);
	assert_int_equal(l.at_us, 1795341600100000);
	assert_true(reads("2026-11-22T10:00:00.123456789Z h sshd-auth[1]: x", &l));
	assert_int_equal(l.at_us, 1795341600123456);
}

static void read__no_year__is_the_one_before_now(void **state)
{
	const int64_t january = ka_clock_from_civil(2027, 1, 1, 0, 30, 0);
	struct ka_logline l;

	(void)state;
	assert_true(ka_logline_read(ka_span_of("Dec 31 23:59:59 h sshd[1]: x"), january, &l));
	assert_int_equal(l.at_sec, ka_clock_from_civil(2026, 12, 31, 23, 59, 59));
	assert_true(ka_logline_read(ka_span_of("Jan  1 00:29:59 h sshd[1]: x"), january, &l));
	assert_int_equal(l.at_sec, january - 1);
	assert_true(ka_logline_read(ka_span_of("Jan  2 00:29:00 h sshd[1]: x"), january, &l)); /* a clock that is ahead */
	assert_int_equal(l.at_sec, january + 86340);
	assert_true(ka_logline_read(ka_span_of("Mar  3 00:00:00 h sshd[1]: x"), january, &l));
	assert_int_equal(l.at_sec, ka_clock_from_civil(2026, 3, 3, 0, 0, 0));
}

static void read__no_zone__is_local_time(void **state)
{
	struct ka_logline l;

	(void)state;
	setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
	tzset();
	assert_true(reads("Nov 22 11:00:00 h sshd[1]: x", &l)); /* winter */
	assert_int_equal(l.at_sec, 1795341600);
	assert_true(reads("Jul  1 12:00:00 h sshd[1]: x", &l)); /* summer */
	assert_int_equal(l.at_sec, ka_clock_from_civil(2026, 7, 1, 10, 0, 0));
	assert_true(reads("Mar 29 03:00:00 h sshd[1]: x", &l)); /* the first moment of summer */
	assert_int_equal(l.at_sec, ka_clock_from_civil(2026, 3, 29, 1, 0, 0));
	assert_true(reads("Mar 29 01:30:00 h sshd[1]: x", &l)); /* winter still, though it is summer at that time UTC */
	assert_int_equal(l.at_sec, ka_clock_from_civil(2026, 3, 29, 0, 30, 0));
	assert_true(reads("2026-11-22T10:00:00Z h sshd[1]: x", &l));
	assert_int_equal(l.at_sec, 1795341600);
	setenv("TZ", "UTC0", 1);
	tzset();
}

static void read__no_time__is_no_line(void **state)
{
	static const char *const lines[] = {
		"", "x", "2026-11-22T10:00:00", "2026-11-22T10:00:00 h sshd[1]: x", "2026-11-22 10:00:00+00:00 h sshd[1]: x",
		"2026-13-22T10:00:00Z h sshd[1]: x", "2026-11-22T10:00:00+0 h sshd[1]: x", "20x6-11-22T10:00:00Z h sshd[1]: x",
		"2026-11-22T10:00:00+00.00 h sshd[1]: x", "2026-11-22T10:00:00.123", "2026-11-22T10:00:00Zh sshd[1]: x",
		"Nov", "Nov 22 10:00:00", "Nov 22 10:00:00x h sshd[1]: x", "nov 22 10:00:00 h sshd[1]: x", "Nov  x 10:00:00 h sshd[1]: x",
		"Nov 22 1o:00:00 h sshd[1]: x", "1795341600 h sshd[1]: x", "h sshd[1]: x",
		"Connection from 6.6.6.6 port 1 on 1.1.1.1 port 22", /* sshd -E */
	};
	struct ka_logline l;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(lines); i++)
		if (reads(lines[i], &l))
			fail_msg("read: %s", lines[i]);
}

/* somebody else's text further right: the ident has one place */
static void read__ident_elsewhere__is_no_line(void **state)
{
#define TIME "2026-11-22T10:00:00+00:00 world "
#define SAYS ": Connection from 6.6.6.6 port 1 on 1.1.1.1 port 22"
	static const char *const lines[] = {
		(TIME "x: x sshd[4240]" SAYS),
		(TIME ": sshd[4240]" SAYS),
		(TIME "logger sshd[4240]" SAYS),
		(TIME "sshd[999]x: Invalid user x sshd-session[4240]" SAYS " rdomain \""),
		(TIME "user.notice x: sshd[4240]" SAYS),
		(TIME "a.b.c sshd[4240]" SAYS),
		(TIME ".a sshd[4240]" SAYS),
		(TIME "sshd[4240] " SAYS),
		(TIME "sshd[4240" SAYS),
		(TIME "sshd[]" SAYS),
		(TIME "sshd[-1]" SAYS),
		(TIME "sshd" SAYS),
		(TIME "xsshd[4240]" SAYS),
		(TIME "sshd-agent[4240]" SAYS),
		(TIME "sshd[99999999999999999999]" SAYS),
		("Nov 22 10:00:00 sshd[4240]" SAYS),
		TIME,
	};
	struct ka_logline l;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(lines); i++)
		if (reads(lines[i], &l))
			fail_msg("read: %s", lines[i]);
	assert_true(reads(TIME "sshd[999]: Invalid user x sshd[4240]" SAYS " rdomain \"", &l));
	assert_int_equal(l.pid, 999);
	assert_false(ka_logpeer_read(l.message, &(struct ka_witness){ .seen = false }));
}

/* every cut and every flipped bit of good lines, in memory that ends where the line does */
static void read__mutations__are_survived(void **state)
{
	static const char *const lines[] = {
		"2026-11-22T10:00:00.29-05:30 world sshd[364]: Connection from 127.0.0.1 port 4 on ::1 port 22 rdomain \"\"",
		"Nov  2 10:00:00 world auth.info sshd[364]: Connection from 127.0.0.1 port 4 on ::1 port 22 rdomain \"\"",
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(lines); i++)
		for (size_t n = 0; n <= strlen(lines[i]); n++)
			for (unsigned bit = 0; bit < 9; bit++) {
				uint8_t *exact = malloc(n > 0 ? n : 1);
				struct ka_witness w;
				struct ka_logline l;

				assert_non_null(exact);
				memcpy(exact, lines[i], n);
				if (n > 0 && bit < 8)
					exact[n - 1] ^= (uint8_t)(1u << bit);
				if (ka_logline_read((struct ka_span){ exact, n }, NOW, &l))
					(void)ka_logpeer_read(l.message, &w);
				free(exact);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read__three_daemons__say_the_same),
		cmocka_unit_test(read__zones__are_counted),
		cmocka_unit_test(read__no_year__is_the_one_before_now),
		cmocka_unit_test(read__no_zone__is_local_time),
		cmocka_unit_test(read__no_time__is_no_line),
		cmocka_unit_test(read__ident_elsewhere__is_no_line),
		cmocka_unit_test(read__mutations__are_survived),
	};

	setenv("TZ", "UTC0", 1);
	tzset();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
