/* diag/sshdline: lines of sshd_config, cut as sshd cuts them. */
#include "diag/sshdline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static void line__keyword_and_rest(void **state)
{
	static const struct { const char *line, *keyword, *rest; } cases[] = {
		{ "PubkeyAuthentication no", "PubkeyAuthentication", "no" },
		{ " \t PubkeyAuthentication\tno \r", "PubkeyAuthentication", "no" },
		{ "PermitRootLogin=yes", "PermitRootLogin", "yes" },
		{ "PermitRootLogin  =  yes\f", "PermitRootLogin", "yes" },
		{ "Port =22", "Port", "22" },
		{ "\"Port\" 22", "Port", "22" },
		{ "Match user alice", "Match", "user alice" },
		{ "Subsystem sftp /usr/lib/x -l=INFO # said", "Subsystem", "sftp /usr/lib/x -l=INFO # said" },
		{ "Banner", "Banner", "" },
	};
	struct ka_sshdline got;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(ka_sshdline_parse(ka_span_of(cases[i].line), &got));
		assert_true(ka_span_is(got.keyword, cases[i].keyword));
		assert_true(ka_span_is(got.rest, cases[i].rest));
	}
}

static void line__that_says_nothing(void **state)
{
	static const char *const lines[] = { "", "   ", "# Port 22", "\t#x", "\"Port 22", "Po\"rt\" 22", "= 22", "\"\" x" };
	struct ka_sshdline got;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_false(ka_sshdline_parse(ka_span_of(lines[i]), &got));
	assert_true(ka_sshdline_parse((struct ka_span){ (const uint8_t *)"Port 2\0002", 8 }, &got)); /* sshd's line ends there too */
	assert_true(ka_span_is(got.rest, "2"));
}

static void value__words_without_quotes(void **state)
{
	static const struct { const char *rest, *value; } cases[] = {
		{ "no", "no" },
		{ "alice  bob\tcarol", "alice bob carol" },
		{ "\"a b\" c", "a b c" },
		{ "'a b'c", "a bc" },
		{ "a\\ b \\\"c \\\\ \\x", "a b \"c \\ \\x" },
		{ "yes # because", "yes" },
		{ "a#b", "a#b" },
		{ "", "" },
		{ "\"\" x", " x" },
	};
	char out[64];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(ka_sshdline_value(ka_span_of(cases[i].rest), out, sizeof(out)));
		if (i + 1 < sizeof(cases) / sizeof(cases[0]))
			assert_string_equal(out, cases[i].value);
	}
	assert_false(ka_sshdline_value(ka_span_of("a \"b c"), out, sizeof(out)));
	assert_string_equal(out, "");
	assert_false(ka_sshdline_value(ka_span_of("\""), out, sizeof(out)));
	assert_false(ka_sshdline_value(ka_span_of("12345 67"), out, 8));
	assert_true(ka_sshdline_value(ka_span_of("1234 67"), out, 8));
}

static void word__one_after_the_other(void **state)
{
	struct ka_span rest = ka_span_of(" /etc/a/*.conf 'b c.conf' # more");
	char word[16];
	struct ka_buf b;

	(void)state;
	ka_buf_init_array(&b, word);
	assert_true(ka_sshdline_word(&rest, &b));
	assert_string_equal(word, "/etc/a/*.conf");
	ka_buf_init_array(&b, word);
	assert_true(ka_sshdline_word(&rest, &b));
	assert_string_equal(word, "b c.conf");
	ka_buf_init_array(&b, word);
	assert_false(ka_sshdline_word(&rest, &b));
	assert_string_equal(word, "");
	rest = ka_span_of("open 'quote");
	assert_true(ka_sshdline_word(&rest, &b));
	assert_false(ka_sshdline_word(&rest, &b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(line__keyword_and_rest),
		cmocka_unit_test(line__that_says_nothing),
		cmocka_unit_test(value__words_without_quotes),
		cmocka_unit_test(word__one_after_the_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
