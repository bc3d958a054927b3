/* seal/sealplace: beside the trail. */
#include "keyaudit/seal/sealplace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static void seals__stand_beside_the_trail(void **state)
{
	char out[32];

	(void)state;
	assert_true(ka_sealplace_seals("/var/log/t.jsonl", out, sizeof(out)));
	assert_string_equal(out, "/var/log/seals.jsonl");
	assert_true(ka_sealplace_seals("t.jsonl", out, sizeof(out)));
	assert_string_equal(out, "seals.jsonl");
	assert_false(ka_sealplace_seals("/var/log/somewhere/that/is/long/t", out, sizeof(out)));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(seals__stand_beside_the_trail) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
