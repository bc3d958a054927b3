/* authkeys-cmd/vet/gcdmul: signs, and how far a reciprocal may be off. */
#include "authkeys-cmd/vet/gcdmul.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/poison.h"

static struct ka_gcdmul mul;

static int begin(void **state)
{
	(void)state;
	mul.ctx = BN_CTX_new();
	return mul.ctx != NULL ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	BN_CTX_free(mul.ctx);
	ka_gcdntt_free(&mul.ntt);
	return 0;
}

static void mul__short_and_long_and_negative__as_libcrypto(void **state)
{
	static const int bits[] = { 64, 5000, 300000 };
	BIGNUM *a = BN_new(), *b = BN_new(), *ours = BN_new(), *theirs = BN_new();

	(void)state;
	for (unsigned i = 0; i < 4 * KA_ARRAY_LEN(bits) * KA_ARRAY_LEN(bits); i++) {
		assert_true(BN_rand(a, bits[i / 4 % KA_ARRAY_LEN(bits)], BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY));
		assert_true(BN_rand(b, bits[i / 4 / KA_ARRAY_LEN(bits)], BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY));
		BN_set_negative(a, i & 1);
		BN_set_negative(b, i & 2);
		assert_int_equal(ka_gcdmul(&mul, ours, a, b), KA_ERR_OK);
		assert_true(BN_mul(theirs, a, b, mul.ctx));
		assert_int_equal(BN_cmp(ours, theirs), 0);
		assert_int_equal(ka_gcdmul(&mul, a, a, b), KA_ERR_OK); /* in place */
		assert_int_equal(BN_cmp(a, theirs), 0);
	}
	BN_free(a);
	BN_free(b);
	BN_free(ours);
	BN_free(theirs);
}

/* |d r - 2^(bits + precision)| < 8 d */
static void is_reciprocal(const BIGNUM *d, int precision)
{
	BIGNUM *r = BN_new(), *power = BN_new(), *bound = BN_new();

	assert_int_equal(ka_gcdmul_reciprocal(&mul, r, d, precision), KA_ERR_OK);
	BN_zero(power);
	assert_true(BN_set_bit(power, BN_num_bits(d) + precision));
	assert_true(BN_mul(r, r, d, mul.ctx) && BN_sub(r, r, power) && BN_lshift(bound, d, 3));
	BN_set_negative(r, 0);
	assert_true(BN_cmp(r, bound) < 0);
	BN_free(r);
	BN_free(power);
	BN_free(bound);
}

static void reciprocal__any_divisor__is_near(void **state)
{
	static const int bits[] = { 1, 64, 1000, 2048, 4097, 20000, 150000 }, precisions[] = { 1, 64, 2048, 2049, 5000, 150064 };
	BIGNUM *d = BN_new();

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bits); i++)
		for (size_t k = 0; k < KA_ARRAY_LEN(precisions); k++) {
			assert_true(BN_rand(d, bits[i], BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ODD));
			is_reciprocal(d, precisions[k]);
			BN_zero(d); /* a power of two, and all ones */
			assert_true(BN_set_bit(d, bits[i]));
			is_reciprocal(d, precisions[k]);
			assert_true(BN_sub_word(d, 1));
			is_reciprocal(d, precisions[k]);
		}
	BN_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mul__short_and_long_and_negative__as_libcrypto),
		cmocka_unit_test(reciprocal__any_divisor__is_near),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
