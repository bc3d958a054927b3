/* keyaudit/watchear: the ear records what a log says, remembers how far it came, and is started again when it is killed. */
#include "keyaudit/collect/watchear.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "keyaudit/case/casesaid.h"
#include "keyaudit/case/saidlife.h"
#include "tests/unit/lib/runplace.h"

#include "base/poison.h"

#define PATIENCE_MS 5000

static struct ka_conf *conf;
static char path[128];

static int make(void **state)
{
	if (runplace_setup(state) != 0)
		return -1;
	conf = calloc(1, sizeof(*conf));
	if (conf == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s/auth.log", runplace.path);
	conf->sshd_log = KA_CONF_LOG_FILE;
	conf->sshd_log_file = path;
	runplace_put(runplace.r.run, "auth.log", "");
	return 0;
}

static int drop(void **state)
{
	free(conf);
	return runplace_teardown(state);
}

/* sshd's process @pid, which nobody has, says now that @user is denied */
static void log_line(int pid, const char *user)
{
	time_t now = (time_t)(ka_clock_wall_us() / 1000000);
	char when[32], line[256];
	struct tm tm;
	FILE *f = fopen(path, "ae");

	assert_non_null(f);
	assert_non_null(gmtime_r(&now, &tm));
	assert_true(strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S", &tm) > 0);
	snprintf(line, sizeof(line), "%s.000000+00:00 host sshd[%d]: User %s from 192.0.2.7 not allowed because listed in DenyUsers\n", when, pid, user);
	assert_true(fputs(line, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static bool knows(int pid)
{
	struct ka_saidlife l;

	return ka_saidlife_find(&runplace.r, pid, ka_clock_wall_us(), 0, &l);
}

static bool comes_to_know(int pid)
{
	int64_t until = ka_clock_boot_ms() + PATIENCE_MS;

	while (!knows(pid) && ka_clock_boot_ms() < until)
		usleep(10000);
	return knows(pid);
}

static void drain__by_hand__reads_to_the_end(void **state)
{
	(void)state;
	assert_false(ka_casesaid_is_heard(&runplace.r, conf));
	log_line(2147483646, "alice");
	log_line(2147483645, "bob");
	ka_watchear_drain(&runplace.r, conf);
	assert_true(knows(2147483646) && knows(2147483645));
	assert_true(ka_casesaid_is_heard(&runplace.r, conf));
}

static void drain__no_log__nothing(void **state)
{
	(void)state;
	log_line(2147483646, "alice");
	conf->sshd_log = KA_CONF_LOG_NONE;
	ka_watchear_drain(&runplace.r, conf);
	assert_false(knows(2147483646));
}

static void keep__killed__goes_on_where_it_was(void **state)
{
	struct ka_watchear ear = { .pid = 0 };
	pid_t first;

	(void)state;
	ka_watchear_keep(&runplace.r, conf, &ear);
	first = ear.pid;
	assert_true(first > 0);
	log_line(2147483646, "alice");
	assert_true(comes_to_know(2147483646));
	ka_watchear_keep(&runplace.r, conf, &ear);
	assert_int_equal(ear.pid, first); /* it lives */
	assert_int_equal(kill(first, SIGKILL), 0);
	for (int i = 0; i < 500 && ear.pid == first; i++, usleep(10000))
		ka_watchear_keep(&runplace.r, conf, &ear);
	assert_true(ear.pid != first);
	assert_true(ear.pid <= 0); /* not at once again */
	log_line(2147483645, "bob"); /* while nobody listens */
	ear.again_ms = 0;
	ka_watchear_keep(&runplace.r, conf, &ear);
	assert_true(ear.pid > 0);
	assert_true(comes_to_know(2147483645));
	ka_watchear_stop(&ear);
	assert_int_equal(ear.pid, -1);
}

static void keep__no_log__nobody_listens(void **state)
{
	struct ka_watchear ear = { .pid = 0 };

	(void)state;
	conf->sshd_log = KA_CONF_LOG_NONE;
	ka_watchear_keep(&runplace.r, conf, &ear);
	assert_true(ear.pid <= 0);
	ka_watchear_stop(&ear);
}

int main(void)
{
#define IN_WORLD(f) cmocka_unit_test_setup_teardown(f, make, drop)
	const struct CMUnitTest tests[] = {
		IN_WORLD(drain__by_hand__reads_to_the_end),
		IN_WORLD(drain__no_log__nothing),
		IN_WORLD(keep__killed__goes_on_where_it_was),
		IN_WORLD(keep__no_log__nobody_listens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
