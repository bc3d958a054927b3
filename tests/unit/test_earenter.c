/* keyaudit/earenter: where a listener begins that was not there for a while, or never was. */
#include "keyaudit/ear/earenter.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "tests/unit/lib/hearing.h"

#define LOG "auth.log"
#define FRAME "2026-11-22T10:00:00.25+00:00 h "
#define FILLER FRAME "cron[1]: 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789\n"

static struct ka_earposition kept;

/* listen to all there is, and go away */
static void listen_and_leave(const char *expected)
{
	hearing_begin(NULL);
	assert_string_equal(hearing_heard(), expected);
	kept = *hearing_position();
	hearing_end();
}

/* come back to what is said then */
static void come_back(const char *expected)
{
	hearing_begin(&kept);
	assert_string_equal(hearing_heard(), expected);
	hearing_end();
}

static void fresh__old_lines__are_not_given(void **state)
{
	(void)state;
	hearing_add(LOG, "2001-01-01T10:00:00Z h sshd[9]: last year's\n");
	hearing_say(LOG, "recent");
	hearing_begin(NULL);
	assert_string_equal(hearing_heard(), "recent|");
	hearing_add(LOG, "2001-01-01T10:00:00Z h sshd[9]: a clock that was set back\n");
	assert_string_equal(hearing_heard(), "a clock that was set back|");
	hearing_end();
}

static void fresh__long_file__from_a_whole_line_on(void **state)
{
	int fd;

	(void)state;
	hearing_say(LOG, "too far back");
	fd = openat(runplace.r.run, LOG, O_WRONLY | O_CLOEXEC);
	assert_true(lseek(fd, 0, SEEK_END) > 0);
	hearing_say(LOG, "cut where the reading begins");
	/* the place to begin is in that line, where its text would be one of its own */
	assert_int_equal(ftruncate(fd, lseek(fd, 0, SEEK_END) + KA_EAR_BACK_MAX - 30), 0);
	close(fd);
	hearing_add(LOG, "\n");
	hearing_say(LOG, "one");
	hearing_begin(NULL);
	assert_string_equal(hearing_heard(), "one|");
	hearing_end();
}

/* its lines have no time: nobody knows how old they are */
static void fresh__bare_file__from_its_end_on(void **state)
{
	(void)state;
	hearing_add(LOG, "Server listening on 0.0.0.0 port 22.\r\nold\r\nhal");
	hearing_begin(NULL);
	assert_string_equal(hearing_heard(), "");
	hearing_add(LOG, "f\r\nnew\r\n");
	assert_string_equal(hearing_heard(), "new|");
	kept = *hearing_position();
	hearing_end();
	hearing_add(LOG, "newer\r\n");
	come_back("newer|");
}

static void kept__same_file__goes_on(void **state)
{
	(void)state;
	hearing_say(LOG, "one");
	listen_and_leave("one|");
	come_back("");
	hearing_say(LOG, "two");
	come_back("two|");
	/* nothing was kept since: again */
	come_back("two|");
}

/* only what was given out counts, not what was read */
static void kept__in_the_middle__rest_again(void **state)
{
	struct ka_earline line;

	(void)state;
	hearing_say(LOG, "one");
	hearing_say(LOG, "two");
	hearing_say(LOG, "three");
	hearing_begin(NULL);
	assert_true(ka_earfile_next(&hearing, &line));
	kept = *hearing_position();
	hearing_end();
	come_back("two|three|");
}

static void kept__renamed__old_rest_then_new(void **state)
{
	(void)state;
	hearing_say(LOG, "one");
	listen_and_leave("one|");
	hearing_say(LOG, "two");
	hearing_rename(LOG, LOG ".1");
	come_back("two|"); /* nothing has its name */
	hearing_say(LOG, "three");
	come_back("two|three|");
}

