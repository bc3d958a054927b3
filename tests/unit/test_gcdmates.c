/* authkeys-cmd/vet/gcdmates: each finds somebody who shares, by sorting or by trying. */
#include "authkeys-cmd/vet/gcdmates.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"

#include "base/poison.h"

#define MOST 600

static struct ka_gcdmates hits[MOST];

static void put(size_t i, BN_ULONG n, BN_ULONG common)
{
	BIGNUM *a = BN_new(), *b = BN_new();

	assert_true(BN_set_word(a, n) && BN_set_word(b, common));
	hits[i] = (struct ka_gcdmates){ .n = a, .common = b, .line = (uint32_t)(10 * (i + 1)), .mate = 99 };
}

static uint32_t mate_of(uint32_t line)
{
	for (size_t i = 0; i < MOST; i++)
		if (hits[i].line == line)
			return hits[i].mate;
	return 0;
}

static void forget(size_t count)
{
	for (size_t i = 0; i < count; i++) {
		BN_free((BIGNUM *)(uintptr_t)hits[i].n);
		BN_free((BIGNUM *)(uintptr_t)hits[i].common);
		hits[i].line = 0;
	}
}

static void find__pairs_and_groups__by_their_factor(void **state)
{
	(void)state;
	put(0, 11 * 13, 11);
	put(1, 17 * 19, 17);
	put(2, 11 * 23, 11);
	put(3, 17 * 29, 17);
	put(4, 11 * 31, 11);
	assert_int_equal(ka_gcdmates_find(hits, 5), KA_ERR_OK);
	assert_int_equal(mate_of(10), 30);
	assert_int_equal(mate_of(30), 10);
	assert_int_equal(mate_of(50), 10);
	assert_int_equal(mate_of(20), 40);
	assert_int_equal(mate_of(40), 20);
	forget(5);
}

/* handed in by anybody's order, answered by the lines' */
static void find__a_group_in_another_order__by_its_first_line(void **state)
{
	(void)state;
	put(0, 11 * 13, 11);
	put(1, 11 * 17, 11);
	put(2, 11 * 19, 11);
	for (size_t i = 0; i < 3; i++)
		hits[i].line = (uint32_t)(30 - 10 * i);
	assert_int_equal(ka_gcdmates_find(hits, 3), KA_ERR_OK);
	assert_int_equal(mate_of(10), 20);
	assert_int_equal(mate_of(20), 10);
	assert_int_equal(mate_of(30), 10);
	forget(3);
}

/* so many pairs that trying would not come to an end: they stand side by side */
static void find__many_pairs__without_trying(void **state)
{
	(void)state;
	for (size_t i = 0; i < MOST; i++) {
		BN_ULONG factor = 2 * (i % (MOST / 2)) + 10001;

		put(i, factor * (2 * i + 100001), factor);
	}
	assert_int_equal(ka_gcdmates_find(hits, MOST), KA_ERR_OK);
	for (uint32_t i = 0; i < MOST; i++)
		assert_int_equal(mate_of(10 * (i + 1)), 10 * ((i + MOST / 2) % MOST + 1));
	forget(MOST);
}

/* primes one by one, and two behind them that share: who is tried too late is not found */
static void find__more_than_may_be_tried__is_said(void **state)
{
	size_t count = 0;

	(void)state;
	for (BN_ULONG n = 3; count < 400; n += 2) {
		BN_ULONG d = 3;

		while (d * d <= n && n % d != 0)
			d += 2;
		if (d * d > n)
			put(count++, n, n);
	}
	put(400, 10007UL * 10009, 10007);
	put(401, 10007UL * 10037, 10007UL * 10037);
	assert_true(402 * 401 > KA_GCD_MATES_STEPS_MAX);
	assert_int_equal(ka_gcdmates_find(hits, 402), KA_ERR_OK);
	assert_int_equal(mate_of(4010), 0);
	assert_int_equal(mate_of(4020), 0);
	forget(402);
	put(0, 3, 3); /* with fewer in front of them */
	put(1, 10007UL * 10009, 10007);
	put(2, 10007UL * 10037, 10007UL * 10037);
	assert_int_equal(ka_gcdmates_find(hits, 3), KA_ERR_OK);
	assert_int_equal(mate_of(10), 0);
	assert_int_equal(mate_of(20), 30);
	assert_int_equal(mate_of(30), 20);
	forget(3);
}

/* all of n is shared, with two others; and the others share one factor each with it */
static void find__both_factors_shared__one_of_them(void **state)
{
	(void)state;
	put(0, 11 * 13, 11 * 13);
	put(1, 11 * 17, 11);
	put(2, 13 * 19, 13);
	assert_int_equal(ka_gcdmates_find(hits, 3), KA_ERR_OK);
	assert_true(mate_of(10) == 20 || mate_of(10) == 30);
	assert_int_equal(mate_of(20), 10);
	assert_int_equal(mate_of(30), 10);
	forget(3);
}

/* the same number may be all of one modulus and a factor of another */
static void find__a_modulus_inside_another__both(void **state)
{
	(void)state;
	put(0, 11 * 13, 11 * 13);
	put(1, 11 * 13 * 17, 11 * 13);
	assert_int_equal(ka_gcdmates_find(hits, 2), KA_ERR_OK);
	assert_int_equal(mate_of(10), 20);
	assert_int_equal(mate_of(20), 10);
	forget(2);
}

static void find__nobody__is_said(void **state)
{
	(void)state;
	assert_int_equal(ka_gcdmates_find(hits, 0), KA_ERR_OK);
	put(0, 11 * 13, 11); /* whoever shared it was not handed in */
	assert_int_equal(ka_gcdmates_find(hits, 1), KA_ERR_OK);
	assert_int_equal(mate_of(10), 0);
	forget(1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(find__pairs_and_groups__by_their_factor),
		cmocka_unit_test(find__a_group_in_another_order__by_its_first_line),
		cmocka_unit_test(find__many_pairs__without_trying),
		cmocka_unit_test(find__more_than_may_be_tried__is_said),
		cmocka_unit_test(find__both_factors_shared__one_of_them),
		cmocka_unit_test(find__a_modulus_inside_another__both),
		cmocka_unit_test(find__nobody__is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
