/* audit/trailscan: what counts as an event in the trail. */
#include "audit/trailscan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "tests/unit/lib/memfile.h"

#include "base/poison.h"

#define ID "fi7vpgkfaann3oq7v2fa7tnhg4"
#define LINE "{\"event\":{\"id\":\"" ID "\"},\"keyaudit\":{\"schema\":1}}"
#define OTHER "{\"event\":{\"id\":\"aaaaaaaaaaaaaaaaaaaaaaaaaa\"}}\n"

static const char *const ids[] = { "bbbbbbbbbbbbbbbbbbbbbbbbbb", ID, NULL };

static void closed__table(void **state)
{
	static const struct { const char *text; bool closed; } rows[] = {
		{ "{}", true }, { LINE, true }, { "{\"a\":[{},[1]]}", true }, { "{\"a\":\"}\"}", true }, { "{\"a\":\"\\\"}\"}", true },
		{ "", false }, { "{", false }, { "[]", false }, { "{}{}", false }, { "{} ", false }, { " {}", false },
		{ "{\"a\":{}", false }, { "{\"a\":\"}", false }, { "{]", false }, { "}", false }, { "{\"a\\", false },
		{ "\"{}\"", false },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		assert_int_equal(ka_trailscan_is_closed(ka_span_of(rows[i].text)), rows[i].closed);
}

static void closed__every_beginning_of_a_line__is_not(void **state)
{
	struct ka_span line = ka_span_of(LINE);

	(void)state;
	for (size_t n = 0; n < line.len; n++) {
		assert_false(ka_trailscan_is_closed(ka_span_sub(line, 0, n)));
		assert_false(ka_trailscan_holds(ka_span_sub(line, 0, n), ids));
	}
	assert_true(ka_trailscan_holds(line, ids));
}

static void holds__id_inside_a_string__is_not_the_id(void **state)
{
	(void)state;
	assert_false(ka_trailscan_holds(ka_span_of("{\"user\":{\"name\":\"\\\"id\\\":\\\"" ID "\\\"\"}}"), ids));
	assert_false(ka_trailscan_holds(ka_span_of("{\"ref\":\"" ID "\"}"), ids));
	assert_false(ka_trailscan_holds(ka_span_of(LINE), NULL));
}

static bool found_in(const char *text, size_t len, int64_t since, bool *torn)
{
	KA_AUTOCLOSE int fd = memfile_of(text, len);
	KA_AUTOFREE char *block = malloc(KA_TRAILSCAN_BLOCK);
	bool found;

	assert_non_null(block);
	assert_int_equal(ka_trailscan_find(fd, since, ids, block, &found, torn), KA_ERR_OK);
	return found;
}

static void find__offsets__table(void **state)
{
	static const char text[] = OTHER LINE "\n" OTHER;
	int64_t begin = (int64_t)strlen(OTHER), end = begin + (int64_t)strlen(LINE "\n");
	bool torn;

	(void)state;
	assert_true(found_in(text, strlen(text), 0, &torn));
	assert_false(torn);
	assert_true(found_in(text, strlen(text), begin, &torn));
	assert_false(found_in(text, strlen(text), end, &torn));
	assert_true(found_in(text, strlen(text), end + 1, &torn));   /* no line begins there: another file by now */
	assert_true(found_in(text, strlen(text), 1 << 20, &torn));   /* behind the end: rotated */
	assert_true(found_in(text, strlen(text), -1, &torn));
	assert_false(found_in("", 0, 0, &torn));
	assert_false(torn);
	assert_false(found_in(LINE, strlen(LINE), 0, &torn));        /* no newline: not written to its end */
	assert_true(torn);
}

/* long lines before, behind, and with the id inside; around every edge of the block */
static void find__long_lines__are_skipped_and_hide_nothing(void **state)
{
	size_t room = 4 * KA_TRAILSCAN_BLOCK;
	KA_AUTOFREE char *text = malloc(room);
	bool torn;

	(void)state;
	assert_non_null(text);
	for (int d = -3; d <= 3; d++) {
		size_t n = (size_t)(KA_TRAILSCAN_BLOCK + d), at = n + 1;

		memset(text, 'x', room);
		text[n] = '\n';
		memcpy(text + at, LINE "\n", strlen(LINE "\n"));
		assert_true(found_in(text, room, 0, &torn));
		assert_true(torn);
		text[n] = 'x'; /* now the line is the end of a long one */
		assert_false(found_in(text, room, 0, &torn));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(closed__table), cmocka_unit_test(closed__every_beginning_of_a_line__is_not),
		cmocka_unit_test(holds__id_inside_a_string__is_not_the_id), cmocka_unit_test(find__offsets__table),
		cmocka_unit_test(find__long_lines__are_skipped_and_hide_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
