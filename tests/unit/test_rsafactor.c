/* authkeys-cmd/vet/rsafactor: the smallest factor, up to 65537 and not beyond. */
#include "authkeys-cmd/vet/rsafactor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/rsavectors.h"

#include "base/poison.h"

static struct ka_rsafactor table;

static void factor__vectors__found_and_no_others(void **state)
{
	unsigned found = 0;
	uint32_t factor;

	(void)state;
	assert_int_equal(ka_rsafactor_init(&table), KA_ERR_OK);
	assert_int_equal(table.prime[0], 3);
	assert_int_equal(table.end[table.products - 1], KA_RSAFACTOR_PRIMES);
	for (size_t i = 0; i < rsavectors_count; i++) {
		bool is_one = rsavectors[i].reason == KA_REASON_KEY_RSA_SMALL_FACTOR;

		assert_int_equal(ka_rsafactor_look(&table, rsavectors[i].n, &factor), is_one ? KA_VETFOUND_YES : KA_VETFOUND_NO);
		if (is_one)
			assert_int_equal(BN_mod_word(rsavectors[i].n, factor), 0);
		found += is_one;
	}
	assert_int_equal(found, 8);
}

static void factor__each_prime__is_found(void **state)
{
	BIGNUM *n = BN_new();
	uint32_t factor = 0;

	(void)state;
	assert_int_equal(ka_rsafactor_init(&table), KA_ERR_OK);
	for (size_t i = 0; i < KA_RSAFACTOR_PRIMES; i++) {
		assert_true(BN_set_word(n, table.prime[i]) && BN_mul_word(n, 4294967291U) && BN_mul_word(n, 4294967279U));
		assert_int_equal(ka_rsafactor_look(&table, n, &factor), KA_VETFOUND_YES);
		assert_int_equal(factor, table.prime[i]);
	}
	assert_true(BN_set_word(n, 65539) && BN_mul_word(n, 65543));
	assert_int_equal(ka_rsafactor_look(&table, n, &factor), KA_VETFOUND_NO);
	BN_free(n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(factor__vectors__found_and_no_others), cmocka_unit_test(factor__each_prime__is_found),
	};

	return cmocka_run_group_tests(tests, rsavectors_setup, rsavectors_teardown);
}
