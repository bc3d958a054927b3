/* form/formtext: each form's escapes, and none of them twice. */
#include "keyaudit/form/formtext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/text.h"

#include "base/poison.h"

static char out[8192];

static const char *with(void (*put)(struct ka_buf *b, const char *text, size_t max), const char *text, size_t max)
{
	struct ka_buf b;

	ka_buf_init_array(&b, out);
	put(&b, text, max);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	return out;
}

static void each_form__has_its_own_escapes(void **state)
{
	static const struct { const char *text, *safe, *pipe, *equals, *quoted; } rows[] = {
		{ "alice", "alice", "alice", "alice", "\"alice\"" },
		{ "", "", "", "", "-" },
		{ "a|b=c\"d", "a|b=c\"d", "a\\|b=c\"d", "a|b\\=c\"d", "\"a|b=c\\x22d\"" },
		/* escaped by the trail: the same once more only where the form has a backslash of its own */
		{ "a\\x0ab", "a\\x0ab", "a\\\\x0ab", "a\\\\x0ab", "\"a\\x0ab\"" },
		{ "%n%s", "%n%s", "%n%s", "%n%s", "\"%n%s\"" },
		/* never escaped: somebody else's file */
		{ "a\nb", "a\\x0ab", "a\\\\x0ab", "a\\\\x0ab", "\"a\\x0ab\"" },
		{ "\x1b[2J", "\\x1b[2J", "\\\\x1b[2J", "\\\\x1b[2J", "\"\\x1b[2J\"" },
		{ "\xff", "\\xff", "\\\\xff", "\\\\xff", "\"\\xff\"" },
		{ "\xe2\x80\xae", "\\xe2\\x80\\xae", "\\\\xe2\\\\x80\\\\xae", "\\\\xe2\\\\x80\\\\xae", "\"\\xe2\\x80\\xae\"" },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		assert_string_equal(with(ka_formtext_safe, rows[i].text, 100), rows[i].safe);
		assert_string_equal(with(ka_formtext_pipe, rows[i].text, 100), rows[i].pipe);
		assert_string_equal(with(ka_formtext_equals, rows[i].text, 100), rows[i].equals);
		assert_string_equal(with(ka_formtext_quoted, rows[i].text, 100), rows[i].quoted);
	}
}

static void too_long__is_cut_at_a_character(void **state)
{
	(void)state;
	assert_string_equal(with(ka_formtext_safe, "12345678", 8), "12345678");
	assert_string_equal(with(ka_formtext_safe, "123456789", 8), "12345...");
	assert_string_equal(with(ka_formtext_safe, "1234\xc3\xa4" "678", 8), "1234...");
	assert_string_equal(with(ka_formtext_quoted, "1\"\"\"\"", 8), "\"1\\x22...\"");
	assert_string_equal(with(ka_formtext_equals, "====", 7), "\\=\\=...");
	assert_string_equal(with(ka_formtext_equals, "===", 6), "\\=\\=\\=");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_form__has_its_own_escapes),
		cmocka_unit_test(too_long__is_cut_at_a_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
