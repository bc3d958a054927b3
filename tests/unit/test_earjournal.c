/* keyaudit/earjournal: a journalctl that talks, dies, hangs, and does not like its cursor. A shell script plays it. */
#include "keyaudit/ear/earjournal.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "tests/unit/lib/runplace.h"

#define PROGRAM "#!/bin/sh\ncd %s\n" /* its folder */ \
		"echo \"$*\" >>args\n" \
		"say() { echo '{\"__CURSOR\":\"c='$1'\",\"__REALTIME_TIMESTAMP\":\"'$1'000000\",\"_TRANSPORT\":\"syslog\",\"_UID\":\"0\",\"_PID\":\"7\",'" \
		"'\"SYSLOG_IDENTIFIER\":\"sshd\",\"MESSAGE\":\"line '$1'\"}'; }\n"

static struct ka_earjournal journal;
static char path[128];

/* journalctl is that script from now on */
static void is_script(const char *body)
{
	char text[2048];

	snprintf(text, sizeof(text), PROGRAM "%s\n", runplace.path, body);
	unlinkat(runplace.r.run, "journalctl", 0);
	runplace_put(runplace.r.run, "journalctl", text);
	assert_int_equal(fchmodat(runplace.r.run, "journalctl", 0700, 0), 0);
	unlinkat(runplace.r.run, "args", 0);
}

static void begin(bool follow, const char *cursor, const char *body)
{
	is_script(body);
	ka_earjournal_begin(&journal, follow, cursor, 5000000);
	snprintf(path, sizeof(path), "%s/journalctl", runplace.path);
	journal.program = path;
}

/* what is heard until @n entries are there or, following nothing, it is drained; "" is a failure of patience */
static const char *heard(size_t n)
{
	static char text[4096];
	int64_t until = ka_clock_boot_ms() + 20000;
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	for (size_t i = 0; i < n && ka_clock_boot_ms() < until;) {
		struct pollfd p = { .fd = journal.fd, .events = POLLIN };

		if (ka_earjournal_next(&journal)) {
			ka_buf_put(&b, journal.entry.message, journal.entry.len);
			ka_buf_char(&b, '|');
			i++;
		} else if (ka_earjournal_is_drained(&journal) && !journal.follow) {
			break;
		} else {
			int ms = ka_earjournal_patience_ms(&journal);

			p.fd = journal.fd;
			poll(&p, 1, ms < 50 ? ms : 50);
		}
	}
	return text;
}

/* the arguments of all runs */
static const char *args(void)
{
	static char text[4096];
	int fd = openat(runplace.r.run, "args", O_RDONLY | O_CLOEXEC);
	ssize_t got = fd >= 0 ? read(fd, text, sizeof(text) - 1) : 0;

	text[got > 0 ? got : 0] = '\0';
	close(fd);
	return text;
}

static int runs(void)
{
	int n = 0;

	for (const char *p = args(); *p != '\0'; p++)
		n += *p == '\n';
	return n;
}

static void next__once__all_and_the_end(void **state)
{
	(void)state;
	begin(false, "", "say 11; say 12; printf half");
	assert_string_equal(heard(9), "line 11|line 12|");
	assert_true(ka_earjournal_is_drained(&journal));
	assert_null(ka_earjournal_trouble(&journal));
	assert_int_equal(runs(), 1);
	assert_non_null(strstr(args(), "-o json -b "));
	assert_non_null(strstr(args(), " --since=@5 "));
	assert_non_null(strstr(args(), " _UID=0 SYSLOG_IDENTIFIER=sshd SYSLOG_IDENTIFIER=sshd-session SYSLOG_IDENTIFIER=sshd-auth\n"));
	assert_string_equal(journal.cursor, "c=12");
	assert_int_equal(journal.cursor_us, 12000000);
	assert_int_equal(journal.entry.pid, 7);
	assert_true(journal.entry.is_verified);
	begin(false, "", "exit 0");
	assert_string_equal(heard(9), "");
	assert_null(ka_earjournal_trouble(&journal));
	ka_earjournal_stop(&journal);
}

/* it begins with the entry that we have */
static void next__cursor__that_entry_is_left_out(void **state)
{
	(void)state;
	begin(false, "c=11", "say 11; say 12");
	assert_string_equal(heard(9), "line 12|");
	assert_non_null(strstr(args(), " --cursor=c=11 "));
	begin(false, "c=11", "say 12; say 13"); /* it is gone, and nothing else with it */
	assert_string_equal(heard(9), "line 12|line 13|");
	ka_earjournal_stop(&journal);
}

static void next__cursor_not_taken__from_its_time(void **state)
{
	(void)state;
	begin(false, "c=nonsense", "case $* in *cursor*) exit 1 ;; esac; say 12");
	assert_string_equal(heard(9), "line 12|");
	assert_int_equal(runs(), 2);
	assert_non_null(strstr(args(), " --since=@5 "));
	begin(true, "c=nonsense", "case $* in *cursor*) exit 1 ;; esac; say 12; exec sleep 1000");
	assert_string_equal(heard(1), "line 12|");
	ka_earjournal_stop(&journal);
}

