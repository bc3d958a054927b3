/* keyaudit/reporttext: what a stranger wrote stays text. */
#include "keyaudit/report/reporttext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/limits.h"

#include "base/poison.h"

static void html__markup_and_controls__is_text(void **state)
{
	static const char *const rows[][2] = {
		{ "alice", "alice" },
		{ "<script>", "&lt;script&gt;" },
		{ "\"'&", "&quot;&#39;&amp;" },
		{ "&lt;", "&amp;lt;" },
		{ "a\nb\x1b", "a\\x0ab\\x1b" },
		{ "\xe2\x80\xae<", "\\xe2\\x80\\xae&lt;" },   /* U+202E */
		{ "\\x3c", "\\x3c" },                         /* the trail has escaped it: not a second time */
		{ "\xff<", "\\xff&lt;" },
		{ "\xc3\xa4", "\xc3\xa4" },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		char *text = NULL;
		size_t size;
		FILE *to = open_memstream(&text, &size);

		assert_non_null(to);
		ka_reporttext_html(to, rows[i][0]);
		assert_int_equal(fclose(to), 0);
		assert_string_equal(text, rows[i][1]);
		free(text);
	}
}

static void html__a_very_long_text__is_cut(void **state)
{
	char *text = NULL, *in = malloc(100000);
	size_t size;
	FILE *to = open_memstream(&text, &size);

	(void)state;
	assert_non_null(in);
	assert_non_null(to);
	memset(in, '<', 99999);
	in[99999] = '\0';
	ka_reporttext_html(to, in);
	assert_int_equal(fclose(to), 0);
	assert_true(size < (size_t)KA_REPORT_TEXT_MAX * 4 * 4);
	assert_string_equal(text + size - 3, "...");
	assert_null(strchr(text, '<'));
	free(text);
	free(in);
}

static void keep__cuts_between_characters(void **state)
{
	char out[8];

	(void)state;
	ka_reporttext_keep("1234567", out, sizeof(out));
	assert_string_equal(out, "1234567");
	ka_reporttext_keep("12345678", out, sizeof(out));
	assert_string_equal(out, "1234...");
	ka_reporttext_keep("123\xc3\xa4\xc3\xa4\xc3\xa4", out, sizeof(out));
	assert_string_equal(out, "123...");
	ka_reporttext_keep("", out, sizeof(out));
	assert_string_equal(out, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(html__markup_and_controls__is_text),
		cmocka_unit_test(html__a_very_long_text__is_cut),
		cmocka_unit_test(keep__cuts_between_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
