/* audit/trailend: the last bytes, wherever a rotation cut the trail. */
#include "audit/trailend.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "tests/unit/lib/trailplace.h"

#include "base/poison.h"

static void read__over_a_rename__is_the_end_of_both(void **state)
{
	const struct trailplace *p = *state;
	KA_AUTOFREE char *older = NULL, *newer = NULL, *whole = NULL;
	char id[KA_EVENT_ID_MAX], old[160];
	size_t a, b;

	trailplace_id(1, 1, id);
	trailplace_append_ok(p, id, KA_TRAIL_WRITTEN);
	snprintf(old, sizeof(old), "%s.1", p->path);
	assert_int_equal(rename(p->path, old), 0);
	trailplace_id(1, 2, id);
	trailplace_append_ok(p, id, KA_TRAIL_WRITTEN);
	older = trailplace_slurp(old, &a);
	newer = trailplace_slurp(p->path, &b);
	whole = malloc(a + b + 1);
	assert_non_null(whole);
	memcpy(whole, older, a);
	memcpy(whole + a, newer, b + 1);
	for (size_t max = 1; max <= a + b + 10; max++) {
		KA_AUTOFREE char *text = NULL;
		size_t len;

		assert_int_equal(ka_trailend_read(p->path, max, &text, &len), KA_ERR_OK);
		assert_int_equal(len, max < a + b ? max : a + b);
		assert_string_equal(text, whole + a + b - len);
	}
	assert_int_equal(unlink(old), 0);
	free(whole);
	assert_int_equal(ka_trailend_read(p->path, 1 << 20, &whole, &a), KA_ERR_OK);
	assert_string_equal(whole, newer);
}

static void read__not_a_trail__table(void **state)
{
	const struct trailplace *p = *state;
	KA_AUTOFREE char *text = NULL, *other = NULL;
	size_t len;

	assert_int_equal(ka_trailend_read(p->path, 100, &text, &len), KA_ERR_OK);
	assert_string_equal(text, "");
	assert_int_equal(mkdir(p->folder, 0750), 0);
	assert_int_equal(ka_trailend_read(p->folder, 100, &other, &len), KA_ERR_SYS);
	assert_null(other);
	trailplace_put(p->path, "no chain\n", 0640);
	assert_int_equal(ka_trailend_read(p->path, 100, &other, &len), KA_ERR_OK);
	assert_string_equal(other, "no chain\n");
}

#define T(f) cmocka_unit_test_setup_teardown(f, trailplace_setup, trailplace_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = { T(read__over_a_rename__is_the_end_of_both), T(read__not_a_trail__table) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
