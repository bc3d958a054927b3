/* verdict/sharedanswer: what is written is read back, and nothing else is. */
#include "verdict/sharedanswer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

#include "base/poison.h"

static void write__each_word__is_read_back(void **state)
{
	static const struct { struct ka_sharedanswer s; const char *text; } rows[] = {
		{ { KA_SHAREDANSWER_UNJUDGED, 0, 0 }, "unjudged\n" },
		{ { KA_SHAREDANSWER_ALONE, 0, 0 }, "alone\n" },
		{ { KA_SHAREDANSWER_SHARED, 17, 0 }, "shared 17\n" },
		{ { KA_SHAREDANSWER_SHARED, UINT32_MAX, 0 }, "shared 4294967295\n" },
		{ { KA_SHAREDANSWER_SHARED, 0, 0 }, "shared -\n" },
		{ { KA_SHAREDANSWER_STEP, 3, 31 }, "step 3 31\n" },
		{ { KA_SHAREDANSWER_STEP, 0, 31 }, "step 0 31\n" },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		struct ka_sharedanswer again;
		char text[64];
		struct ka_buf b;

		ka_buf_init_array(&b, text);
		ka_sharedanswer_write(&rows[i].s, &b);
		assert_string_equal(text, rows[i].text);
		assert_true(ka_sharedanswer_parse(ka_span_sub(ka_buf_as_span(&b), 0, b.len - 1), &again));
		assert_int_equal(again.word, rows[i].s.word);
		assert_int_equal(again.a, rows[i].s.a);
		assert_int_equal(again.b, rows[i].s.b);
	}
}

static void parse__anything_else__is_unjudged(void **state)
{
	static const char *const lines[] = {
		"", " ", "alone ", " alone", "Alone", "alone 1", "shared", "shared ", "shared 0", "shared x", "shared 1 2", "shared 1 ",
		"shared -1", "shared +1", "shared 4294967296", "shared  1", "step", "step 1", "step - 2", "step 1 -", "step 1 2 3", "step 1 x", "unjudged 1", "ok",
		"shared 017", "step 03 31", "step 3 031", "step 00 1",
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(lines); i++) {
		struct ka_sharedanswer s = { KA_SHAREDANSWER_ALONE, 1, 1 };

		assert_false(ka_sharedanswer_parse(ka_span_of(lines[i]), &s));
		assert_int_equal(s.word, KA_SHAREDANSWER_UNJUDGED);
		assert_int_equal(s.a, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(write__each_word__is_read_back),
		cmocka_unit_test(parse__anything_else__is_unjudged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
