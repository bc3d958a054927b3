/* verify/verifypoint: in the order of their numbers, with the highest anchor. */
#include "keyaudit/verify/verifypoint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/chainsample.h"

#include "base/poison.h"

static void points__many__are_sorted_and_anchors_counted(void **state)
{
	struct ka_verifypoints v = { 0 };
	struct ka_seal s = { .chain = KA_CHAINSAMPLE_ID, .head = KA_CHAIN_ZEROS };

	(void)state;
	s.head[1] = 'a';
	for (uint64_t i = 0; i < 300; i++) {
		s.seq = i * 7 % 300;
		assert_int_equal(ka_verifypoints_add(&v, &s, i % 3 == 0 && s.seq < 200, i + 1), KA_ERR_OK);
	}
	ka_verifypoints_sort(&v);
	assert_int_equal(v.count, 300);
	for (size_t i = 0; i < v.count; i++)
		assert_int_equal(v.p[i].seq, i);
	assert_true(v.anchors > 0 && v.anchored < 200 && v.anchored > 190);
	assert_int_equal(v.p[0].head[0], 0x0a);
	assert_int_equal(v.p[0].chain[15], 0xef);
	ka_verifypoints_free(&v);
	assert_null(v.p);
	ka_verifypoints_sort(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(points__many__are_sorted_and_anchors_counted) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
