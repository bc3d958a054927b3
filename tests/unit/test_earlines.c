/* keyaudit/earlines: lines out of blocks, however they are cut. */
#include "keyaudit/ear/earlines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

#define LINE 16
#define STEP 8

static uint8_t storage[LINE + STEP];
static struct ka_earlines lines;
static char heard[4096];

/* put @text in by blocks of @step, and write every line that comes out, with a | behind it */
static void hear(const char *text, size_t len, size_t step)
{
	struct ka_span line;
	struct ka_buf b;

	ka_buf_init_array(&b, heard);
	for (size_t at = 0; at < len;) {
		size_t room, n = len - at < step ? len - at : step;
		uint8_t *p = ka_earlines_room(&lines, &room);

		assert_true(room >= STEP);
		n = n < room ? n : room;
		memcpy(p, text + at, n);
		ka_earlines_add(&lines, n);
		at += n;
		while (ka_earlines_next(&lines, &line)) {
			ka_buf_span(&b, line);
			ka_buf_char(&b, '|');
		}
		assert_true(lines.done <= ka_earlines_end(&lines));
	}
	assert_false(b.overflow);
}

static void begin(uint64_t at)
{
	ka_earlines_init(&lines, storage, sizeof(storage), LINE);
	ka_earlines_begin(&lines, at);
}

static void next__any_blocks__same_lines(void **state)
{
	static const char text[] = "one\n\nthree is 16 long\nfour\nhalf";

	(void)state;
	for (size_t step = 1; step <= STEP; step++) {
		begin(100);
		hear(text, strlen(text), step);
		assert_string_equal(heard, "one||three is 16 long|four|");
		assert_int_equal(lines.done, 100 + strlen(text) - 4);
		assert_int_equal(ka_earlines_end(&lines), 100 + strlen(text));
		hear(" and rest\n", 10, step);
		assert_string_equal(heard, "half and rest|");
		assert_int_equal(lines.done, ka_earlines_end(&lines));
	}
}

/* left out whole: its end is no line, and the place to begin again stands before it until it is over */
static void next__too_long__is_left_out_whole(void **state)
{
	static const char text[] = "a\nthis line has one byte more..\nsshd[1]: this one has many more, sshd[1]: forged\nb\n";

	(void)state;
	for (size_t step = 1; step <= STEP; step++) {
		begin(0);
		hear(text, strlen(text), step);
		assert_string_equal(heard, "a|b|");
		assert_int_equal(lines.done, strlen(text));
		begin(0);
		hear(text, strlen(text) - 3, step);
		assert_string_equal(heard, "a|");
		assert_int_equal(lines.done, 32);
	}
}

static void begin__in_a_line__the_rest_is_none(void **state)
{
	(void)state;
	begin(7);
	lines.is_long = true;
	hear("rest\nline\n", 10, 3);
	assert_string_equal(heard, "line|");
	begin(3);
	hear("x", 1, 1);
	ka_earlines_begin(&lines, 0);
	hear("y\n", 2, 1);
	assert_string_equal(heard, "y|");
	assert_int_equal(lines.done, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(next__any_blocks__same_lines),
		cmocka_unit_test(next__too_long__is_left_out_whole),
		cmocka_unit_test(begin__in_a_line__the_rest_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
