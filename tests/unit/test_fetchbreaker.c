/* authkeys-fetch/fetchbreaker: five failures open it, one request tries, a success closes it; no file keeps it open for ever. */
#include "authkeys-cmd/fetch/fetchbreaker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"

#include "base/poison.h"

#define NOW 1600000000

static struct ka_fetchbreaker open_at(int64_t now)
{
	struct ka_fetchbreaker b = { 0, 0 };

	for (int i = 0; i < KA_FETCH_BREAKER_FAILURES; i++)
		ka_fetchbreaker_note(&b, false, now);
	return b;
}

static void breaker__failures_in_a_row__open_it(void **state)
{
	struct ka_fetchbreaker b = { 0, 0 };

	(void)state;
	for (int i = 1; i < KA_FETCH_BREAKER_FAILURES; i++) {
		assert_true(ka_fetchbreaker_note(&b, false, NOW));
		assert_true(ka_fetchbreaker_may(&b, NOW));
	}
	assert_true(ka_fetchbreaker_note(&b, false, NOW));
	assert_false(ka_fetchbreaker_may(&b, NOW));
	assert_false(ka_fetchbreaker_may(&b, NOW + KA_FETCH_BREAKER_SEC - 1));
}

static void breaker__a_success_between__begins_anew(void **state)
{
	struct ka_fetchbreaker b = { 0, 0 };

	(void)state;
	assert_false(ka_fetchbreaker_note(&b, true, NOW));
	for (int i = 1; i < KA_FETCH_BREAKER_FAILURES; i++)
		ka_fetchbreaker_note(&b, false, NOW);
	assert_true(ka_fetchbreaker_note(&b, true, NOW));
	for (int i = 1; i < KA_FETCH_BREAKER_FAILURES; i++)
		ka_fetchbreaker_note(&b, false, NOW);
	assert_true(ka_fetchbreaker_may(&b, NOW));
}

static void breaker__half_open__lets_one_through(void **state)
{
	struct ka_fetchbreaker b = open_at(NOW);
	const int64_t then = NOW + KA_FETCH_BREAKER_SEC;

	(void)state;
	assert_true(ka_fetchbreaker_may(&b, then));
	/* it was moved, so that the next one waits for how that went */
	assert_false(ka_fetchbreaker_may(&b, then));
	assert_true(ka_fetchbreaker_note(&b, true, then));
	assert_true(ka_fetchbreaker_may(&b, then));
	assert_int_equal(b.failures, 0);
}

static void breaker__half_open_and_failed__stays_open(void **state)
{
	struct ka_fetchbreaker b = open_at(NOW);
	const int64_t then = NOW + KA_FETCH_BREAKER_SEC;

	(void)state;
	assert_true(ka_fetchbreaker_may(&b, then));
	ka_fetchbreaker_note(&b, false, then + 5);
	assert_false(ka_fetchbreaker_may(&b, then + 5 + KA_FETCH_BREAKER_SEC - 1));
	assert_true(ka_fetchbreaker_may(&b, then + 5 + KA_FETCH_BREAKER_SEC));
}

static void breaker__a_clock_set_back__does_not_keep_it_open(void **state)
{
	struct ka_fetchbreaker b = open_at(NOW);

	(void)state;
	assert_true(ka_fetchbreaker_may(&b, NOW - 1));
	b = open_at(NOW);
	assert_false(ka_fetchbreaker_may(&b, NOW));
}

static void state__written__is_read_back(void **state)
{
	struct ka_fetchbreaker b = open_at(NOW), back;
	char text[KA_LASTTRY_MAX];
	struct ka_buf out;

	(void)state;
	ka_buf_init_array(&out, text);
	ka_fetchbreaker_write(&b, &out);
	assert_string_equal(text, "ka1 breaker failures=5 until=1600000060\n");
	ka_fetchbreaker_parse(ka_buf_as_span(&out), &back);
	assert_true(back.failures == b.failures && back.until == b.until);
}

static void state__anything_else__is_closed(void **state)
{
	static const char *const wrong[] = {
		"", "\n", "ka1 breaker failures=6 until=1600000060\n", "ka1 breaker failures=5 until=1600000060 x=1\n",
		"ka1 breaker failures=5\n", "ka1 breaker failures=5 until=253402300800\n", "ka1 breaker failures=-5 until=0\n",
		"ka2 breaker failures=5 until=1600000060\n", "ka1 breaker failures=5 until=16000000600000000000000\n",
	};
	static const char good[] = "ka1 breaker failures=5 until=1600000060\n";
	struct ka_fetchbreaker b;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		ka_fetchbreaker_parse(ka_span_of(wrong[i]), &b);
		assert_true(b.failures == 0 && b.until == 0);
	}
	/* torn: a shorter number may be read, and then it is in the past; never one that keeps it open longer */
	for (size_t n = 0; n < sizeof(good) - 1; n++) {
		ka_fetchbreaker_parse(ka_span_sub(ka_span_of(good), 0, n), &b);
		assert_true(b.until < NOW);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(breaker__failures_in_a_row__open_it),
		cmocka_unit_test(breaker__a_success_between__begins_anew),
		cmocka_unit_test(breaker__half_open__lets_one_through),
		cmocka_unit_test(breaker__half_open_and_failed__stays_open),
		cmocka_unit_test(breaker__a_clock_set_back__does_not_keep_it_open),
		cmocka_unit_test(state__written__is_read_back),
		cmocka_unit_test(state__anything_else__is_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
