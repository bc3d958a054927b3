/* diag/fix: the one quoter, judged by a real shell, and what must never become a command. */
#include "diag/fix.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/spawn.h"

#include "base/poison.h"

static const char *const hostile[] = {
	"a;reboot", "$(reboot)", "`reboot`", "it's", "\"quoted\"", "a b", "-rf", "--", "", "*", "~root", "a&b", "a|b", "a>b", "!x",
	"a\\b", "$HOME", "#x", "'", "''", "'; reboot; '", "\xc3\xa9t\xc3\xa9", "{a,b}", "[a]", "x=y", "(a)", "a\\'b",
};

static void quote__hostile_words__a_shell_reads_them_back(void **state)
{
	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(hostile); i++) {
		char script[512];
		const char *argv[] = { "/bin/sh", "-c", script, NULL };
		struct ka_spawn what = { .argv = argv, .output_max = 256, .deadline_ms = 5000 };
		struct ka_spawn_out out;
		struct ka_buf b;

		ka_buf_init_array(&b, script);
		ka_buf_text(&b, "printf '<%s>' ");
		ka_fix_quote(&b, ka_span_of(hostile[i]));
		assert_int_equal(ka_spawn_run(&what, &out), KA_ERR_OK);
		assert_int_equal(out.output[0], '<');
		assert_int_equal(out.len, strlen(hostile[i]) + 2);
		assert_memory_equal(out.output + 1, hostile[i], strlen(hostile[i]));
		free(out.output);
	}
}

static void command__as_user__is_runuser_with_dashes(void **state)
{
	struct ka_fix fix = { 0 };
	const char *argv[] = { "chmod", "go-w", "--", "/home/a b/-x", NULL };

	(void)state;
	assert_true(ka_fix_command(&fix, "alice", argv));
	assert_string_equal(fix.command[0], "runuser -u alice -- chmod go-w -- '/home/a b/-x'");
	assert_int_equal(fix.commands, 1);
	assert_true(fix.as_user);
}

static void command__as_root__is_bare(void **state)
{
	struct ka_fix fix = { 0 };
	const char *argv[] = { "chown", "-h", "--", "alice:", "/home/alice/;reboot", NULL };

	(void)state;
	assert_true(ka_fix_command(&fix, NULL, argv));
	assert_string_equal(fix.command[0], "chown -h -- alice: '/home/alice/;reboot'");
	assert_false(fix.as_user);
}

static void command__bytes_a_terminal_could_misread__no_command_at_all(void **state)
{
	static const char *const bad[] = { "/home/a\nreboot", "/home/\x1b[2J", "/home/\x7f", "/home/\xff", ("/home/\xe2\x80\xae" "x"),
					   "/home/\xc2\x9b", "/home/a\rb", "/home/\t" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++) {
		struct ka_fix fix = { 0 };
		const char *good[] = { "true", NULL }, *argv[] = { "chmod", "go-w", "--", bad[i], NULL };

		assert_true(ka_fix_command(&fix, NULL, good));
		assert_false(ka_fix_command(&fix, "alice", argv));
		assert_int_equal(fix.commands, 0);
		assert_string_equal(fix.command[0], "");
		assert_false(ka_fix_command(&fix, bad[i], good));
	}
}

static void command__too_long_or_too_many__no_command_at_all(void **state)
{
	struct ka_fix fix = { 0 };
	char path[2048];
	const char *good[] = { "true", NULL }, *argv[] = { "rm", "--", path, NULL };

	(void)state;
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	assert_true(ka_fix_command(&fix, NULL, good));
	assert_false(ka_fix_command(&fix, NULL, argv));
	assert_int_equal(fix.commands, 0);
	for (int i = 0; i < 3; i++)
		assert_true(ka_fix_command(&fix, NULL, good));
	assert_false(ka_fix_command(&fix, NULL, good));
	assert_int_equal(fix.commands, 0);
}

