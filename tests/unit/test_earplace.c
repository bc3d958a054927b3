/* keyaudit/earplace: which files are logs, and knowing one again. */
#include "keyaudit/ear/earplace.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "tests/unit/lib/hearing.h"

#define LOG "auth.log"

/* the place behind all that a file holds now */
static struct ka_earplace place_behind(const char *name)
{
	struct ka_earplace place;
	const char *why;
	struct stat st;
	int fd = ka_earplace_open(hearing_path(name), &st, &why);

	assert_true(fd >= 0);
	place = (struct ka_earplace){ .dev = st.st_dev, .ino = st.st_ino, .offset = (uint64_t)st.st_size };
	assert_true(ka_earplace_mark(fd, place.offset, place.mark));
	assert_true(ka_earplace_is(fd, &place));
	close(fd);
	return place;
}

/* the inode that is found, 0 for none */
static ino_t found(const struct ka_earplace *place)
{
	struct stat st;
	int fd = ka_earplace_find(hearing_path(LOG), place, &st);
	ino_t told;

	if (fd < 0)
		return 0;
	told = st.st_ino;
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_ino, told);
	close(fd);
	return st.st_ino;
}

static ino_t inode(const char *name)
{
	struct stat st;

	assert_int_equal(fstatat(runplace.r.run, name, &st, 0), 0);
	return st.st_ino;
}

static void find__renamed__by_its_number(void **state)
{
	struct ka_earplace place;

	(void)state;
	hearing_add(LOG, "short\n");
	place = place_behind(LOG);
	assert_int_equal(found(&place), 0); /* the named one is not among them */
	hearing_rename(LOG, LOG ".1");
	hearing_add("auth.log.2", "short\n");
	hearing_add("cron.log", "short\n");
	assert_int_equal(found(&place), inode(LOG ".1"));
	hearing_add(LOG ".1", "more\n");
	assert_int_equal(found(&place), inode(LOG ".1"));
	hearing_rename(LOG ".1", "cron.log.1"); /* that is no name of this log */
	assert_int_equal(found(&place), 0);
	hearing_rename("cron.log.1", "auth-1.log");
	assert_int_equal(found(&place), inode("auth-1.log"));
	place.mark[3] ^= 1;
	assert_int_equal(found(&place), 0);
}

static void find__copied__by_its_bytes(void **state)
{
	struct ka_earplace place;
	char text[KA_EAR_MARK_MAX + 1];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	text[sizeof(text) - 2] = '\n';
	hearing_add(LOG, text + 1);
	place = place_behind(LOG);
	hearing_copy(LOG, LOG ".1");
	assert_int_equal(found(&place), 0); /* too few bytes to know it by */
	hearing_add(LOG, text);
	place = place_behind(LOG);
	hearing_copy(LOG, LOG ".2");
	assert_int_equal(found(&place), inode(LOG ".2"));
	hearing_add(LOG ".2", "more\n");
	assert_int_equal(found(&place), inode(LOG ".2"));
	place.offset++; /* the file ends within that, or its bytes differ */
	assert_int_equal(found(&place), 0);
}

static void open__judges(void **state)
{
	const char *why;
	struct stat st;

	(void)state;
	assert_int_equal(ka_earplace_open("/dev/null", &st, &why), -1);
	assert_string_equal(why, "the log is not a regular file");
	assert_int_equal(ka_earplace_open(runplace.path, &st, &why), -1);
	assert_string_equal(why, "the log is not a regular file");
	assert_int_equal(ka_earplace_open("/nonexistent/log", &st, &why), -1);
	assert_string_equal(why, "there is no log file yet");
	hearing_add(LOG, "x\n");
	if (geteuid() != 0)
		return;
	assert_int_equal(fchownat(runplace.r.run, LOG, 61199, 61199, 0), 0);
	assert_int_equal(ka_earplace_open(hearing_path(LOG), &st, &why), -1);
	assert_string_equal(why, "the log file belongs neither to root nor to syslog");
}

static void after__later_ones__the_first_of_them(void **state)
{
	static const char *const names[] = { LOG, LOG ".1", LOG ".2", LOG "-20261123", LOG ".gz", LOG ".1.gz", "auth.logx", LOG ".", LOG "-1x" };
	struct stat old, st;
	int fd;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(names); i++) {
		struct timespec t[2] = { { 0, 0 }, { 1000 + (time_t)i, 5 } };

		hearing_add(names[i], "x\n");
		assert_int_equal(utimensat(runplace.r.run, names[i], t, 0), 0);
	}
	memset(&old, 0, sizeof(old));
	for (size_t i = 1; i < 4; i++) {
		fd = ka_earplace_after(hearing_path(LOG), &old, &st);
		assert_true(fd >= 0);
		close(fd);
		assert_int_equal(st.st_ino, inode(names[i]));
		assert_int_equal(st.st_mtim.tv_sec, 1000 + (time_t)i);
		old = st;
	}
	assert_int_equal(ka_earplace_after(hearing_path(LOG), &old, &st), -1);
	assert_int_equal(ka_earplace_after("/nonexistent/auth.log", &old, &st), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUNPLACE_TEST(find__renamed__by_its_number),
		RUNPLACE_TEST(find__copied__by_its_bytes),
		RUNPLACE_TEST(open__judges),
		RUNPLACE_TEST(after__later_ones__the_first_of_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
