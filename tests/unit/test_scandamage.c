/* diag/scandamage: several keys in one line. What it finds of one key is in test_keyscan and test_keyscan_forms. */
#include "diag/scandamage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "key/keyb64.h"
#include "key/keyfpr.h"
#include "tests/unit/lib/keyscansample.h"

#include "base/poison.h"

static void take_fingerprint(const char *base64)
{
	struct ka_offer o = { .said = KA_OFFER_NONE };
	uint8_t blob[512];
	size_t len;

	assert_true(ka_keyb64_decode(ka_span_of(base64), blob, sizeof(blob), &len));
	ka_keyfpr_text((struct ka_span){ blob, len }, o.fp);
	keyscansample_take(&o);
}

/* a line is read once for all of them */
static void hidden__several_keys_known_by_fingerprint_in_one_line__each_is_found(void **state)
{
	static const char text[] = "# AAAA AAAAC3NzaC1lZDI1NTE5 " E " and " A "\n";

	(void)state;
	keyscansample_begin();
	take_fingerprint(A64);
	take_fingerprint(E64);
	take_fingerprint(R64_1 R64_2);
	keyscansample_run(text, sizeof(text) - 1);
	assert_int_equal(keyscansample_hit(0)->reason, KA_REASON_LINE_COMMENTED_OUT);
	assert_int_equal(keyscansample_hit(1)->reason, KA_REASON_LINE_COMMENTED_OUT);
	assert_null(keyscansample_hit(2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hidden__several_keys_known_by_fingerprint_in_one_line__each_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
