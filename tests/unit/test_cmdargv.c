/* diag/cmdargv: the words that sshd makes of AuthorizedKeysCommand. */
#include "diag/cmdargv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

#include "base/poison.h"

static struct ka_cmdargv out;
static const struct ka_cmdargv_values nobody, alice = { .user = "alice", .uid = "1001", .home = "/home/alice" };

/* the words between bars: "p|a|b" */
static const char *words(const char *command, const struct ka_cmdargv_values *values)
{
	static char text[1024];
	struct ka_buf b;

	if (!ka_cmdargv_make(command, values, &out))
		return "no";
	ka_buf_init_array(&b, text);
	for (size_t i = 0; out.argv[i] != NULL; i++) {
		ka_buf_text(&b, i > 0 ? "|" : "");
		ka_buf_text(&b, out.argv[i]);
	}
	ka_buf_char(&b, '\0');
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	return text;
}

static void words__quotes_and_escapes__as_sshd_reads_them(void **state)
{
	(void)state;
	assert_string_equal(words("/p  a\tb ", &alice), "/p|a|b");
	assert_string_equal(words("/p \"a b\" 'c \"d'e", &alice), "/p|a b|c \"de");
	assert_string_equal(words("/p a\\ b \\\"c \\x \"d\\\"e\" \"f\\ g\"", &alice), "/p|a b|\"c|\\x|d\"e|f\\ g");
	assert_string_equal(words("/p \"\" x", &alice), "/p||x");
	assert_string_equal(words("/p \"a", &alice), "no");
	assert_string_equal(words("/p 'a", &alice), "no");
	assert_string_equal(words("", &alice), "no");
	assert_string_equal(words("  ", &alice), "no");
	assert_string_equal(words("/p \\", &alice), "/p|\\");
}

static void words__program_alone__is_given_the_user(void **state)
{
	(void)state;
	assert_string_equal(words("/p", &alice), "/p|alice");
	assert_string_equal(words("/p ", &alice), "/p|alice");
	assert_string_equal(words("/p \"\"", &alice), "/p|");
	assert_string_equal(words("/p", &nobody), "no");
}

static void tokens__known__are_put_in(void **state)
{
	struct ka_cmdargv_values with = alice;

	(void)state;
	assert_string_equal(words("/%u -u=%u %U:%h 100%%", &alice), "/%u|-u=alice|1001:/home/alice|100%");
	assert_string_equal(words("/p %k", &alice), "no"); /* which key? */
	with.type = "ssh-ed25519";
	with.key = "AAAA+/=";
	with.fp = "SHA256:abc";
	assert_string_equal(words("/p %t %k %f", &with), "/p|ssh-ed25519|AAAA+/=|SHA256:abc");
	with.key = "-rf";
	assert_string_equal(words("/p %k", &with), "no");
	with.key = "AAAA BBBB";
	assert_string_equal(words("/p %k", &with), "no");
	with.key = "";
	assert_string_equal(words("/p %k", &with), "no");
	assert_string_equal(words("/p %u", &with), "/p|alice");
}

/* a value is never read again, whatever stands in it */
static void tokens__a_value_with_quotes_or_tokens__stays_one_word(void **state)
{
	const struct ka_cmdargv_values odd = { .user = "a 'b \"%h\\", .uid = "1", .home = "/h" };

	(void)state;
	assert_string_equal(words("/p %u %U", &odd), "/p|a 'b \"%h\\|1");
}

static void tokens__unknown__make_nothing(void **state)
{
	(void)state;
	assert_string_equal(words("/p %i", &alice), "no");
	assert_string_equal(words("/p %C", &alice), "no");
	assert_string_equal(words("/p 100%", &alice), "no");
	assert_string_equal(words("/p %", &alice), "no");
}

static void words__too_many_or_too_long__make_nothing(void **state)
{
	char text[4 * KA_TEXT_PATH_MAX];

	(void)state;
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	assert_false(ka_cmdargv_make(text, &alice, &out));
	for (size_t i = 0; i < 2 * KA_SOURCE_COMMAND_WORDS_MAX; i++)
		text[i] = i % 2 == 0 ? 'a' : ' ';
	text[2 * KA_SOURCE_COMMAND_WORDS_MAX] = '\0';
	assert_true(ka_cmdargv_make(text, &alice, &out));
	assert_null(out.argv[KA_SOURCE_COMMAND_WORDS_MAX]);
	text[2 * KA_SOURCE_COMMAND_WORDS_MAX] = 'a';
	text[2 * KA_SOURCE_COMMAND_WORDS_MAX + 1] = '\0';
	assert_false(ka_cmdargv_make(text, &alice, &out));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words__quotes_and_escapes__as_sshd_reads_them),
		cmocka_unit_test(words__program_alone__is_given_the_user),
		cmocka_unit_test(tokens__known__are_put_in),
		cmocka_unit_test(tokens__a_value_with_quotes_or_tokens__stays_one_word),
		cmocka_unit_test(tokens__unknown__make_nothing),
		cmocka_unit_test(words__too_many_or_too_long__make_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
