/* authkeys-cmd/vet/gcdmates: each finds somebody who shares, by sorting or by trying. */
#include "authkeys-cmd/vet/gcdmates.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/poison.h"

#define MOST 8

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
		cmocka_unit_test(find__both_factors_shared__one_of_them),
		cmocka_unit_test(find__a_modulus_inside_another__both),
		cmocka_unit_test(find__nobody__is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
