/* keyaudit/loghits: the ring keeps the last ones. */
#include "keyaudit/log/loghits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/poison.h"

static void get__table(void **state)
{
	struct ka_loghits *h = calloc(1, sizeof(*h));
	int64_t at;

	(void)state;
	assert_non_null(h);
	assert_false(ka_loghits_get(h, 0, &at));
	for (int64_t i = 0; i < KA_LOGHITS_MAX; i++)
		ka_loghits_add(h, i * 10);
	assert_true(ka_loghits_get(h, 0, &at));
	assert_int_equal(at, 0);
	assert_false(ka_loghits_get(h, KA_LOGHITS_MAX, &at));
	ka_loghits_add(h, 7);
	assert_int_equal(h->count, KA_LOGHITS_MAX + 1);
	assert_false(ka_loghits_get(h, 0, &at)); /* its place is taken */
	assert_true(ka_loghits_get(h, 1, &at));
	assert_int_equal(at, 10);
	assert_true(ka_loghits_get(h, KA_LOGHITS_MAX, &at));
	assert_int_equal(at, 7);
	free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(get__table) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
