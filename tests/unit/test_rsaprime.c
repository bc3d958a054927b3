/* authkeys-cmd/vet/rsaprime: primes and their powers, and nothing that two primes make. */
#include "authkeys-cmd/vet/rsaprime.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/rsavectors.h"

#include "base/poison.h"

static void prime__vectors__found_and_no_others(void **state)
{
	unsigned primes = 0;

	(void)state;
	for (size_t i = 0; i < rsavectors_count; i++) {
		enum ka_rsaprime said = ka_rsaprime_look(rsavectors[i].n, rsavectors_ctx);

		primes += said == KA_RSAPRIME_PRIME;
		if (rsavectors[i].reason == KA_REASON_KEY_RSA_N_PRIME)
			assert_int_equal(said, KA_RSAPRIME_PRIME);
		else if (rsavectors[i].reason == KA_REASON_KEY_RSA_N_POWER)
			assert_int_equal(said, KA_RSAPRIME_POWER);
		/* squares are among the close ones, and 2^n = 2 (mod 3) for every odd n */
		else if (rsavectors[i].reason != KA_REASON_KEY_RSA_FERMAT && rsavectors[i].reason != KA_REASON_KEY_RSA_SMALL_FACTOR)
			assert_int_equal(said, KA_RSAPRIME_NO);
	}
	assert_int_equal(primes, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(prime__vectors__found_and_no_others) };

	return cmocka_run_group_tests(tests, rsavectors_setup, rsavectors_teardown);
}