static void kept__renamed_twice__all_in_order(void **state)
{
	struct timespec older[2] = { { 1000, 0 }, { 1000, 0 } }, newer[2] = { { 2000, 0 }, { 2000, 0 } };

	(void)state;
	hearing_say(LOG, "one");
	listen_and_leave("one|");
	hearing_say(LOG, "two");
	hearing_rename(LOG, LOG ".2");
	hearing_say(LOG, "three");
	hearing_rename(LOG, LOG ".1");
	hearing_say(LOG, "four");
	hearing_say("auth.log-other", "another log");
	hearing_say("auth.log.0", "long ago");
	assert_int_equal(utimensat(runplace.r.run, LOG ".2", older, 0), 0);
	assert_int_equal(utimensat(runplace.r.run, LOG ".1", newer, 0), 0);
	older[1].tv_sec = 500;
	assert_int_equal(utimensat(runplace.r.run, "auth.log.0", older, 0), 0);
	come_back("two|three|four|");
}

static void kept__copied_and_truncated__copy_then_new(void **state)
{
	(void)state;
	for (int i = 0; i < 5; i++)
		hearing_add(LOG, FILLER);
	hearing_say(LOG, "one");
	listen_and_leave("one|");
	hearing_say(LOG, "two");
	hearing_copy(LOG, "auth-20261123.log");
	hearing_say(LOG, "three");
	come_back("two|three|");
	/* grown beyond the place */
	for (int i = 0; i < 9; i++)
		hearing_add(LOG, FILLER);
	come_back("two|three|");
	/* the copy compressed away: what the present one has */
	assert_int_equal(unlinkat(runplace.r.run, "auth-20261123.log", 0), 0);
	come_back("three|");
}

/* the number of an inode is given again */
static void kept__another_file_of_its_number__from_its_beginning(void **state)
{
	struct stat st;

	(void)state;
	hearing_say(LOG, "one");
	listen_and_leave("one|");
	assert_int_equal(unlinkat(runplace.r.run, LOG, 0), 0);
	hearing_say(LOG, "two");
	hearing_say(LOG, "three");
	assert_int_equal(fstatat(runplace.r.run, LOG, &st, 0), 0);
	kept.ino = st.st_ino;
	kept.dev = st.st_dev;
	come_back("two|three|");
}

/* what it was, it stays: a stranger's text at its beginning changes nothing */
static void kept__bare_file_truncated__stays_bare(void **state)
{
	(void)state;
	hearing_add(LOG, "Server listening on 0.0.0.0 port 22.\r\n");
	listen_and_leave("");
	assert_int_equal(truncate(hearing_path(LOG), 0), 0);
	hearing_add(LOG, FRAME "sshd[123]: Accepted publickey for root\r\n");
	come_back(FRAME "sshd[123]: Accepted publickey for root|");
}

static void next__nothing_later__the_named_one(void **state)
{
	(void)state;
	hearing_say(LOG, "one");
	hearing_begin(NULL);
	hearing_heard();
	hearing_rename(LOG, LOG ".1");
	assert_false(ka_earenter_next(&hearing));
	hearing_say(LOG, "two");
	assert_true(ka_earenter_next(&hearing));
	assert_string_equal(hearing_heard(), "two|");
	hearing_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUNPLACE_TEST(fresh__old_lines__are_not_given),
		RUNPLACE_TEST(fresh__long_file__from_a_whole_line_on),
		RUNPLACE_TEST(fresh__bare_file__from_its_end_on),
		RUNPLACE_TEST(kept__same_file__goes_on),
		RUNPLACE_TEST(kept__in_the_middle__rest_again),
		RUNPLACE_TEST(kept__renamed__old_rest_then_new),
		RUNPLACE_TEST(kept__renamed_twice__all_in_order),
		RUNPLACE_TEST(kept__copied_and_truncated__copy_then_new),
		RUNPLACE_TEST(kept__another_file_of_its_number__from_its_beginning),
		RUNPLACE_TEST(kept__bare_file_truncated__stays_bare),
		RUNPLACE_TEST(next__nothing_later__the_named_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
