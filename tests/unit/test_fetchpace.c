/* authkeys-fetch/fetchpace: every wait is bounded, spread by chance as far as it says, and the same for the same dice. */
#include "authkeys-cmd/fetch/fetchpace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/limits.h"

#include "base/poison.h"

#define LEAST UINT64_C(0)
#define MOST UINT64_MAX
#define MINUTE_MS (60 * 1000)

/* SplitMix64: the same dice in every run */
static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static void jitter__both_ends__are_reached_and_not_passed(void **state)
{
	(void)state;
	assert_int_equal(ka_fetchpace_jitter_ms(0, MOST), 0);
	assert_int_equal(ka_fetchpace_jitter_ms(1000, LEAST), 0);
	assert_int_equal(ka_fetchpace_jitter_ms(1000, MOST), 1000);
	assert_int_equal(ka_fetchpace_jitter_ms(UINT32_MAX, MOST), UINT32_MAX);
	assert_int_equal(ka_fetchpace_jitter_ms(1, MOST / 2), 0);
	assert_int_equal(ka_fetchpace_jitter_ms(1, MOST / 2 + 1), 1);
}

static void jitter__many_draws__fill_the_span_evenly(void **state)
{
	uint64_t dice = 1;
	unsigned tenth[10] = { 0 };

	(void)state;
	for (int i = 0; i < 100000; i++)
		tenth[ka_fetchpace_jitter_ms(9999, next_random(&dice)) / 1000]++;
	for (int i = 0; i < 10; i++)
		assert_in_range(tenth[i], 9600, 10400); /* 10,000 +- 4 sigma */
}

static void backoff__no_failure__is_no_wait(void **state)
{
	(void)state;
	assert_int_equal(ka_fetchpace_backoff_ms(0, MOST), 0);
}

static void backoff__each_failure__doubles_the_bound_up_to_the_cap(void **state)
{
	static const uint32_t bounds[] = { 2000, 4000, 8000, 16000, 32000, 64000, 128000, 256000, 512000, 900000, 900000 };

	(void)state;
	for (uint32_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
		assert_int_equal(ka_fetchpace_backoff_ms(i + 1, MOST), bounds[i]);
		assert_int_equal(ka_fetchpace_backoff_ms(i + 1, LEAST), 0);
	}
	assert_int_equal(ka_fetchpace_backoff_ms(UINT32_MAX, MOST), KA_FETCH_BACKOFF_CAP_MS);
}

static void retry_after__any_wish__is_obeyed_up_to_an_hour(void **state)
{
	(void)state;
	assert_int_equal(ka_fetchpace_retry_after_ms(120, LEAST), 120 * 1000);
	assert_int_equal(ka_fetchpace_retry_after_ms(3600, LEAST), 3600 * 1000);
	assert_int_equal(ka_fetchpace_retry_after_ms(3601, LEAST), 3600 * 1000);
	assert_int_equal(ka_fetchpace_retry_after_ms(INT64_MAX, LEAST), 3600 * 1000);
	assert_int_equal(ka_fetchpace_retry_after_ms(0, LEAST), 0);
	assert_int_equal(ka_fetchpace_retry_after_ms(-1, LEAST), 0);
	assert_int_equal(ka_fetchpace_retry_after_ms(INT64_MIN, LEAST), 0);
}

static void retry_after__chance__adds_from_half_a_minute_to_a_quarter_of_an_hour(void **state)
{
	(void)state;
	assert_int_equal(ka_fetchpace_retry_after_ms(0, MOST), 30 * 1000);
	assert_int_equal(ka_fetchpace_retry_after_ms(10, MOST), 40 * 1000);
	assert_int_equal(ka_fetchpace_retry_after_ms(120, MOST), 240 * 1000);
	assert_int_equal(ka_fetchpace_retry_after_ms(3600, MOST), (60 + 15) * MINUTE_MS);
	assert_int_equal(ka_fetchpace_retry_after_ms(INT64_MAX, MOST), (60 + 15) * MINUTE_MS);
}

