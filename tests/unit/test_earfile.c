/* keyaudit/earfile: a log file that is written, renamed, truncated and copied while it is followed. */
#include "keyaudit/ear/earfile.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "tests/unit/lib/hearing.h"

#define LOG "auth.log"
#define FRAME "2026-11-22T10:00:00.25+00:00 h "

static void next__grows__each_line_once(void **state)
{
	(void)state;
	hearing_begin(NULL);
	assert_string_equal(hearing_heard(), "");
	assert_string_equal(hearing.trouble, "there is no log file yet");
	hearing_say(LOG, "one");
	hearing_add(LOG, FRAME "cron[1]: not ours\n");
	hearing_say(LOG, "two");
	assert_string_equal(hearing_heard(), "one|two|");
	assert_null(hearing.trouble);
	assert_string_equal(hearing_heard(), "");
	hearing_add(LOG, FRAME "sshd[9]: ha");
	assert_string_equal(hearing_heard(), "");
	hearing_add(LOG, "lf\n" FRAME "sshd[9]: third\n" FRAME);
	assert_string_equal(hearing_heard(), "half|third|");
	hearing_end();
}

/* the old file to its end, and what its writer still puts there until it changes over */
static void next__renamed__rest_of_the_old_first(void **state)
{
	(void)state;
	hearing_say(LOG, "one");
	hearing_begin(NULL);
	assert_string_equal(hearing_heard(), "one|");
	hearing_say(LOG, "two");
	hearing_rename(LOG, LOG ".1");
	assert_string_equal(hearing_heard(), "two|");
	hearing_add(LOG, ""); /* logrotate's create, long before the daemon is told */
	assert_string_equal(hearing_heard(), "");
	hearing_say(LOG ".1", "three");
	assert_string_equal(hearing_heard(), "three|");
	hearing_say(LOG ".1", "four");
	hearing_say(LOG, "five");
	assert_string_equal(hearing_heard(), "four|five|");
	hearing_say(LOG, "six");
	assert_string_equal(hearing_heard(), "six|");
	hearing_end();
}

static void next__renamed_again_and_again__nothing_lost(void **state)
{
	char expected[4096] = "", name[32], text[32];

	(void)state;
	hearing_add(LOG, FRAME "x: x\n");
	hearing_begin(NULL);
	hearing_heard();
	for (int i = 0; i < 20; i++) {
		snprintf(text, sizeof(text), "line %d", i);
		snprintf(name, sizeof(name), LOG ".%d", 20 - i);
		hearing_say(LOG, text);
		strncat(strncat(expected, text, 32), "|", 2);
		if (i % 4 == 3) {
			assert_string_equal(hearing_heard(), expected);
			expected[0] = '\0';
		}
		if (i % 4 == 2)
			hearing_rename(LOG, name);
	}
	hearing_end();
}

static void next__truncated__begins_again(void **state)
{
	(void)state;
	hearing_say(LOG, "one");
	hearing_say(LOG, "two");
	hearing_begin(NULL);
	assert_string_equal(hearing_heard(), "one|two|");
	assert_int_equal(truncate(hearing_path(LOG), 0), 0);
	hearing_say(LOG, "three");
	assert_string_equal(hearing_heard(), "three|");
	/* grown beyond where we were before anybody looked */
	assert_int_equal(truncate(hearing_path(LOG), 0), 0);
	hearing_say(LOG, "four is a longer line than the third one was, so that it does not show in the size");
	hearing_say(LOG, "five");
	assert_string_equal(hearing_heard(), "four is a longer line than the third one was, so that it does not show in the size|five|");
	hearing_end();
}

/* copytruncate: what nobody had read is in the copy */
static void next__copied_and_truncated__rest_from_the_copy(void **state)
{
	static const char filler[] = "a line that makes the file long enough to be known again by the bytes before a place in it, 256 of them";

	(void)state;
	for (int i = 0; i < 4; i++)
		hearing_say(LOG, filler);
	hearing_begin(NULL);
	hearing_heard();
	hearing_say(LOG, "one");
	hearing_add(LOG, FRAME "sshd[9]: ha");
	assert_string_equal(hearing_heard(), "one|");
	hearing_add(LOG, "lf\n");
	hearing_say(LOG, "two");
	hearing_copy(LOG, LOG ".1");
	assert_string_equal(hearing_heard(), "half|two|");
	hearing_say(LOG, "three");
	assert_string_equal(hearing_heard(), "three|");
	hearing_end();
}

/* a file of sshd -E stays one: after a truncation its first line may be a stranger's second one */
static void next__bare_file_truncated__stays_bare(void **state)
{
	struct ka_earline line;

	(void)state;
	hearing_begin(NULL);
	hearing_heard();
	hearing_add(LOG, "Server listening on 0.0.0.0 port 22.\r\nInvalid user x\r\n" FRAME "sshd[123]: Accepted publickey for root\r\ny\r\n");
	assert_string_equal(hearing_heard(), "Server listening on 0.0.0.0 port 22.|Invalid user x|" FRAME
			    "sshd[123]: Accepted publickey for root|y|");
	assert_int_equal(truncate(hearing_path(LOG), 0), 0);
	hearing_add(LOG, FRAME "sshd[123]: Accepted publickey for root\r\n");
	hearing_heard();
	assert_int_equal(hearing.kind, KA_EARFRAME_BARE);
	hearing_add(LOG, FRAME "sshd[123]: Accepted publickey for root\r\n");
	hearing.is_idle = false;
	assert_true(ka_earfile_next(&hearing, &line));
	assert_int_equal(line.pid, 0);
	assert_true(line.is_from_file);
	/* and a syslog file is none of sshd -E because somebody's text stands alone in a line */
	hearing_rename(LOG, LOG ".1");
	hearing_say(LOG, "one");
	hearing_add(LOG, "Accepted publickey for root from 1.2.3.4 port 5 ssh2\n");
	hearing_say(LOG, "two");
	assert_string_equal(hearing_heard(), "one|two|");
	assert_int_equal(truncate(hearing_path(LOG), 0), 0);
	hearing_add(LOG, "Accepted publickey for root from 1.2.3.4 port 5 ssh2\n");
	hearing_say(LOG, "three");
	assert_string_equal(hearing_heard(), "three|");
	hearing_end();
}

