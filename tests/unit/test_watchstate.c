/* keyaudit/watchstate: who gets a place in the queue, whose turn it is, and how much is said about forgeries. */
#include "keyaudit/collect/watchstate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/writerplace.h"

#include "base/poison.h"

static int make(void **state)
{
	*state = calloc(1, sizeof(struct ka_watchstate));
	return *state == NULL;
}

static int drop(void **state)
{
	free(*state);
	return 0;
}

static struct ka_watch_slot *add(struct ka_watchstate *k, pid_t m, bool seen)
{
	return ka_watchstate_add(k, &(struct ka_conn){ m, 1 }, KA_SLOT_QUEUED, seen);
}

static void add__hearsay_without_end__leaves_room_for_what_root_saw(void **state)
{
	struct ka_watchstate *k = *state;
	pid_t m = 2;

	while (add(k, m, false) != NULL)
		m++;
	assert_int_equal(k->queued, KA_COLLECT_QUEUE_MAX / 4 * 3);
	assert_true(k->overfull);
	assert_non_null(add(k, 100000, true));
	for (m = 100001; add(k, m, true) != NULL; m++)
		;
	assert_int_equal(k->queued, KA_COLLECT_QUEUE_MAX);
	ka_watchstate_drop(k, ka_watchstate_find(k, &(struct ka_conn){ 2, 1 }));
	assert_non_null(add(k, 2, false));
}

static void next__slots_used_again__are_taken_in_order_of_arrival(void **state)
{
	struct ka_watchstate *k = *state;
	struct ka_watch_slot *first = add(k, 10, true);

	assert_non_null(add(k, 11, true));
	ka_watchstate_drop(k, first);
	assert_non_null(add(k, 12, true)); /* in the slot of 10 */
	assert_non_null(add(k, 13, false));
	assert_int_equal(ka_watchstate_next(k, true, 1)->conn.m, 11);
	assert_int_equal(ka_watchstate_next(k, false, 1)->conn.m, 13);
	ka_watchstate_find(k, &(struct ka_conn){ 11, 1 })->due_ms = 2;
	assert_int_equal(ka_watchstate_next(k, true, 1)->conn.m, 12);
	assert_int_equal(ka_watchstate_next(k, true, 2)->conn.m, 11);
	ka_watchstate_drop(k, ka_watchstate_next(k, true, 2));
	ka_watchstate_drop(k, ka_watchstate_next(k, true, 2));
	assert_null(ka_watchstate_next(k, true, 2));
}

static void has_worker__hearsay_never_has_the_last(void **state)
{
	struct ka_watchstate *k = *state;

	for (size_t busy = 0; busy <= KA_COLLECT_WORKERS; busy++)
		for (size_t hearsay = 0; hearsay <= busy; hearsay++) {
			k->workers = busy;
			k->hearsay_workers = hearsay;
			k->once = false;
			assert_int_equal(ka_watchstate_has_worker(k, true), busy < KA_COLLECT_WORKERS);
			assert_int_equal(ka_watchstate_has_worker(k, false), busy < KA_COLLECT_WORKERS && hearsay < KA_COLLECT_WORKERS - 1);
			k->once = true; /* by hand there is nothing else to wait for */
			assert_int_equal(ka_watchstate_has_worker(k, false), busy < KA_COLLECT_WORKERS);
		}
}

/* whoever forges without end is counted, and does not write the trail full */
static void tampered__a_thousand__are_one_event_in_its_time(void **state)
{
	struct ka_watchstate *k = *state;
	struct writerplace place;
	json_t *all;

	assert_int_equal(writerplace_make(&place), 0);
	k->w = place.w;
	for (int i = 1; i <= 1000; i++) {
		runplace_put(place.run.r.spool, "x", "");
		ka_watchstate_tampered(k, place.run.r.spool, "x", "test");
		assert_false(runplace_has(place.run.r.spool, "x"));
		if (i == 1 || i > 900)
			ka_watchstate_say_tampered(k, false);
	}
	all = writerplace_events(&place);
	assert_int_equal(json_array_size(all), 1);
	assert_int_equal(writerplace_count(json_array_get(all, 0)), 1);
	json_decref(all);
	k->tampered_ms -= KA_COLLECT_TAMPER_MS;
	ka_watchstate_say_tampered(k, false);
	ka_watchstate_say_tampered(k, true); /* at the end nothing is left to be said */
	all = writerplace_events(&place);
	assert_int_equal(json_array_size(all), 2);
	assert_string_equal(writerplace_action(json_array_get(all, 1)), "spool-tampered");
	assert_int_equal(writerplace_count(json_array_get(all, 1)), 999);
	json_decref(all);
	assert_int_equal(writerplace_drop(&place), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(add__hearsay_without_end__leaves_room_for_what_root_saw, make, drop),
		cmocka_unit_test_setup_teardown(next__slots_used_again__are_taken_in_order_of_arrival, make, drop),
		cmocka_unit_test_setup_teardown(has_worker__hearsay_never_has_the_last, make, drop),
		cmocka_unit_test_setup_teardown(tampered__a_thousand__are_one_event_in_its_time, make, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
