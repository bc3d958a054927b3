/* base/cursor: nothing is read beyond the end, a failure stays, and a part knows where it stands. */
#include "base/cursor.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

#include "base/poison.h"

static void take__more_than_is_left__fails_for_good(void **state)
{
	struct ka_cursor c;
	struct ka_span s;
	uint8_t b;

	(void)state;
	ka_cursor_init(&c, "abc", 3);
	assert_true(ka_cursor_take(&c, 2, &s));
	assert_true(ka_span_is(s, "ab"));
	assert_false(ka_cursor_take(&c, SIZE_MAX, &s));
	assert_null(s.p);
	assert_int_equal(s.len, 0);
	assert_int_equal(ka_cursor_left(&c), 0);
	assert_false(ka_cursor_u8(&c, &b)); /* one byte would be there */
	assert_false(ka_cursor_line(&c, &s, NULL));
	ka_cursor_init(&c, NULL, 7);
	assert_int_equal(ka_cursor_left(&c), 0);
	assert_true(ka_cursor_take(&c, 0, &s));
}

static void string__length_beyond_the_end__fails(void **state)
{
	static const uint8_t wire[] = { 0, 0, 0, 2, 'h', 'i', 0xff, 0xff, 0xff, 0xff, 'x' };
	struct ka_cursor c;
	struct ka_span s;

	(void)state;
	ka_cursor_init(&c, wire, sizeof(wire));
	assert_true(ka_cursor_string(&c, &s));
	assert_true(ka_span_is(s, "hi"));
	assert_false(ka_cursor_string(&c, &s));
	assert_int_equal(s.len, 0);
	for (size_t n = 0; n < 6; n++) {
		ka_cursor_init(&c, wire, n);
		assert_false(ka_cursor_string(&c, &s));
	}
}

static void numbers__are_big_endian(void **state)
{
	static const uint8_t wire[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 };
	struct ka_cursor c;
	uint8_t a = 0;
	uint32_t b = 0;
	uint64_t d = 0;

	(void)state;
	ka_cursor_init(&c, wire, sizeof(wire));
	assert_true(ka_cursor_u8(&c, &a) && ka_cursor_u32(&c, &b) && ka_cursor_u64(&c, &d));
	assert_int_equal(a, 1);
	assert_int_equal(b, 0x02030405);
	assert_true(d == 0x060708090a0b0c0d);
	assert_int_equal(ka_cursor_left(&c), 0);
}

static void line__last_one_without_its_end__is_a_line(void **state)
{
	struct ka_cursor c;
	struct ka_span s;
	bool ended = false;

	(void)state;
	ka_cursor_init(&c, "a\n\nb", 4);
	assert_true(ka_cursor_line(&c, &s, &ended) && ended && ka_span_is(s, "a"));
	assert_true(ka_cursor_line(&c, &s, &ended) && ended && ka_span_is(s, ""));
	assert_true(ka_cursor_line(&c, &s, &ended) && !ended && ka_span_is(s, "b"));
	assert_false(ka_cursor_line(&c, &s, &ended));
}

/* offsets are counted from where a part stands, so an empty one must not stand at the beginning */
static void sub__out_of_range__stands_at_the_end(void **state)
{
	struct ka_span s = ka_span_of("abcd"), none = { NULL, 0 };

	(void)state;
	for (size_t from = 0; from < 7; from++)
		for (size_t len = 0; len < 7; len++) {
			struct ka_span part = ka_span_sub(s, from, len);
			size_t at = from < 4 ? from : 4;

			assert_ptr_equal(part.p, s.p + at);
			assert_int_equal(part.len, len < 4 - at ? len : 4 - at);
		}
	assert_ptr_equal(ka_span_sub(s, SIZE_MAX, SIZE_MAX).p, s.p + 4);
	assert_int_equal(ka_span_sub(s, 1, SIZE_MAX).len, 3);
	assert_null(ka_span_sub(none, 0, 1).p);
	assert_null(ka_span_sub(none, 3, 1).p);
}

static void copy__does_not_fit_or_holds_a_nul__is_empty(void **state)
{
	char out[4] = "xyz";

	(void)state;
	assert_true(ka_span_copy(ka_span_of("abc"), out, sizeof(out)));
	assert_string_equal(out, "abc");
	assert_false(ka_span_copy(ka_span_of("abcd"), out, sizeof(out)));
	assert_string_equal(out, "");
	assert_false(ka_span_copy((struct ka_span){ (const uint8_t *)"a\0b", 3 }, out, sizeof(out)));
	assert_string_equal(out, "");
	assert_true(ka_span_copy((struct ka_span){ NULL, 0 }, out, sizeof(out)));
	assert_false(ka_span_copy(ka_span_of(""), out, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(take__more_than_is_left__fails_for_good), cmocka_unit_test(string__length_beyond_the_end__fails),
		cmocka_unit_test(numbers__are_big_endian),		   cmocka_unit_test(line__last_one_without_its_end__is_a_line),
		cmocka_unit_test(sub__out_of_range__stands_at_the_end),	   cmocka_unit_test(copy__does_not_fit_or_holds_a_nul__is_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
