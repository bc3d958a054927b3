/* verify/verifyseals: one seal for each epoch, bound and made with its key. */
#include "keyaudit/verify/verifyseals.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/chainsample.h"

#include "base/poison.h"

static struct ka_chainsample c;
static struct ka_verifypoints points;

/* Judge @text with or without K0; the answer is what is wrong, NULL for nothing. */
static const char *judged(struct ka_verifyseals *v, struct ka_span text, bool with_key)
{
	struct ka_cursor cur;
	struct ka_span line;

	ka_verifypoints_free(&points);
	ka_verifyseals_begin(v, with_key ? &c.k0 : NULL);
	ka_cursor_init(&cur, text.p, text.len);
	while (ka_cursor_line(&cur, &line, NULL))
		assert_int_equal(ka_verifyseals_line(v, line, &points), KA_ERR_OK);
	ka_verifyseals_end(v);
	return v->wrong;
}

static void sealed(unsigned n)
{
	ka_chainsample_begin(&c);
	ka_chainsample_genesis(&c, "first");
	for (unsigned i = 0; i < n; i++) {
		ka_chainsample_records(&c, 2);
		ka_chainsample_seal(&c);
	}
}

static void seals__as_made__are_fine_and_become_points(void **state)
{
	struct ka_verifyseals v;

	(void)state;
	sealed(4);
	assert_null(judged(&v, ka_buf_as_span(&c.s), true));
	assert_int_equal(v.count, 4);
	assert_int_equal(points.count, 4);
	assert_int_equal(points.anchors, 0);
	assert_null(judged(&v, ka_buf_as_span(&c.s), false));
}

static void seals__one_missing_or_twice__is_seen_without_a_key(void **state)
{
	size_t one;
	struct ka_verifyseals v;

	(void)state;
	sealed(4);
	one = ka_span_find(ka_buf_as_span(&c.s), '\n') + 1;
	assert_non_null(judged(&v, ka_span_sub(ka_buf_as_span(&c.s), one, c.s.len), false)); /* the first */
	assert_int_equal(v.wrong_epoch, 2);
	memmove(c.seals + one, c.seals + 2 * one, c.s.len - 2 * one); /* the second */
	ka_buf_cut(&c.s, c.s.len - one);
	assert_string_equal(judged(&v, ka_buf_as_span(&c.s), false), "a seal is missing before it");
	assert_int_equal(v.line, 2);
	sealed(1);
	ka_buf_put(&c.s, c.seals, c.s.len);
	assert_string_equal(judged(&v, ka_buf_as_span(&c.s), false), "this epoch has a seal already");
}

static void seals__made_anew_with_a_later_key__are_seen_with_k0_alone(void **state)
{
	struct ka_verifyseals v;

	(void)state;
	sealed(2);
	c.key = c.k0;
	memset(c.key.bytes, 9, sizeof(c.key.bytes)); /* whatever the thief has, it is not K_3 */
	c.key.epoch = 3;
	ka_chainsample_seal(&c);
	assert_non_null(judged(&v, ka_buf_as_span(&c.s), true));
	assert_int_equal(v.wrong_epoch, 3);
	assert_null(judged(&v, ka_buf_as_span(&c.s), false));
}

static void seals__a_fragment_between__is_counted_and_no_fault(void **state)
{
	struct ka_verifyseals v;

	(void)state;
	sealed(1);
	ka_buf_text(&c.s, "{\"epoch\":2,\"cha\n");
	ka_chainsample_seal(&c);
	assert_null(judged(&v, ka_buf_as_span(&c.s), true));
	assert_int_equal(v.fragments, 1);
	assert_int_equal(v.count, 2);
}

static void seals__less_seen_than_before__is_wrong(void **state)
{
	struct ka_verifyseals v;

	(void)state;
	sealed(2);
	c.seq = 1;
	ka_chainsample_seal(&c);
	assert_non_null(judged(&v, ka_buf_as_span(&c.s), true));
}

static void seals__late_while_the_host_was_up__are_counted(void **state)
{
	struct ka_verifyseals v;

	(void)state;
	sealed(2);
	c.key.epoch = 3 + KA_SEAL_LATE_MS; /* the sample's time goes by epochs */
	ka_chainsample_seal(&c);
	assert_non_null(judged(&v, ka_buf_as_span(&c.s), false)); /* of course: epochs are missing */
	assert_int_equal(v.late, 0);
	v.wrong = NULL;
	v.last.epoch = c.last.epoch - 1;
	v.last.boot_ms = c.last.boot_ms - KA_SEAL_LATE_MS - 1;
	v.last.seq = 0;
	{
		struct ka_span all = ka_buf_as_span(&c.s);
		size_t at = all.len - 1;

		while (at > 0 && all.p[at - 1] != '\n')
			at--;
		assert_int_equal(ka_verifyseals_line(&v, ka_span_sub(all, at, all.len - at - 1), &points), KA_ERR_OK);
	}
	assert_null(v.wrong);
	assert_int_equal(v.late, 1);
	assert_string_equal(v.late_until, c.last.at);
	ka_verifypoints_free(&points);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(seals__as_made__are_fine_and_become_points),
		cmocka_unit_test(seals__one_missing_or_twice__is_seen_without_a_key),
		cmocka_unit_test(seals__made_anew_with_a_later_key__are_seen_with_k0_alone),
		cmocka_unit_test(seals__a_fragment_between__is_counted_and_no_fault),
		cmocka_unit_test(seals__less_seen_than_before__is_wrong),
		cmocka_unit_test(seals__late_while_the_host_was_up__are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
