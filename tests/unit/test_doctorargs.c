/* keyaudit/doctorargs: which words go together. Whoever is told so is told in one line without anything that moves a cursor. */
#include "keyaudit/doctor/doctorargs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/cursor.h"
#include "base/err.h"
#include "base/limits.h"
#include "keyaudit/screen/exit.h"
#include "tests/unit/lib/caught.h"

#include "base/poison.h"

static struct ka_doctorargs args;

/* what was read borrows from the words: they outlive the call here */
static int read_words(int argc, char **argv)
{
	static char kept[16][KA_USER_NAME_MAX + 1];
	char *words[16];

	assert_in_range(argc, 1, 16);
	for (int i = 0; i < argc; i++) {
		assert_true(ka_span_copy(ka_span_of(argv[i]), kept[i], sizeof(kept[i])));
		words[i] = kept[i];
	}
	memset(&args, 0, sizeof(args));
	return ka_doctorargs_read(argc, words, &args);
}

#define READ(...) CAUGHT(read_words, "doctor", __VA_ARGS__)

static void usage__bad_words__table(void **state)
{
	static char longest[KA_USER_NAME_MAX + 1];
	static const struct { const char *words[6]; const char *says; } rows[] = {
		{ { "--nonsense" }, "no such option: \"--nonsense\"" },
		{ { "root", "root" }, "one argument too many: \"root\"" },
		{ { "root", "--key" }, "a value is missing behind \"--key\"" },
		{ { "root", "--from" }, "a value is missing behind \"--from\"" },
		{ { "-c" }, "a value is missing behind \"-c\"" },
		{ { "--key", "x" }, "which user? --key and --from are about one" },
		{ { "--from", "10.0.0.1" }, "which user?" },
		{ { "root", "--from", "10.0.0" }, "--from: not an IPv4 or IPv6 address: \"10.0.0\"" },
		{ { "root", "--from", "" }, "--from: not an IPv4 or IPv6 address: \"\"" },
		{ { "root", "--from", "10.0.0.1/8" }, "not an IPv4" }, { { "root", "--from", "host.example" }, "not an IPv4" },
		{ { "root", "--from", "fe80::1%eth0" }, "not an IPv4" },
		{ { "root", "--from", "\x1b[2J\n\xff" }, "not an IPv4 or IPv6 address: \"\\x1b[2J\\x0a\\xff\"" },
		{ { "root", "--help" }, "no such option: \"--help\"" },
		{ { "--fix" }, "which user? --fix and --dry-run are about one" }, { { "--dry-run" }, "which user?" },
		{ { "root", "--yes" }, "belong to --fix" }, { { "--trust-content", "root" }, "belong to --fix" },
		{ { "root", "--undo" }, "--undo stands without USER" }, { { "--undo", "abcdefgh", "--fix" }, "--undo stands without" },
		{ { "--all-users", "--undo" }, "--undo stands without" }, { { "--all-users", "--fix" }, "which user?" },
		{ { "root", "--dry-run", "--json" }, "not with --json" },
		{ { "-" }, "-" },
		{ { longest }, "too long for a user name" },
		{ { "--all-users", "root" }, "no USER and no --key" }, { { "--all-users", "--key", "x" }, "no USER and no --key" },
		{ { "--strict" }, "--strict goes with --all-users" }, { { "root", "--strict" }, "--strict goes with --all-users" },
		{ { "--watch" }, "--watch is about one user" }, { { "root", "--watch", "--fix" }, "--watch is about" },
		{ { "root", "--watch", "--key", "x" }, "--watch is about" }, { { "root", "--watch", "--from", "192.0.2.1" }, "--watch is about" },
		{ { "--undo", "--trust-content" }, "--undo stands without" }, { { "root", "--trust-content" }, "belong to --fix" },
		{ { "--yes" }, "belong to --fix" },
	};

	(void)state;
	memset(longest, 'a', KA_USER_NAME_MAX);
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		int status = caught_verb(read_words, "doctor", rows[i].words);

		if (status != KA_EXIT_USAGE || strstr(caught_err, rows[i].says) == NULL)
			fail_msg("row %zu: %d %s", i, status, caught_err);
		assert_string_equal(caught_out, "");
		assert_true(caught_is_plain(caught_err));
		assert_ptr_equal(strchr(caught_err, '\n'), caught_err + strlen(caught_err) - 1);
	}
	longest[KA_USER_NAME_MAX - 1] = '\0'; /* the longest name that there may be */
	assert_int_equal(READ(longest), KA_EXIT_FINE);
	assert_string_equal(args.user, longest);
}

static void words__every_one__sets_its_own(void **state)
{
	(void)state;
	assert_int_equal(READ(NULL), KA_EXIT_FINE);
	assert_null(args.user);
	assert_null(args.undo);
	assert_int_equal(READ("alice", "--key", "-k", "--from", "2001:db8::1", "-c", "/x", "--json"), KA_EXIT_FINE);
	assert_string_equal(args.user, "alice");
	assert_string_equal(args.key, "-k");
	assert_string_equal(args.from, "2001:db8::1");
	assert_string_equal(args.conf_path, "/x");
	assert_true(args.json && !args.fix && !args.watch && !args.all_users && !args.strict && !args.dry_run && !args.yes && !args.trust);
	assert_int_equal(READ("alice", "--fix", "--yes", "--trust-content"), KA_EXIT_FINE);
	assert_true(args.fix && args.yes && args.trust && !args.dry_run && !args.json);
	assert_int_equal(READ("--dry-run", "alice"), KA_EXIT_FINE);
	assert_true(args.fix && args.dry_run && !args.yes);
	assert_int_equal(READ("alice", "--watch"), KA_EXIT_FINE);
	assert_true(args.watch && !args.fix);
	assert_int_equal(READ("--all-users", "--strict", "--from", "192.0.2.1"), KA_EXIT_FINE);
	assert_true(args.all_users && args.strict);
}

static void undo__with_and_without_an_id(void **state)
{
	(void)state;
	assert_int_equal(READ("--undo"), KA_EXIT_FINE);
	assert_string_equal(args.undo, "");
	assert_int_equal(READ("--undo", "--yes"), KA_EXIT_FINE); /* an option is no id */
	assert_string_equal(args.undo, "");
	assert_true(args.yes);
	assert_int_equal(READ("--undo", "abcdefgh", "--json"), KA_EXIT_FINE);
	assert_string_equal(args.undo, "abcdefgh");
	assert_null(args.user);
}

static void help__ends_with_examples(void **state)
{
	(void)state;
	caught_begin();
	ka_doctorargs_help();
	caught_end();
	assert_non_null(strstr(caught_out, "usage: keyaudit doctor"));
	assert_non_null(strstr(caught_out, "examples:"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(usage__bad_words__table),
		cmocka_unit_test(words__every_one__sets_its_own),
		cmocka_unit_test(undo__with_and_without_an_id),
		cmocka_unit_test(help__ends_with_examples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
