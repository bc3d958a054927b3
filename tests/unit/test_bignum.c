/* authkeys-cmd/vet/bignum: roots of small and of large numbers. */
#include "authkeys-cmd/vet/bignum.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/rsavectors.h"

#include "base/poison.h"

static void root__small__exact(void **state)
{
	BIGNUM *n = BN_new(), *r = BN_new();

	(void)state;
	for (BN_ULONG v = 0; v < 20000; v++) {
		BN_ULONG root;

		assert_true(BN_set_word(n, v));
		assert_int_equal(ka_bignum_root(r, n, rsavectors_ctx), KA_ERR_OK);
		root = BN_get_word(r);
		assert_true(root * root <= v && (root + 1) * (root + 1) > v);
	}
	BN_free(n);
	BN_free(r);
}

static void root__large__between_its_squares(void **state)
{
	BIGNUM *r = BN_new(), *square = BN_new();

	(void)state;
	for (size_t i = 0; i < rsavectors_count; i++) {
		assert_int_equal(ka_bignum_root(r, rsavectors[i].n, rsavectors_ctx), KA_ERR_OK);
		assert_true(BN_sqr(square, r, rsavectors_ctx));
		assert_true(BN_cmp(square, rsavectors[i].n) <= 0);
		assert_true(BN_add_word(r, 1) && BN_sqr(square, r, rsavectors_ctx));
		assert_true(BN_cmp(square, rsavectors[i].n) > 0);
	}
	BN_free(r);
	BN_free(square);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(root__small__exact), cmocka_unit_test(root__large__between_its_squares) };

	return cmocka_run_group_tests(tests, rsavectors_setup, rsavectors_teardown);
}