static void off__no_wish__is_half_a_minute_or_the_backoff(void **state)
{
	(void)state;
	assert_int_equal(ka_fetchpace_off_ms(1, KA_FETCHPACE_NOT_ASKED, LEAST), 30 * 1000);
	assert_int_equal(ka_fetchpace_off_ms(1, KA_FETCHPACE_NOT_ASKED, MOST), 30 * 1000);
	assert_int_equal(ka_fetchpace_off_ms(20, KA_FETCHPACE_NOT_ASKED, LEAST), 30 * 1000);
	assert_int_equal(ka_fetchpace_off_ms(20, KA_FETCHPACE_NOT_ASKED, MOST), 15 * MINUTE_MS);
}

static void off__a_wish__prolongs_and_never_shortens(void **state)
{
	(void)state;
	assert_int_equal(ka_fetchpace_off_ms(1, 0, LEAST), 30 * 1000);
	assert_int_equal(ka_fetchpace_off_ms(1, 600, LEAST), 600 * 1000);
	assert_int_equal(ka_fetchpace_off_ms(20, 1, MOST), 15 * MINUTE_MS);
}

static struct ka_span id_of(char text[static 33], unsigned n)
{
	int len = snprintf(text, 33, "%032x", n);

	return (struct ka_span){ (const uint8_t *)text, (size_t)len };
}

static void slot__same_host__is_the_same_for_ever(void **state)
{
	char text[33];

	(void)state;
	/* printf '%032x\0corp' 7 | sha256sum: the first 32 bits times 300,000, shifted right by 32 */
	assert_int_equal(ka_fetchpace_slot_ms(id_of(text, 7), "corp", 300000), 224179);
	assert_int_not_equal(ka_fetchpace_slot_ms(id_of(text, 7), "other", 300000), 224179);
	assert_int_not_equal(ka_fetchpace_slot_ms(id_of(text, 8), "corp", 300000), 224179);
	assert_int_equal(ka_fetchpace_slot_ms(id_of(text, 7), "corp", 1), 0);
	assert_int_equal(ka_fetchpace_slot_ms(id_of(text, 7), "corp", 0), 0);
	assert_in_range(ka_fetchpace_slot_ms((struct ka_span){ NULL, 0 }, "", 300000), 0, 299999);
}

static void slot__many_hosts__fill_the_period_evenly(void **state)
{
	unsigned second[300] = { 0 };
	char text[33];

	(void)state;
	for (unsigned i = 0; i < 100000; i++)
		second[ka_fetchpace_slot_ms(id_of(text, i), "corp", 300000) / 1000]++;
	for (int i = 0; i < 300; i++)
		assert_in_range(second[i], 333 - 91, 333 + 91); /* 5 sigma */
}

static void next__any_moment__is_later_by_at_most_a_period_and_in_the_slot(void **state)
{
	static const int64_t now[] = { 0, 1, 299999, 300000, 1763805600123, -1, -200000, -300000, -300001 };

	(void)state;
	for (size_t i = 0; i < sizeof(now) / sizeof(now[0]); i++)
		for (uint32_t slot = 0; slot < 300000; slot += 99999) {
			int64_t next = ka_fetchpace_next_ms(now[i], 300000, slot);

			assert_true(next > now[i] && next <= now[i] + 300000);
			assert_int_equal(((next % 300000) + 300000) % 300000, slot);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(jitter__both_ends__are_reached_and_not_passed),
		cmocka_unit_test(jitter__many_draws__fill_the_span_evenly),
		cmocka_unit_test(backoff__no_failure__is_no_wait),
		cmocka_unit_test(backoff__each_failure__doubles_the_bound_up_to_the_cap),
		cmocka_unit_test(retry_after__any_wish__is_obeyed_up_to_an_hour),
		cmocka_unit_test(retry_after__chance__adds_from_half_a_minute_to_a_quarter_of_an_hour),
		cmocka_unit_test(off__no_wish__is_half_a_minute_or_the_backoff),
		cmocka_unit_test(off__a_wish__prolongs_and_never_shortens),
		cmocka_unit_test(slot__same_host__is_the_same_for_ever),
		cmocka_unit_test(slot__many_hosts__fill_the_period_evenly),
		cmocka_unit_test(next__any_moment__is_later_by_at_most_a_period_and_in_the_slot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
