/* keyaudit/watchwork: a worker is collected, whatever could be had to watch it. */
#include "keyaudit/collect/watchwork.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"

#include "base/poison.h"

static int needs; /* descriptors */
static bool hangs;

/* both stand before those in the archive: a worker that has nothing to do, and may need descriptors for that */
enum ka_err ka_caseevent_health(struct ka_writer *w, enum ka_action_event action, const struct ka_conn *conn, unsigned long count,
				const char *text)
{
	(void)w;
	(void)action;
	(void)conn;
	(void)count;
	(void)text;
	return KA_ERR_OK;
}

enum ka_err ka_caseevent_finish(struct ka_writer *w, const struct ka_conn *conn, enum ka_reason denied_by, bool lives,
				enum ka_case_answer *answer)
{
	(void)w;
	(void)conn;
	(void)denied_by;
	(void)lives;
	*answer = KA_CASE_NOTHING;
	while (hangs)
		pause();
	for (int i = 0; i < needs; i++)
		if (dup(0) < 0)
			return KA_ERR_SYS;
	return KA_ERR_OK;
}

static int make(void **state)
{
	struct ka_watchstate *k = calloc(1, sizeof(*k));
	static struct ka_writer writer;

	if (k != NULL)
		k->w = &writer;
	*state = k;
	return k == NULL;
}

static int drop(void **state)
{
	free(*state);
	return 0;
}

static void start__no_descriptor_for_its_pidfd__is_collected_all_the_same(void **state)
{
	struct ka_watchstate *k = *state;
	struct ka_watch_slot *s = ka_watchstate_add(k, &(struct ka_conn){ 5, 1 }, KA_SLOT_QUEUED, true);
	int64_t until = ka_clock_boot_ms() + 5000;
	struct rlimit before, none;
	int next = dup(0);

	assert_true(s != NULL && next >= 0);
	close(next);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = (struct rlimit){ (rlim_t)next, before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	ka_watchwork_start(k, s);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(s->fd, -1);
	assert_int_equal(k->workers, 1);
	while (k->workers > 0 && ka_clock_boot_ms() < until) {
		ka_watchwork_kill_overdue(k);
		poll(NULL, 0, 5);
	}
	assert_int_equal(k->workers, 0);
	assert_int_equal(k->finished, 1);
	assert_int_equal(k->slots, 0);
}

static void start__the_table_has_all_descriptors__the_worker_has_its_own(void **state)
{
	struct ka_watchstate *k = *state;
	struct ka_watch_slot *s = ka_watchstate_add(k, &(struct ka_conn){ 5, 1 }, KA_SLOT_QUEUED, true), *alive;
	int64_t until = ka_clock_boot_ms() + 5000;
	struct rlimit before;
	int fd;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 64, before.rlim_max }), 0);
	while ((fd = dup(0)) >= 0) {
		alive = ka_watchstate_add(k, &(struct ka_conn){ 100 + fd, 1 }, KA_SLOT_ALIVE, true);
		assert_non_null(alive);
		alive->fd = fd;
	}
	needs = 20;
	ka_watchwork_start(k, s);
	while (k->workers > 0 && ka_clock_boot_ms() < until) {
		ka_watchwork_kill_overdue(k);
		poll(NULL, 0, 5);
	}
	needs = 0;
	while (k->slots > 0)
		ka_watchstate_drop(k, &k->slot[k->slots - 1]);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(k->workers, 0);
	assert_int_equal(k->finished, 1);
}

static void keep__overdue__is_killed_and_its_connection_waits(void **state)
{
	struct ka_watchstate *k = *state;
	struct ka_watch_slot *s = ka_watchstate_add(k, &(struct ka_conn){ 5, 1 }, KA_SLOT_QUEUED, true);
	struct pollfd ended = { .events = POLLIN };

	hangs = true;
	ka_watchwork_start(k, s);
	hangs = false;
	assert_true(s->due_ms > ka_clock_boot_ms() + KA_COLLECT_WORKER_MS / 2);
	ka_watchwork_kill_overdue(k);
	ended.fd = s->fd;
	assert_int_equal(poll(&ended, 1, 50), 0); /* it has time */
	s->due_ms = 0;
	ka_watchwork_kill_overdue(k);
	assert_int_equal(poll(&ended, 1, 5000), 1);
	ka_watchwork_ended(k, s);
	assert_int_equal(k->workers, 0);
	assert_int_equal(k->waiting, 1);
	assert_int_equal(k->finished, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(start__no_descriptor_for_its_pidfd__is_collected_all_the_same, make, drop),
		cmocka_unit_test_setup_teardown(start__the_table_has_all_descriptors__the_worker_has_its_own, make, drop),
		cmocka_unit_test_setup_teardown(keep__overdue__is_killed_and_its_connection_waits, make, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
