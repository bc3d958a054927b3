/* keyaudit/loghits: the ring of each file keeps the last ones, and gives back what it does not need. */
#include "keyaudit/log/loghits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/poison.h"

static void add(struct ka_loghits *h, struct ka_loghits_file *f, int64_t n)
{
	for (int64_t i = 0; i < n; i++)
		ka_loghits_add(h, f, i * 10);
	ka_loghits_end(h, f);
}

static void get__one_file__the_last_ones(void **state)
{
	struct ka_loghits *h = calloc(1, sizeof(*h));
	struct ka_loghits_file f;
	int64_t at;

	(void)state;
	assert_non_null(h);
	ka_loghits_begin(h, &f, UINT64_MAX);
	assert_false(ka_loghits_get(h, &f, 0, &at));
	add(h, &f, KA_LOGHITS_MAX);
	assert_true(ka_loghits_get(h, &f, 0, &at));
	assert_int_equal(at, 0);
	assert_false(ka_loghits_get(h, &f, KA_LOGHITS_MAX, &at));
	ka_loghits_add(h, &f, 7);
	assert_int_equal(f.count, KA_LOGHITS_MAX + 1);
	assert_false(ka_loghits_get(h, &f, 0, &at)); /* its place is taken */
	assert_true(ka_loghits_get(h, &f, 1, &at));
	assert_int_equal(at, 10);
	assert_true(ka_loghits_get(h, &f, KA_LOGHITS_MAX, &at));
	assert_int_equal(at, 7);
	free(h);
}

static void get__several_files__share_the_room(void **state)
{
	struct ka_loghits *h = calloc(1, sizeof(*h));
	struct ka_loghits_file a, b, c, d;
	int64_t at;

	(void)state;
	assert_non_null(h);
	ka_loghits_begin(h, &a, 3); /* only the last three of many */
	add(h, &a, 100);
	assert_false(ka_loghits_get(h, &a, 96, &at));
	assert_true(ka_loghits_get(h, &a, 97, &at) && at == 970);
	ka_loghits_begin(h, &b, UINT64_MAX); /* has room, and needs little of it */
	add(h, &b, 2);
	ka_loghits_begin(h, &c, UINT64_MAX);
	assert_int_equal(c.room, KA_LOGHITS_MAX - 5);
	add(h, &c, KA_LOGHITS_MAX);
	assert_true(ka_loghits_get(h, &a, 99, &at) && at == 990);
	assert_true(ka_loghits_get(h, &b, 1, &at) && at == 10);
	assert_false(ka_loghits_get(h, &c, 4, &at));
	assert_true(ka_loghits_get(h, &c, 5, &at) && at == 50);
	ka_loghits_begin(h, &d, UINT64_MAX); /* nothing is left */
	add(h, &d, 5);
	assert_int_equal(d.count, 5);
	assert_false(ka_loghits_get(h, &d, 4, &at));
	free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(get__one_file__the_last_ones),
		cmocka_unit_test(get__several_files__share_the_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
