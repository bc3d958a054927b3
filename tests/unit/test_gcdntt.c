/* authkeys-cmd/vet/gcdntt: the products are those of libcrypto. */
#include "authkeys-cmd/vet/gcdntt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"

#include "base/poison.h"

static struct ka_gcdntt room;
static BN_CTX *ctx;
static BIGNUM *a, *b, *ours, *theirs;

static int begin(void **state)
{
	(void)state;
	ctx = BN_CTX_new();
	a = BN_new();
	b = BN_new();
	ours = BN_new();
	theirs = BN_new();
	return ctx != NULL && a != NULL && b != NULL && ours != NULL && theirs != NULL ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	ka_gcdntt_free(&room);
	BN_free(a);
	BN_free(b);
	BN_free(ours);
	BN_free(theirs);
	BN_CTX_free(ctx);
	return 0;
}

static void is_product(void)
{
	assert_int_equal(ka_gcdntt_mul(&room, ours, a, b), KA_ERR_OK);
	assert_true(BN_mul(theirs, a, b, ctx));
	assert_int_equal(BN_cmp(ours, theirs), 0);
}

static void mul__numbers_by_chance__as_libcrypto(void **state)
{
	static const int bits[] = { 1, 2, 19, 20, 21, 39, 40, 41, 64, 100, 1000, 2048, 20480, 81920, 100001, 400000 };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bits); i++)
		for (size_t k = 0; k < KA_ARRAY_LEN(bits); k++) {
			assert_true(BN_rand(a, bits[i], BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY));
			assert_true(BN_rand(b, bits[k], BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY));
			is_product();
		}
}

/* the largest digits that there are, so the largest sums */
static void mul__all_ones__as_libcrypto(void **state)
{
	(void)state;
	for (int bits = 1; bits < 3000000; bits = 3 * bits + 7) {
		BN_one(a);
		assert_true(BN_lshift(a, a, bits) && BN_sub_word(a, 1) && BN_copy(b, a) != NULL);
		is_product();
	}
}

static void mul__nothing__is_nothing(void **state)
{
	(void)state;
	BN_zero(a);
	BN_one(b);
	is_product();
	assert_true(BN_is_zero(ours));
	assert_true(BN_set_word(b, 12345));
	BN_one(a);
	is_product();
}

/* a long product makes room; a shorter one behind it uses other roots of the same table */
static void mul__long_then_short__both_right(void **state)
{
	static const int bits[] = { 900000, 50, 70000, 900000, 1 };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bits); i++) {
		assert_true(BN_rand(a, bits[i], BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY));
		assert_true(BN_rand(b, 70000, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY));
		is_product();
	}
}

static void mul__beyond_the_limit__says_so(void **state)
{
	(void)state;
	BN_one(b);
	BN_zero(a);
	assert_true(BN_set_bit(a, (int)KA_GCD_PRODUCT_BITS_MAX));
	assert_int_equal(ka_gcdntt_mul(&room, ours, a, b), KA_ERR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mul__numbers_by_chance__as_libcrypto),
		cmocka_unit_test(mul__all_ones__as_libcrypto),
		cmocka_unit_test(mul__nothing__is_nothing),
		cmocka_unit_test(mul__long_then_short__both_right),
		cmocka_unit_test(mul__beyond_the_limit__says_so),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
