/* authkeys-cmd/vet/rsaroca: every modulus of that form is found, and no other one. */
#include "authkeys-cmd/vet/rsaroca.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/rsavectors.h"

#include "base/poison.h"

/* the others are refused for something else, or not at all */
static void roca__vectors__found_and_no_others(void **state)
{
	unsigned found = 0;

	(void)state;
	for (size_t i = 0; i < rsavectors_count; i++) {
		bool is_one = rsavectors[i].reason == KA_REASON_KEY_RSA_ROCA;

		assert_int_equal(ka_rsaroca_look(rsavectors[i].n, rsavectors_ctx), is_one ? KA_VETFOUND_YES : KA_VETFOUND_NO);
		found += is_one;
	}
	assert_int_equal(found, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(roca__vectors__found_and_no_others) };

	return cmocka_run_group_tests(tests, rsavectors_setup, rsavectors_teardown);
}
