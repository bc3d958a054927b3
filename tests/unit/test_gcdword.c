/* authkeys-cmd/vet/gcdword: what libcrypto says, for numbers of all lengths. */
#include "authkeys-cmd/vet/gcdword.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"

#include "base/poison.h"

static BN_CTX *ctx;
static BIGNUM *a, *n, *f, *ours, *theirs;

static int begin(void **state)
{
	(void)state;
	ctx = BN_CTX_new();
	a = BN_new();
	n = BN_new();
	f = BN_new();
	ours = BN_new();
	theirs = BN_new();
	return ctx != NULL && a != NULL && n != NULL && f != NULL && ours != NULL && theirs != NULL ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	BN_free(a);
	BN_free(n);
	BN_free(f);
	BN_free(ours);
	BN_free(theirs);
	BN_CTX_free(ctx);
	return 0;
}

static void is_gcd(void)
{
	assert_int_equal(ka_gcdword(ours, a, n), KA_ERR_OK);
	assert_true(BN_gcd(theirs, a, n, ctx));
	assert_int_equal(BN_cmp(ours, theirs), 0);
}

static void gcd__with_and_without_a_factor__as_libcrypto(void **state)
{
	static const int bits[] = { 1, 2, 63, 64, 65, 128, 1000, 2048, 8000 };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bits); i++)
		for (size_t k = 0; k < KA_ARRAY_LEN(bits); k++) {
			assert_true(BN_rand(a, bits[i], BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY));
			assert_true(BN_rand(n, bits[k], BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ODD));
			is_gcd();
			assert_true(BN_rand(f, bits[(i + k) % KA_ARRAY_LEN(bits)], BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ODD));
			assert_true(BN_mul(a, a, f, ctx) && BN_mul(n, n, f, ctx));
			is_gcd();
			assert_true(BN_lshift(a, a, 71)); /* whole words of zeros */
			is_gcd();
		}
}

/* a borrow that goes through words that are equal: 2^128 a2 + 2^64 a1 + a0 */
static void gcd__borrow_over_equal_words__as_libcrypto(void **state)
{
	static const BN_ULONG rows[][2][3] = { { { 9, 7, 1 }, { 2, 7, 3 } }, { { 9, 0, 1 }, { 2, 0, 3 } }, { { 5, ~0UL, 1 }, { 4, ~0UL, ~0UL } } };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		BN_zero(a);
		BN_zero(n);
		for (size_t k = 0; k < 3; k++) {
			assert_true(BN_lshift(a, a, 64) && BN_add_word(a, rows[i][0][k]));
			assert_true(BN_lshift(n, n, 64) && BN_add_word(n, rows[i][1][k]));
		}
		is_gcd();
	}
}

static void gcd__edges__as_libcrypto(void **state)
{
	(void)state;
	assert_true(BN_set_word(n, 15));
	BN_zero(a);
	is_gcd();
	assert_true(BN_copy(a, n) != NULL);
	is_gcd();
	BN_one(n);
	is_gcd();
	assert_true(BN_rand(n, KA_RSA_BITS_HARD_MAX, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ODD));
	assert_true(BN_rand(a, KA_RSA_BITS_HARD_MAX, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY));
	is_gcd();
	/* as long as they may be, and half of them in common */
	assert_true(BN_rand(f, KA_RSA_BITS_HARD_MAX / 2, BN_RAND_TOP_TWO, BN_RAND_BOTTOM_ODD));
	assert_true(BN_rand(a, KA_RSA_BITS_HARD_MAX / 2, BN_RAND_TOP_TWO, BN_RAND_BOTTOM_ODD));
	assert_true(BN_mul(n, a, f, ctx) && BN_sub_word(a, 2) && BN_mul(a, a, f, ctx));
	assert_int_equal(BN_num_bits(a), KA_RSA_BITS_HARD_MAX);
	is_gcd();
	assert_true(BN_lshift1(a, a)); /* longer than it may be */
#ifndef KA_BUG_ABORTS
	assert_int_equal(ka_gcdword(ours, a, n), KA_ERR_BUG);
	assert_true(BN_set_word(a, 15));
	BN_set_negative(a, 1);
	assert_int_equal(ka_gcdword(ours, a, n), KA_ERR_BUG);
	assert_true(BN_set_word(n, 4)); /* even */
	BN_one(a);
	assert_int_equal(ka_gcdword(ours, a, n), KA_ERR_BUG);
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gcd__with_and_without_a_factor__as_libcrypto),
		cmocka_unit_test(gcd__borrow_over_equal_words__as_libcrypto),
		cmocka_unit_test(gcd__edges__as_libcrypto),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