static void next__not_a_log__is_not_read(void **state)
{
	(void)state;
	hearing_say("other", "one");
	assert_int_equal(symlinkat("other", runplace.r.run, LOG), 0);
	hearing_begin(NULL);
	assert_string_equal(hearing_heard(), "");
	assert_string_equal(hearing.trouble, "the log file is a symbolic link");
	assert_int_equal(unlinkat(runplace.r.run, LOG, 0), 0);
	assert_int_equal(mkfifoat(runplace.r.run, LOG, 0600), 0);
	assert_string_equal(hearing_heard(), "");
	assert_string_equal(hearing.trouble, "the log is not a regular file");
	assert_int_equal(unlinkat(runplace.r.run, LOG, 0), 0);
	hearing_say(LOG, "one");
	assert_int_equal(fchmodat(runplace.r.run, LOG, 0666, 0), 0);
	assert_string_equal(hearing_heard(), "");
	assert_int_equal(fchmodat(runplace.r.run, LOG, 0660, 0), 0);
	assert_string_equal(hearing_heard(), "one|");
	/* what takes the name later is not read either */
	hearing_rename(LOG, LOG ".1");
	assert_int_equal(symlinkat("other", runplace.r.run, LOG), 0);
	assert_string_equal(hearing_heard(), "");
	hearing_say(LOG ".1", "two");
	assert_string_equal(hearing_heard(), "two|");
	hearing_end();
}

static void next__long_lines_and_holes__are_left_out(void **state)
{
	static char line[3 * KA_EAR_LINE_MAX];
	int fd;

	(void)state;
	hearing_say(LOG, "one");
	hearing_begin(NULL);
	assert_string_equal(hearing_heard(), "one|");
	memset(line, 'x', sizeof(line) - 1);
	hearing_add(LOG, line);
	assert_string_equal(hearing_heard(), "");
	hearing_add(LOG, FRAME "sshd[1]: forged\n");
	hearing_say(LOG, "two");
	assert_string_equal(hearing_heard(), "two|");
	fd = openat(runplace.r.run, LOG, O_WRONLY | O_CLOEXEC);
	assert_int_equal(ftruncate(fd, lseek(fd, 0, SEEK_END) + 200000), 0);
	close(fd);
	hearing_add(LOG, "\n");
	hearing_say(LOG, "three");
	assert_string_equal(hearing_heard(), "three|");
	hearing_end();
}

/* one call reads one block, however little of it is ours */
static void next__others_lines__keep_nobody_waiting(void **state)
{
	struct ka_earline line;
	int calls = 0;

	(void)state;
	hearing_begin(NULL);
	hearing_heard();
	for (int i = 0; i < 20000; i++)
		hearing_add(LOG, FRAME "cron[1]: somebody else's line\n");
	hearing_say(LOG, "one");
	hearing.is_idle = false;
	while (!ka_earfile_next(&hearing, &line) && calls < 100) {
		assert_false(hearing.is_idle);
		calls++;
	}
	assert_in_range(calls, 15, 30);
	assert_true(ka_span_is(line.message, "one"));
	hearing_end();
}

/* a descriptor that is told of every change */
static void next__change__wakes(void **state)
{
	struct pollfd p = { .events = POLLIN };

	(void)state;
	hearing_begin(NULL);
	hearing_heard();
	p.fd = hearing.notice.fd;
	assert_int_equal(poll(&p, 1, 0), 0);
	hearing_say(LOG, "one");
	assert_int_equal(poll(&p, 1, 0), 1);
	assert_string_equal(hearing_heard(), "one|");
	assert_int_equal(poll(&p, 1, 0), 0);
	hearing_say(LOG, "two");
	assert_int_equal(poll(&p, 1, 0), 1);
	hearing_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUNPLACE_TEST(next__grows__each_line_once),
		RUNPLACE_TEST(next__renamed__rest_of_the_old_first),
		RUNPLACE_TEST(next__renamed_again_and_again__nothing_lost),
		RUNPLACE_TEST(next__truncated__begins_again),
		RUNPLACE_TEST(next__copied_and_truncated__rest_from_the_copy),
		RUNPLACE_TEST(next__bare_file_truncated__stays_bare),
		RUNPLACE_TEST(next__not_a_log__is_not_read),
		RUNPLACE_TEST(next__long_lines_and_holes__are_left_out),
		RUNPLACE_TEST(next__others_lines__keep_nobody_waiting),
		RUNPLACE_TEST(next__change__wakes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