/* the next one begins where that one ended */
static void next__dies__goes_on_and_loses_nothing(void **state)
{
	(void)state;
	begin(true, "", "case $(wc -l <args) in 1) say 11; say 12; printf '{\"__CUR' ;; 2) say 12; say 13 ;; 3) say 13; say 14; exec sleep 1000 ;; esac");
	assert_string_equal(heard(4), "line 11|line 12|line 13|line 14|");
	assert_int_equal(runs(), 3);
	assert_non_null(strstr(args(), " --cursor=c=12 "));
	assert_non_null(strstr(args(), " --cursor=c=13 "));
	assert_non_null(strstr(args(), " -f --no-tail\n"));
	assert_null(ka_earjournal_trouble(&journal));
	ka_earjournal_stop(&journal);
	assert_int_equal(journal.fd, -1);
}

/* later and later, and nobody spins */
static void next__dies_at_once__is_put_off(void **state)
{
	int64_t begun = ka_clock_boot_ms();
	int calls = 0, last = 0;

	(void)state;
	begin(true, "c=1", "say 1; exit 1"); /* what we have is nothing new */
	while (ka_clock_boot_ms() - begun < 1500) {
		struct pollfd p = { .fd = journal.fd, .events = POLLIN };
		int ms;

		assert_false(ka_earjournal_next(&journal));
		ms = ka_earjournal_patience_ms(&journal);
		assert_in_range(ms, 0, KA_EAR_POLL_MS);
		p.fd = journal.fd;
		poll(&p, 1, ms < 200 ? ms : 200);
		calls++;
	}
	last = runs();
	assert_in_range(last, 1, 4); /* at 0, 250, 750 and 1750 ms */
	assert_in_range(calls, 1, 60);
	assert_non_null(ka_earjournal_trouble(&journal));
	ka_earjournal_stop(&journal);
}

static void next__no_program__is_trouble_and_an_end(void **state)
{
	(void)state;
	begin(false, "c=1", "");
	unlinkat(runplace.r.run, "journalctl", 0);
	assert_string_equal(heard(1), "");
	assert_true(ka_earjournal_is_drained(&journal));
	assert_non_null(ka_earjournal_trouble(&journal));
	ka_earjournal_stop(&journal);
}

/* a run that is to come to an end does, whatever journalctl does */
static void next__hangs__is_ended(void **state)
{
	(void)state;
	begin(false, "c=1", "say 2; exec sleep 1000");
	assert_string_equal(heard(1), "line 2|");
	assert_false(ka_earjournal_is_drained(&journal));
	journal.heard_ms -= KA_EAR_STALL_MS;
	assert_false(ka_earjournal_next(&journal));
	assert_true(ka_earjournal_is_drained(&journal));
	assert_int_equal(journal.child, 0);
	assert_int_equal(runs(), 1);
	/* one that said nothing at all is not tried again either */
	begin(false, "c=1", "exec sleep 1000");
	assert_false(ka_earjournal_next(&journal));
	journal.heard_ms -= KA_EAR_STALL_MS;
	assert_false(ka_earjournal_next(&journal));
	assert_true(ka_earjournal_is_drained(&journal));
	ka_earjournal_stop(&journal);
}

/* what is not JSON, what is too long, what is somebody else's */
static void next__odd_entries__are_left_out(void **state)
{
	(void)state;
	begin(false, "", "echo -- no entries --; echo '{'; say 11; say 12 | sed 's/sshd/su/'; head -c 100000 /dev/zero | tr '\\0' x; echo; say 13");
	assert_string_equal(heard(9), "line 11|line 13|");
	begin(false, "", "say 11; say 12 | sed 's/sshd/su/'");
	assert_string_equal(heard(9), "line 11|");
	assert_string_equal(journal.cursor, "c=12"); /* passed by all the same */
	ka_earjournal_stop(&journal);
}

/* a flood: what is in memory says that there is more */
static void patience__more_in_memory__is_none(void **state)
{
	size_t n = 0;

	(void)state;
	begin(false, "", "i=100; while [ $i -lt 600 ]; do say $i; i=$((i + 1)); done");
	while (!ka_earjournal_next(&journal))
		poll(&(struct pollfd){ .fd = journal.fd, .events = POLLIN }, 1, 1000);
	for (n = 1; !ka_earjournal_is_drained(&journal);) {
		assert_true(journal.fd < 0 || journal.is_idle || ka_earjournal_patience_ms(&journal) == 0);
		n += ka_earjournal_next(&journal);
	}
	assert_int_equal(n, 500);
	ka_earjournal_stop(&journal);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUNPLACE_TEST(next__once__all_and_the_end),
		RUNPLACE_TEST(next__cursor__that_entry_is_left_out),
		RUNPLACE_TEST(next__cursor_not_taken__from_its_time),
		RUNPLACE_TEST(next__dies__goes_on_and_loses_nothing),
		RUNPLACE_TEST(next__dies_at_once__is_put_off),
		RUNPLACE_TEST(next__no_program__is_trouble_and_an_end),
		RUNPLACE_TEST(next__hangs__is_ended),
		RUNPLACE_TEST(next__odd_entries__are_left_out),
		RUNPLACE_TEST(patience__more_in_memory__is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