static void command__long_quoted_path__three_times_longer_does_not_overrun(void **state)
{
	struct ka_fix fix = { 0 };
	char path[KA_TEXT_PATH_MAX];
	const char *argv[] = { "chmod", "go-w", "--", path, NULL };

	(void)state;
	memset(path, '\'', sizeof(path) - 1);
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	assert_false(ka_fix_command(&fix, "alice", argv));
	assert_int_equal(fix.commands, 0);
}

static void advice__hostile_text__is_escaped(void **state)
{
	struct ka_fix fix = { 0 };

	(void)state;
	ka_fix_advice(&fix, "see \x1b[31m/home/x\n");
	assert_string_equal(fix.advice, "see \\x1b[31m/home/x\\x0a");
}

static void template__words__are_filled_in_escaped(void **state)
{
	struct ka_fix fix = { 0 };
	struct ka_fix_words words = { .user = "al\x1bice", .file = "/home/a/FILE", .line = 12 };

	(void)state;
	ka_fix_template(&fix, "Remove the # in LINE of FILE for USER, not in USERS or HOME", &words);
	assert_string_equal(fix.advice, "Remove the # in line 12 of /home/a/FILE for al\\x1bice, not in USERS or HOME");
}

static void template__no_values__words_stay(void **state)
{
	struct ka_fix fix = { 0 };
	struct ka_fix_words words = { 0 };

	(void)state;
	ka_fix_template(&fix, "ssh-copy-id -i KEY.pub USER@HOST, LINE", &words);
	assert_string_equal(fix.advice, "ssh-copy-id -i KEY.pub USER@HOST, LINE");
}

static void template_command__values_known__argv_lists(void **state)
{
	struct ka_fix fix = { 0 };
	struct ka_fix_words words = { .user = "alice", .file = "/x y" };

	(void)state;
	assert_true(ka_fix_template_command(&fix, "usermod -U USER", &words));
	assert_string_equal(fix.command[0], "usermod -U alice");
	memset(&fix, 0, sizeof(fix));
	assert_true(ka_fix_template_command(&fix, "chown root:root FILE && chmod go-w FILE", &words));
	assert_int_equal(fix.commands, 2);
	assert_string_equal(fix.command[0], "chown root:root '/x y'");
	assert_string_equal(fix.command[1], "chmod go-w '/x y'");
}

static void template_command__no_value_or_one_that_is_an_option__none(void **state)
{
	struct ka_fix fix = { 0 };
	struct ka_fix_words option = { .user = "-x", .file = "/f" }, none = { 0 };

	(void)state;
	assert_false(ka_fix_template_command(&fix, "rm FILE && usermod -aG GROUP USER", &option));
	assert_int_equal(fix.commands, 0);
	assert_false(ka_fix_template_command(&fix, "rm FILE && usermod -U USER", &option));
	assert_int_equal(fix.commands, 0);
	assert_false(ka_fix_template_command(&fix, "usermod -U USER", &none));
	assert_false(ka_fix_template_command(&fix, "", &option));
	assert_false(ka_fix_template_command(&fix, "a b c d e f g h i j", &option));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(quote__hostile_words__a_shell_reads_them_back),
		cmocka_unit_test(command__as_user__is_runuser_with_dashes),
		cmocka_unit_test(command__as_root__is_bare),
		cmocka_unit_test(command__bytes_a_terminal_could_misread__no_command_at_all),
		cmocka_unit_test(command__too_long_or_too_many__no_command_at_all),
		cmocka_unit_test(command__long_quoted_path__three_times_longer_does_not_overrun),
		cmocka_unit_test(advice__hostile_text__is_escaped),
		cmocka_unit_test(template__words__are_filled_in_escaped),
		cmocka_unit_test(template__no_values__words_stay),
		cmocka_unit_test(template_command__values_known__argv_lists),
		cmocka_unit_test(template_command__no_value_or_one_that_is_an_option__none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
