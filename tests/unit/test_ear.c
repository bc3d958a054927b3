/* keyaudit/ear: the position over restarts, and what is not given out. */
#include "keyaudit/ear/ear.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/paths.h"
#include "keyaudit/ear/earkeep.h"
#include "tests/unit/lib/hearing.h"

#define LOG "auth.log"

static struct ka_conf conf;
static struct ka_ear *ear;

static void open_log(const char *name, bool follow)
{
	ka_conf_default(&conf);
	conf.sshd_log = KA_CONF_LOG_FILE;
	conf.sshd_log_file = hearing_path(name);
	assert_int_equal(ka_ear_open(&conf, runplace.r.run, follow, &ear), KA_ERR_OK);
	assert_non_null(ear);
}

/* at most @n lines */
static const char *heard(size_t n)
{
	static char text[4096];
	int64_t until = ka_clock_boot_ms() + 20000;
	struct ka_earline line;
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	for (size_t i = 0; i < n && ka_clock_boot_ms() < until;) {
		if (ka_ear_next(ear, &line)) {
			ka_buf_span(&b, line.message);
			ka_buf_char(&b, '|');
			i++;
		} else if (ka_ear_patience_ms(ear) > 0) {
			break;
		}
	}
	return text;
}

static void keep__over_restarts__nothing_lost(void **state)
{
	struct stat before, after;

	(void)state;
	hearing_say(LOG, "one");
	hearing_say(LOG, "two");
	hearing_say(LOG, "three");
	open_log(LOG, false);
	assert_false(ka_ear_is_drained(ear));
	assert_string_equal(heard(1), "one|");
	assert_int_equal(ka_ear_keep(ear), KA_ERR_OK);
	assert_string_equal(heard(9), "two|three|"); /* and then it dies */
	assert_true(ka_ear_is_drained(ear));
	ka_ear_close(&ear);
	assert_null(ear);
	open_log(LOG, true);
	assert_string_equal(heard(9), "two|three|");
	assert_true(ka_ear_is_drained(ear));
	assert_int_equal(ka_ear_keep(ear), KA_ERR_OK);
	assert_int_equal(fstatat(runplace.r.run, KA_NAME_EAR, &before, 0), 0);
	assert_int_equal(ka_ear_keep(ear), KA_ERR_OK); /* nothing new: not written again */
	assert_int_equal(fstatat(runplace.r.run, KA_NAME_EAR, &after, 0), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	hearing_say(LOG, "four");
	assert_int_equal(poll(&(struct pollfd){ .fd = ka_ear_fd(ear), .events = POLLIN }, 1, 0), 1);
	assert_string_equal(heard(9), "four|");
	ka_ear_close(&ear);
	open_log(LOG, true);
	assert_string_equal(heard(9), "four|");
	ka_ear_close(&ear);
}

static void open__another_log_or_damage__is_a_first_start(void **state)
{
	(void)state;
	hearing_say(LOG, "one");
	open_log(LOG, false);
	assert_string_equal(heard(9), "one|");
	assert_int_equal(ka_ear_keep(ear), KA_ERR_OK);
	ka_ear_close(&ear);
	hearing_say("secure", "other");
	open_log("secure", false);
	assert_string_equal(heard(9), "other|");
	ka_ear_close(&ear);
	open_log(LOG, false);
	assert_string_equal(heard(9), "");
	ka_ear_close(&ear);
	runplace_put(runplace.r.run, KA_NAME_EAR, "ka1 ear log=file path=\n");
	open_log(LOG, false);
	assert_string_equal(heard(9), "one|");
	assert_int_equal(ka_ear_keep(ear), KA_ERR_OK);
	ka_ear_close(&ear);
	runplace_put(runplace.r.run, KA_NAME_EAR, "ka1 ear log=journal cursor=c=1 at=5\n");
	open_log(LOG, false);
	assert_string_equal(heard(9), "one|");
	ka_ear_close(&ear);
}

static void open__none__is_nobody(void **state)
{
	(void)state;
	ka_conf_default(&conf);
	conf.sshd_log = KA_CONF_LOG_NONE;
	assert_int_equal(ka_ear_open(&conf, runplace.r.run, true, &ear), KA_ERR_OK);
	assert_null(ear);
	ka_ear_close(&ear);
}

/* a file that is not there yet is trouble, and no fault */
static void open__no_file_yet__waits(void **state)
{
	(void)state;
	open_log(LOG, true);
	assert_string_equal(heard(1), "");
	assert_string_equal(ka_ear_trouble(ear), "there is no log file yet");
	assert_int_equal(ka_ear_keep(ear), KA_ERR_OK);
	assert_in_range(ka_ear_patience_ms(ear), 1, KA_EAR_POLL_MS);
	hearing_say(LOG, "one");
	assert_string_equal(heard(1), "one|");
	assert_null(ka_ear_trouble(ear));
	ka_ear_close(&ear);
}

static void next__debug_lines__are_not_given(void **state)
{
	(void)state;
	hearing_say(LOG, "debug1: Could not open authorized keys '/x': No such file or directory");
	hearing_say(LOG, "debug3: x");
	for (int i = 0; i < 2 * KA_EAR_TURN_MAX; i++)
		hearing_say(LOG, "debug2: y");
	hearing_say(LOG, "debugging is no level");
	hearing_say(LOG, "debug1");
	open_log(LOG, false);
	assert_string_equal(heard(9), "debugging is no level|debug1|");
	ka_ear_close(&ear);
}

static void keep__no_folder__keeps_nothing(void **state)
{
	(void)state;
	hearing_say(LOG, "one");
	ka_conf_default(&conf);
	conf.sshd_log = KA_CONF_LOG_FILE;
	conf.sshd_log_file = hearing_path(LOG);
	assert_int_equal(ka_ear_open(&conf, -1, false, &ear), KA_ERR_OK);
	assert_string_equal(heard(9), "one|");
	assert_int_equal(ka_ear_keep(ear), KA_ERR_OK);
	assert_false(runplace_has(runplace.r.run, KA_NAME_EAR));
	ka_ear_close(&ear);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUNPLACE_TEST(keep__over_restarts__nothing_lost),
		RUNPLACE_TEST(open__another_log_or_damage__is_a_first_start),
		RUNPLACE_TEST(open__none__is_nobody),
		RUNPLACE_TEST(open__no_file_yet__waits),
		RUNPLACE_TEST(next__debug_lines__are_not_given),
		RUNPLACE_TEST(keep__no_folder__keeps_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
