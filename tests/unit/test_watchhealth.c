/* keyaudit/watchhealth: the child tells what it sees, ends when it is told to, and the next one does not tell it again. */
#include "keyaudit/collect/watchhealth.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "tests/unit/lib/caught.h"
#include "tests/unit/lib/healthplace.h"

#include "base/poison.h"

#define PATIENCE_MS 5000

static size_t events(void)
{
	json_t *all = writerplace_events(&healthplace);
	size_t n = json_array_size(all);

	json_decref(all);
	return n;
}

static bool comes(size_t wanted)
{
	int64_t until = ka_clock_boot_ms() + PATIENCE_MS;

	while (events() < wanted && ka_clock_boot_ms() < until)
		usleep(10000);
	return events() >= wanted;
}

static void keep__nowhere_to_note__starts_nobody(void **state)
{
	struct ka_watchhealth c = { .pid = -1 };

	(void)state;
	ka_watchhealth_keep(healthplace.w, &c);
	assert_int_equal(c.pid, -1);
}

/* there is no configuration where this writer looks for it */
static void keep__tells_once__whoever_is_killed(void **state)
{
	struct ka_watchhealth c = { .pid = -1 };
	json_t *all;
	pid_t first;

	(void)state;
	healthplace.w->health = healthplace_folder;
	ka_watchhealth_keep(healthplace.w, &c);
	first = c.pid;
	assert_true(first > 0);
	assert_true(comes(1));
	ka_watchhealth_keep(healthplace.w, &c);
	assert_int_equal(c.pid, first);
	assert_int_equal(kill(first, SIGKILL), 0);
	while (kill(first, 0) == 0 && c.pid == first) {
		c.again_ms = 0;
		ka_watchhealth_keep(healthplace.w, &c);
		usleep(1000);
	}
	assert_true(c.pid > 0 && c.pid != first);
	usleep(300000); /* it has looked by now, at least once on any machine that is not stopped; a second event would fail the test */
	ka_watchhealth_stop(&c);
	assert_int_equal(c.pid, -1);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no zombie */
	all = writerplace_events(&healthplace);
	assert_int_equal(json_array_size(all), 1);
	assert_string_equal(writerplace_action(json_array_get(all, 0)), "config-unsafe");
	json_decref(all);
}

/* keep it until one child more has ended by itself, or patience has */
static bool one_ends(struct ka_watchhealth *c)
{
	int64_t until = ka_clock_boot_ms() + PATIENCE_MS;
	pid_t pid;

	c->again_ms = 0;
	ka_watchhealth_keep(healthplace.w, c);
	pid = c->pid;
	while (c->pid == pid && ka_clock_boot_ms() < until) {
		ka_watchhealth_keep(healthplace.w, c);
		usleep(1000);
	}
	return pid > 0 && c->pid == -1;
}

/* where there is no place for a book somebody is told what is missing and what mends it, once, and it is tried again */
static void keep__no_place__is_said_once(void **state)
{
	struct ka_watchhealth c = { .pid = -1 };
	bool first, second, said;

	(void)state;
	healthplace.w->health = "/nonexistent/health";
	caught_begin();
	first = one_ends(&c);
	said = c.is_said;
	second = one_ends(&c);
	ka_watchhealth_stop(&c);
	caught_end();
	assert_true(first && second && said);
	assert_true(c.is_said);
	assert_string_equal(caught_out, "");
	assert_string_equal(caught_err, "keyaudit collect: /nonexistent/health cannot be used: changes of key stores, of the configuration and of lists "
					"are not told; mend: systemd-tmpfiles --create keyaudit.conf\n");
}

static void pause__by_what_a_look_costs__and_no_longer_than_a_minute(void **state)
{
	(void)state;
	assert_int_equal(ka_watchhealth_pause(0, 900), 0);
	assert_int_equal(ka_watchhealth_pause(1, 1000), 100);
	assert_int_equal(ka_watchhealth_pause(100, 2000), 1000); /* others were at work */
	assert_int_equal(ka_watchhealth_pause(100, 90000), 9000);
	assert_int_equal(ka_watchhealth_pause(700, 700000), KA_HEALTH_LOOK_MAX_MS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		HEALTHPLACE_TEST(keep__nowhere_to_note__starts_nobody),
		HEALTHPLACE_TEST(keep__tells_once__whoever_is_killed),
		HEALTHPLACE_TEST(keep__no_place__is_said_once),
		cmocka_unit_test(pause__by_what_a_look_costs__and_no_longer_than_a_minute),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
