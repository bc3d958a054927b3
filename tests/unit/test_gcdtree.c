/* authkeys-cmd/vet/gcdtree: the same factors as by comparing every pair, for rows of every length and moduli of every size. */
#include "authkeys-cmd/vet/gcdtree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/limits.h"

#include "base/poison.h"

#define MOST 300

static BN_CTX *ctx;
static BIGNUM *n[MOST], *common[MOST];

static int begin(void **state)
{
	(void)state;
	ctx = BN_CTX_new();
	for (size_t i = 0; i < MOST; i++) {
		n[i] = BN_new();
		common[i] = BN_new();
		if (n[i] == NULL || common[i] == NULL)
			return -1;
	}
	return ctx != NULL ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	for (size_t i = 0; i < MOST; i++) {
		BN_free(n[i]);
		BN_free(common[i]);
	}
	BN_CTX_free(ctx);
	return 0;
}

static void draw(BIGNUM *v, int bits)
{
	assert_true(BN_rand(v, bits, BN_RAND_TOP_TWO, BN_RAND_BOTTOM_ODD));
}

/* gcd(n[i], product of the others), from pairs: exact, whatever the factors */
static void compare(size_t count)
{
	BIGNUM *p = BN_new(), *want = BN_new();

	assert_int_equal(ka_gcdtree_run(n, count, common, ctx, NULL, NULL), KA_ERR_OK);
	for (size_t i = 0; i < count; i++) {
		assert_true(BN_one(p));
		for (size_t k = 0; k < count; k++)
			assert_true(k == i || BN_mod_mul(p, p, n[k], n[i], ctx));
		assert_true(BN_gcd(want, p, n[i], ctx));
		assert_int_equal(BN_cmp(want, common[i]), 0);
	}
	BN_free(p);
	BN_free(want);
}

/* numbers drawn by chance have many small factors in common: a hard case for every level */
static void run__rows_of_every_length__as_pair_by_pair(void **state)
{
	(void)state;
	for (size_t count = 0; count < 40; count++) {
		for (size_t i = 0; i < count; i++)
			draw(n[i], 100 + (int)i);
		compare(count);
	}
}

static void run__sizes_mixed__as_pair_by_pair(void **state)
{
	static const int sizes[] = { 16, 16384, 1024, 2048, 64, 4096, 3072 };

	(void)state;
	for (size_t i = 0; i < 60; i++)
		draw(n[i], sizes[i % KA_ARRAY_LEN(sizes)]);
	compare(60);
}

/* long enough for transforms and for Newton's steps */
static void run__long__finds_who_shares(void **state)
{
	BIGNUM *shared = BN_new();

	(void)state;
	for (size_t i = 0; i < MOST; i++)
		draw(n[i], 2048);
	draw(shared, 1024);
	for (size_t i = 7; i < MOST; i += 131) {
		draw(n[i], 1024);
		assert_true(BN_mul(n[i], n[i], shared, ctx));
	}
	compare(MOST);
	assert_true(BN_num_bits(common[7]) >= 1024 && BN_num_bits(common[138]) >= 1024 && BN_num_bits(common[269]) >= 1024);
	assert_true(BN_num_bits(common[8]) < 64);
	BN_free(shared);
}

/* n divides the product of the others: all of it is shared */
static void run__both_factors_shared__all_of_it(void **state)
{
	(void)state;
	assert_true(BN_set_word(n[0], 101UL * 103) && BN_set_word(n[1], 103UL * 107) && BN_set_word(n[2], 107UL * 101) && BN_set_word(n[3], 109UL * 113));
	compare(4);
	assert_int_equal(BN_cmp(common[0], n[0]), 0);
	assert_true(BN_is_one(common[3]));
}

static void count(void *told, unsigned step, unsigned steps)
{
	unsigned *last = told;

	assert_int_equal(step, *last + 1);
	assert_true(step <= steps);
	*last = step == steps ? 1000 : step;
}

static void run__steps__are_told_to_the_last(void **state)
{
	unsigned last = 0;

	(void)state;
	for (size_t i = 0; i < 5; i++)
		draw(n[i], 200);
	assert_int_equal(ka_gcdtree_run(n, 5, common, ctx, count, &last), KA_ERR_OK);
	assert_int_equal(last, 1000);
}

static void run__too_much__says_so(void **state)
{
	BIGNUM *huge = BN_new();

	(void)state;
	BN_one(huge);
	assert_true(BN_set_bit(huge, (int)KA_GCD_BITS_MAX));
	assert_int_equal(ka_gcdtree_run(&huge, 1, common, ctx, NULL, NULL), KA_ERR_LIMIT);
	BN_free(huge);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(run__rows_of_every_length__as_pair_by_pair),
		cmocka_unit_test(run__sizes_mixed__as_pair_by_pair),
		cmocka_unit_test(run__long__finds_who_shares),
		cmocka_unit_test(run__both_factors_shared__all_of_it),
		cmocka_unit_test(run__steps__are_told_to_the_last),
		cmocka_unit_test(run__too_much__says_so),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
