/* authkeys-cmd/vet/rsafermat: what lies within the rounds is found, and what lies behind them is not. */
#include "authkeys-cmd/vet/rsafermat.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/rsavectors.h"

#include "base/poison.h"

/* found in round 501 or sooner, or beyond 1,000: see the vectors */
static void fermat__vectors__found_and_no_others(void **state)
{
	unsigned found = 0;

	(void)state;
	for (size_t i = 0; i < rsavectors_count; i++) {
		bool is_one = rsavectors[i].reason == KA_REASON_KEY_RSA_FERMAT;

		assert_int_equal(ka_rsafermat_look(rsavectors[i].n, 1000, rsavectors_ctx), is_one ? KA_VETFOUND_YES : KA_VETFOUND_NO);
		found += is_one;
	}
	assert_int_equal(found, 10);
}

static enum ka_vetfound look(uint64_t n, unsigned rounds)
{
	BIGNUM *b = BN_new();
	enum ka_vetfound found;

	assert_true(BN_set_word(b, n));
	found = ka_rsafermat_look(b, rounds, rsavectors_ctx);
	BN_free(b);
	return found;
}

static void fermat__rounds__exactly_that_many(void **state)
{
	(void)state;
	/* 3 * 101 = 303: ceil(root) is 18, (3 + 101) / 2 is 52, the 35th round */
	assert_int_equal(look(303, 34), KA_VETFOUND_NO);
	assert_int_equal(look(303, 35), KA_VETFOUND_YES);
	assert_int_equal(look(15, 1), KA_VETFOUND_YES); /* 4*4 - 15 = 1 */
	assert_int_equal(look(15, 0), KA_VETFOUND_NO);
	assert_int_equal(look(49, 0), KA_VETFOUND_YES); /* a square needs no round */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fermat__vectors__found_and_no_others), cmocka_unit_test(fermat__rounds__exactly_that_many),
	};

	return cmocka_run_group_tests(tests, rsavectors_setup, rsavectors_teardown);
}
