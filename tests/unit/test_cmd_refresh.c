/*
 * keyaudit refresh: with which words and what else the fetcher is started, and what its end becomes. The program is execve()
 * here: it runs in the child, where the fetcher would.
 */
#include "keyaudit/cmd.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/paths.h"
#include "keyaudit/cache/fetchuser.h"
#include "tests/unit/lib/caught.h"

#include "base/poison.h"

/* what the child saw, in memory of both */
static struct seen {
	unsigned times;
	char path[128], args[512], env[256], cwd[64];
	bool pipe_kills;
} *seen;
static int ends_with, ends_by, cannot_run;
static enum ka_fetchuser_answer who;
static unsigned asked_who;
static bool took_group;

enum ka_fetchuser_answer ka_fetchuser_become(bool with_command_group)
{
	asked_who++;
	took_group |= with_command_group;
	return who;
}

int ka_fetchuser_say(const char *verb, enum ka_fetchuser_answer a)
{
	fprintf(stderr, "%s %d\n", verb, (int)a);
	return KA_EXIT_NOPERM;
}

static void join(char *to, size_t size, char *const list[])
{
	struct ka_buf b;

	ka_buf_init(&b, to, size);
	for (size_t i = 0; list[i] != NULL; i++) {
		ka_buf_text(&b, i > 0 ? "|" : "");
		ka_buf_text(&b, list[i]);
	}
}

int execve(const char *path, char *const argv[], char *const envp[])
{
	struct sigaction now;

	if (cannot_run != 0) {
		errno = cannot_run;
		return -1;
	}
	seen->times++;
	snprintf(seen->path, sizeof(seen->path), "%s", path);
	join(seen->args, sizeof(seen->args), argv);
	join(seen->env, sizeof(seen->env), envp);
	seen->pipe_kills = sigaction(SIGPIPE, NULL, &now) == 0 && now.sa_handler == SIG_DFL;
	if (getcwd(seen->cwd, sizeof(seen->cwd)) == NULL)
		_exit(99);
	if (ends_by != 0)
		raise(ends_by);
	_exit(ends_with);
}

static int begin(void **state)
{
	const struct rlimit none = { 0, 0 };

	(void)state;
	setrlimit(RLIMIT_CORE, &none);
	setenv("LD_PRELOAD", "", 1);
	setenv("http_proxy", "http://x", 1);
	signal(SIGPIPE, SIG_IGN);
	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return seen != MAP_FAILED ? 0 : -1;
}

static int setup(void **state)
{
	(void)state;
	memset(seen, 0, sizeof(*seen));
	ends_with = ends_by = cannot_run = 0;
	who = KA_FETCHUSER_IS;
	asked_who = 0;
	return 0;
}

#define RUN(...) CAUGHT(ka_cmd_refresh, "refresh", __VA_ARGS__)
#define SILENT() \
	do { \
		assert_string_equal(caught_out, ""); \
		assert_string_equal(caught_err, ""); \
	} while (0)

static void refresh__words__are_the_fetchers(void **state)
{
	(void)state;
	assert_int_equal(RUN(NULL), KA_EXIT_FINE);
	SILENT();
	assert_string_equal(seen->path, KA_PATH_FETCH);
	assert_string_equal(seen->args, KA_PATH_FETCH "|--refresh");
	assert_int_equal(RUN("--now"), KA_EXIT_FINE);
	assert_string_equal(seen->args, KA_PATH_FETCH "|--refresh|--now");
	assert_int_equal(RUN("--source", "corp.eu-1_x"), KA_EXIT_FINE);
	assert_string_equal(seen->args, KA_PATH_FETCH "|--refresh|--source|corp.eu-1_x");
	assert_int_equal(RUN("--source", "corp", "--now", "--now", "--source", "other"), KA_EXIT_FINE);
	assert_string_equal(seen->args, KA_PATH_FETCH "|--refresh|--now|--source|other");
	assert_int_equal(seen->times, 4);
}

static void refresh__fetcher__has_nothing_of_the_callers(void **state)
{
	(void)state;
	assert_int_equal(RUN(NULL), KA_EXIT_FINE);
	assert_string_equal(seen->env, "PATH=/usr/bin:/bin|LC_ALL=C");
	assert_string_equal(seen->cwd, "/");
	assert_true(seen->pipe_kills);
	assert_false(took_group); /* it writes as the timer does */
}

static void refresh__fetchers_end__is_the_status(void **state)
{
	static const struct {
		int with, by, status;
	} cases[] = {
		{ 0, 0, KA_EXIT_FINE },      { 1, 0, KA_EXIT_TEMPORARY }, { 2, 0, KA_EXIT_UNDECIDED },       { 3, 0, KA_EXIT_UNDECIDED },
		{ 75, 0, KA_EXIT_UNDECIDED }, { 255, 0, KA_EXIT_UNDECIDED }, { 0, SIGKILL, KA_EXIT_UNDECIDED }, { 0, SIGPIPE, KA_EXIT_UNDECIDED },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ends_with = cases[i].with;
		ends_by = cases[i].by;
		assert_int_equal(RUN("--now"), cases[i].status);
		assert_string_equal(caught_out, "");
	}
}

