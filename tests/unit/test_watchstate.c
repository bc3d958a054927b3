/* keyaudit/watchstate: who gets a place in the queue, and whose turn it is. */
#include "keyaudit/watchstate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(add__hearsay_without_end__leaves_room_for_what_root_saw, make, drop),
		cmocka_unit_test_setup_teardown(next__slots_used_again__are_taken_in_order_of_arrival, make, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
