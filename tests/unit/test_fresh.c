/* store/fresh: the table of times, at each of its edges. */
#include "store/fresh.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/poison.h"

enum { FETCHED = 1000, CONFIRMED = 5000, FRESH = 5300, SWR = 5600, STALE = 9000, MAX = 100000 };

static struct ka_entry entry(bool is_found)
{
	return (struct ka_entry){ .fetched = FETCHED, .confirmed = CONFIRMED, .fresh = FRESH, .swr = SWR, .stale = STALE,
				  .is_found = is_found };
}

static void is_at(bool is_found, int64_t now, int64_t max_stale, enum ka_fresh want)
{
	struct ka_entry e = entry(is_found);

	assert_string_equal(ka_fresh_text(ka_fresh_of(&e, now, max_stale)), ka_fresh_text(want));
}

static void fresh__an_entry_grows_old__passes_four_states(void **state)
{
	(void)state;
	is_at(true, CONFIRMED, MAX, KA_FRESH_YES);
	is_at(true, FRESH - 1, MAX, KA_FRESH_YES);
	is_at(true, FRESH, MAX, KA_FRESH_REFRESH);
	is_at(true, SWR - 1, MAX, KA_FRESH_REFRESH);
	is_at(true, SWR, MAX, KA_FRESH_STALE);
	is_at(true, STALE - 1, MAX, KA_FRESH_STALE);
	is_at(true, STALE, MAX, KA_FRESH_DEAD);
	is_at(true, INT64_MAX, MAX, KA_FRESH_DEAD);
}

static void fresh__max_stale__ends_it_earlier(void **state)
{
	(void)state;
	is_at(true, CONFIRMED + 1999, 2000, KA_FRESH_STALE);
	is_at(true, CONFIRMED + 2000, 2000, KA_FRESH_DEAD);
	/* also while it could be refreshed behind the answer; what is fresh stays so */
	is_at(true, FRESH, 0, KA_FRESH_DEAD);
	is_at(true, FRESH - 1, 0, KA_FRESH_YES);
}

static void fresh__no_keys__is_fresh_or_nothing(void **state)
{
	(void)state;
	is_at(false, FRESH - 1, MAX, KA_FRESH_YES);
	is_at(false, FRESH, MAX, KA_FRESH_DEAD);
	is_at(false, SWR, MAX, KA_FRESH_DEAD);
}

static void fresh__a_clock_before_the_entry__is_stale_never_fresh(void **state)
{
	(void)state;
	is_at(true, CONFIRMED - 1, MAX, KA_FRESH_STALE);
	is_at(true, FETCHED - 1, MAX, KA_FRESH_STALE);
	is_at(true, INT64_MIN, MAX, KA_FRESH_STALE);
	is_at(false, CONFIRMED - 1, MAX, KA_FRESH_DEAD);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fresh__an_entry_grows_old__passes_four_states),
		cmocka_unit_test(fresh__max_stale__ends_it_earlier),
		cmocka_unit_test(fresh__no_keys__is_fresh_or_nothing),
		cmocka_unit_test(fresh__a_clock_before_the_entry__is_stale_never_fresh),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
