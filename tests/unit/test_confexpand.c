/* conf/confexpand: which % are right, where %b(...) ends, and what is asked of bytes that no configuration has. */
#include "conf/confexpand.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

#include "base/poison.h"

static void is_right__table(void **state)
{
	static const struct { const char *text, *tokens; bool is_right; } rows[] = {
		{ "", "u", true }, { "plain", "", true }, { "a%ub%%c", "u%", true }, { "%u%u%u", "u", true }, { "%%%%", "%", true },
		{ "a%n", "u%", false }, { "%U", "u", false }, { "a%", "u%", false }, { "%", "%", false }, { "%%%", "%", false }, { "%%", "u", false },
		{ "%u", "", false }, { "% u", "u", false }, { "%\xff", "u", false },
		/* only the whole text is right: a good one in front does not help */
		{ "%u%u%x", "u", false }, { "%%u%", "u%", false },
		/* %b */
		{ "%b(a%u)%b()", "ub", true }, { "%b(x)", "b", true }, { "%b()", "b", true }, { "%b(()", "b", true }, { "%b(a))%u", "bu", true },
		{ "%b(%%)", "b%", true }, { "%b(x", "b", false }, { "%b", "ub", false }, { "%b)", "ub", false }, { "%bx)", "b", false },
		{ "%b (x)", "b", false }, { "%b(a%n)", "ub", false }, { "%b(%)", "b%", false }, { "%b(%b(x))", "b", false }, { "%b(a)%", "b", false },
		{ "%b(x)", "u", false }, { "(%b)", "b", false },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		if (ka_confexpand_is_right(ka_span_of(rows[i].text), rows[i].tokens) != rows[i].is_right)
			fail_msg("\"%s\" with \"%s\"", rows[i].text, rows[i].tokens);
	assert_true(ka_confexpand_is_right((struct ka_span){ NULL, 0 }, "u"));
}

/* each byte behind a %, NUL as well: strchr(3) would find that one in every list */
static void is_right__every_byte__only_the_listed_ones(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		uint8_t plain[] = { '%', (uint8_t)c, 'x' }, inside[] = { '%', 'b', '(', '%', (uint8_t)c, ')' };
		bool is_listed = c == 'u' || c == 'n' || c == '%';

		assert_int_equal(ka_confexpand_is_right((struct ka_span){ plain, 3 }, "un%"), is_listed);
		assert_int_equal(ka_confexpand_is_right((struct ka_span){ plain, 2 }, "un%"), is_listed);
		assert_int_equal(ka_confexpand_is_right((struct ka_span){ inside, 6 }, "un%b"), is_listed);
		assert_int_equal(ka_confexpand_has((struct ka_span){ plain, 3 }, 'u'), c == 'u');
	}
}

static void has__table(void **state)
{
	static const struct { const char *text; uint8_t token; bool has; } rows[] = {
		{ "%u", 'u', true }, { "a%%%u", 'u', true }, { "%n%u", 'u', true }, { "%b(a%u)", 'u', true }, { "%b(x)%u", 'u', true },
		{ "%b(x)", 'b', true }, { "%%", '%', true },
		{ "", 'u', false }, { "u", 'u', false }, { "%%u", 'u', false }, { "%n", 'u', false }, { "u%", 'u', false }, { "%b(u)", 'u', false },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		if (ka_confexpand_has(ka_span_of(rows[i].text), rows[i].token) != rows[i].has)
			fail_msg("\"%s\" %c", rows[i].text, rows[i].token);
}

static void is_right__random_bytes__stay_within_the_text(void **state)
{
	static const char alphabet[] = "%%%bbu()(x";
	uint32_t seed = 7;

	(void)state;
	for (unsigned round = 0; round < 4000; round++) {
		size_t n = round % 12;
		uint8_t *text = malloc(n > 0 ? n : 1); /* to the byte, for the address sanitizer */

		assert_non_null(text);
		for (size_t i = 0; i < n; i++) {
			seed = seed * 1103515245 + 12345;
			text[i] = (uint8_t)alphabet[(seed >> 16) % (sizeof(alphabet) - 1)];
		}
		if (ka_confexpand_is_right((struct ka_span){ text, n }, "ub%") && n > 0)
			assert_true(text[n - 1] != '%' || text[n - 2] == '%');
		(void)ka_confexpand_has((struct ka_span){ text, n }, 'u');
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_right__table),
		cmocka_unit_test(is_right__every_byte__only_the_listed_ones),
		cmocka_unit_test(is_right__random_bytes__stay_within_the_text),
		cmocka_unit_test(has__table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
