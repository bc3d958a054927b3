/* authkeys-fetch/fetchtimes: what a store may say about time, and what it may not. */
#include "authkeys-cmd/fetch/fetchtimes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/limits.h"

#include "base/poison.h"

#define NOW 1600000000

static struct ka_fetchhead h;
static struct ka_entry e;
static struct ka_conf_source s;

static int set_up(void **state)
{
	(void)state;
	ka_fetchhead_init(&h);
	e = (struct ka_entry){ .is_found = true, .fetched = 5 };
	s = (struct ka_conf_source){ .max_age_sec = 300, .max_stale_sec = 86400 };
	return 0;
}

static void set(void)
{
	ka_fetchtimes_set(&e, &h, &s, NOW);
}

static void times__nothing_said__is_the_configuration(void **state)
{
	(void)state;
	set();
	assert_true(e.fetched == 5 && e.confirmed == NOW && e.fresh == NOW + 300 && e.swr == NOW + 600 && e.stale == NOW + 86400);
	s.max_age_sec = 1;
	set();
	assert_true(e.fresh == NOW + 1);
	s.max_age_sec = 86400;
	set();
	assert_true(e.fresh == NOW + 86400);
}

static void times__max_age__is_clamped(void **state)
{
	(void)state;
	h.max_age = 120;
	set();
	assert_true(e.fresh == NOW + 120);
	h.max_age = 0;
	set();
	assert_true(e.fresh == NOW + KA_FETCH_FRESH_MIN_SEC);
	h.max_age = INT32_MAX;
	set();
	assert_true(e.fresh == NOW + KA_FETCH_FRESH_MAX_SEC);
}

static void times__age_in_a_cache__counts(void **state)
{
	(void)state;
	h.max_age = 600;
	h.age = 200;
	set();
	assert_true(e.fresh == NOW + 400);
	h.age = INT32_MAX;
	set();
	assert_true(e.fresh == NOW + KA_FETCH_FRESH_MIN_SEC);
}

static void times__stale_while_revalidate__is_clamped(void **state)
{
	(void)state;
	h.swr = 0;
	set();
	assert_true(e.swr == e.fresh);
	h.swr = INT32_MAX;
	set();
	assert_true(e.swr == e.fresh + KA_FETCH_FRESH_MAX_SEC);
}

static void times__stale_if_error__may_only_shorten(void **state)
{
	(void)state;
	h.sie = 1000;
	set();
	assert_true(e.stale == NOW + 1000);
	h.sie = INT32_MAX;
	set();
	assert_true(e.stale == NOW + 86400);
	/* what is fresh is not too stale */
	h.sie = 0;
	set();
	assert_true(e.stale == e.fresh);
	s.max_stale_sec = 0;
	h.sie = -1;
	set();
	assert_true(e.stale == e.fresh);
}

static void times__no_keys__are_believed_for_a_minute(void **state)
{
	(void)state;
	e.is_found = false;
	h.max_age = 3600;
	set();
	assert_true(e.fresh == NOW + KA_FETCH_NEGATIVE_SEC);
	h.max_age = -1;
	s.max_age_sec = 86400;
	set();
	assert_true(e.fresh == NOW + KA_FETCH_NEGATIVE_SEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(times__nothing_said__is_the_configuration, set_up),
		cmocka_unit_test_setup(times__max_age__is_clamped, set_up),
		cmocka_unit_test_setup(times__age_in_a_cache__counts, set_up),
		cmocka_unit_test_setup(times__stale_while_revalidate__is_clamped, set_up),
		cmocka_unit_test_setup(times__stale_if_error__may_only_shorten, set_up),
		cmocka_unit_test_setup(times__no_keys__are_believed_for_a_minute, set_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