static void refresh__fetcher_is_not_there__is_said(void **state)
{
	(void)state;
	cannot_run = ENOENT;
	assert_int_equal(RUN(NULL), KA_EXIT_UNDECIDED);
	assert_string_equal(caught_err, "keyaudit refresh: " KA_PATH_FETCH " cannot be run (ENOENT)\n");
	cannot_run = EACCES;
	assert_int_equal(RUN(NULL), KA_EXIT_UNDECIDED);
	assert_string_equal(caught_err, "keyaudit refresh: " KA_PATH_FETCH " cannot be run (EACCES)\n");
	assert_int_equal(seen->times, 0);
}

static void refresh__not_that_user__nothing_is_run(void **state)
{
	(void)state;
	for (who = KA_FETCHUSER_MAY_NOT; who <= KA_FETCHUSER_FAILED; who++) {
		char said[32];

		assert_int_equal(RUN("--source", "corp"), KA_EXIT_NOPERM);
		assert_true(snprintf(said, sizeof(said), "refresh %d\n", (int)who) > 0);
		assert_string_equal(caught_err, said);
	}
	assert_int_equal(seen->times, 0);
}

static void usage__wrong_words__are_named_and_nothing_is_run(void **state)
{
	(void)state;
	assert_int_equal(RUN("--source"), KA_EXIT_USAGE);
	assert_string_equal(caught_err, "keyaudit refresh: a value is missing behind \"--source\"; see keyaudit refresh --help\n");
	assert_int_equal(RUN("--later"), KA_EXIT_USAGE);
	assert_string_equal(caught_err, "keyaudit refresh: no such option: \"--later\"; see keyaudit refresh --help\n");
	assert_int_equal(RUN("--now", "corp"), KA_EXIT_USAGE);
	assert_string_equal(caught_err, "keyaudit refresh: one argument too many: \"corp\"; see keyaudit refresh --help\n");
	assert_int_equal(RUN(""), KA_EXIT_USAGE);
	assert_int_equal(RUN("--now=1"), KA_EXIT_USAGE);
	assert_int_equal(asked_who, 0); /* rights are kept until it is clear what for */
	assert_int_equal(seen->times, 0);
}

static void usage__no_source_can_be_called_so__is_shown_escaped(void **state)
{
	static const char *const bad[] = { "", "../corp", "a/b", ".corp", "-c", "--now", "a b", "corp\n", "\x1b[2Jx", "\xff", "ä",
					   "abcdefghijklmnopqrstuvwxyzabcdef" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(RUN("--source", bad[i]), KA_EXIT_USAGE);
		assert_non_null(strstr(caught_err, "keyaudit refresh: no source can be called \""));
		assert_true(caught_is_plain(caught_err));
		assert_ptr_equal(strchr(caught_err, '\n'), caught_err + strlen(caught_err) - 1);
	}
	assert_int_equal(RUN("--source", "\x1b[2Jx\n"), KA_EXIT_USAGE);
	assert_string_equal(caught_err, "keyaudit refresh: no source can be called \"\\x1b[2Jx\\x0a\"; see keyaudit refresh --help\n");
	assert_int_equal(RUN("--source", "abcdefghijklmnopqrstuvwxyzabcde"), KA_EXIT_FINE); /* the longest */
	assert_int_equal(seen->times, 1);
}

static void usage__help__goes_to_stdout_and_nothing_is_run(void **state)
{
	(void)state;
	assert_int_equal(RUN("--now", "--help"), KA_EXIT_FINE);
	assert_ptr_equal(strstr(caught_out, "usage: keyaudit refresh [--now] [--source NAME]\n"), caught_out);
	assert_non_null(strstr(caught_out, "examples:\n"));
	assert_string_equal(caught_err, "");
	assert_int_equal(RUN("-h"), KA_EXIT_FINE);
	assert_int_equal(asked_who, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(refresh__words__are_the_fetchers, setup),
		cmocka_unit_test_setup(refresh__fetcher__has_nothing_of_the_callers, setup),
		cmocka_unit_test_setup(refresh__fetchers_end__is_the_status, setup),
		cmocka_unit_test_setup(refresh__fetcher_is_not_there__is_said, setup),
		cmocka_unit_test_setup(refresh__not_that_user__nothing_is_run, setup),
		cmocka_unit_test_setup(usage__wrong_words__are_named_and_nothing_is_run, setup),
		cmocka_unit_test_setup(usage__no_source_can_be_called_so__is_shown_escaped, setup),
		cmocka_unit_test_setup(usage__help__goes_to_stdout_and_nothing_is_run, setup),
	};

	return cmocka_run_group_tests(tests, begin, NULL);
}
