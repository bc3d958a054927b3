/* source/sourcecommand: real programs of the system, so that their places are trusted: env(1) runs a shell, which reads a script of ours. */
#include "source/sourcecommand.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "tests/unit/lib/keysample.h"

#include "base/poison.h"

static char script[64], command[1024];
static struct ka_conf_source source;
static struct ka_sourcefile_out out;
static struct ka_source_evidence evidence;
static struct ka_keysample good, weak;
static char taken[16 * 1024];
static size_t takes;
static struct ka_source_query alice = { .user = "alice", .uid = "1000", .home = "/home/alice", .uid_number = 1000 };

static void take(void *ctx, const char *path, struct ka_span bytes)
{
	assert_ptr_equal(ctx, &takes);
	assert_string_equal(path, "/usr/bin/env");
	assert_true(ka_span_copy(bytes, taken, sizeof(taken)));
	takes++;
}

static void put_script(const char *text)
{
	KA_AUTOCLOSE int fd = open(script, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(ka_fd_write_all(fd, text, strlen(text)), KA_ERR_OK);
}

/* run the words as they are; what is taken is in `taken` */
static void ask_words(const char *words, const struct ka_source_query *query)
{
	source = (struct ka_conf_source){ .name = "s", .kind = KA_CONF_KIND_COMMAND, .command = words,
					  .deadline_ms = source.deadline_ms };
	taken[0] = '\0';
	takes = 0;
	assert_int_equal(ka_sourcecommand_read(&source, query, take, &takes, &out, &evidence), KA_ERR_OK);
}

/* a script with these arguments behind it */
static void ask(const char *text, const char *args)
{
	put_script(text);
	assert_true(snprintf(command, sizeof(command), "/usr/bin/env sh %s %s", script, args) < (int)sizeof(command));
	ask_words(command, &alice);
}

#define IS(want_answer, want_reason, want_status) \
	do { \
		assert_string_equal(ka_answer_text(out.answer), ka_answer_text(want_answer)); \
		assert_string_equal(ka_reason_id(out.reason), ka_reason_id(want_reason)); \
		assert_int_equal(evidence.status, want_status); \
		assert_int_equal(takes, (want_answer) == KA_SOURCE_FOUND ? 1 : 0); \
	} while (0)

static void read__prints_keys__are_taken(void **state)
{
	char text[8192];

	(void)state;
	assert_true(snprintf(text, sizeof(text), "echo '# of alice'\necho '%s'\n", good.line) > 0);
	ask(text, "");
	IS(KA_SOURCE_FOUND, KA_REASON_NONE, -1);
	assert_non_null(strstr(taken, good.line));
	assert_int_equal(out.files, 1);
	/* one bad line hides no good one, and a key that vetting will refuse is a key */
	assert_true(snprintf(text, sizeof(text), "echo nonsense\necho '%s'\n", weak.line) > 0);
	ask(text, "");
	IS(KA_SOURCE_FOUND, KA_REASON_NONE, -1);
}

static void read__prints_nothing__is_no_keys(void **state)
{
	(void)state;
	ask("exit 0\n", "");
	IS(KA_SOURCE_NO_KEYS, KA_REASON_STORE_NO_KEYS, -1);
	ask("echo; echo '# nobody'; echo; printf '  \\t'\n", "");
	IS(KA_SOURCE_NO_KEYS, KA_REASON_STORE_NO_KEYS, -1);
	ask("echo 'a warning' >&2\n", ""); /* goes nowhere */
	IS(KA_SOURCE_NO_KEYS, KA_REASON_STORE_NO_KEYS, -1);
}

static void read__prints_no_key__is_a_bad_answer(void **state)
{
	static const char *const texts[] = {
		"echo '<html><body>error</body></html>'\n", "echo 'Error: connection refused'\n", "echo '{\"error\":\"x\"}'\n",
		"head -c 3000 /dev/urandom\n", "printf 'ssh-ed25519'\n", "printf '\\0\\0\\0'\n",
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(texts); i++) {
		ask(texts[i], "");
		IS(KA_SOURCE_REFUSED, KA_REASON_STORE_BAD_ANSWER, -1);
		assert_string_equal(out.why.path, "/usr/bin/env");
	}
}

static void read__other_status__nothing_it_printed_counts(void **state)
{
	char text[8192];

	(void)state;
	assert_true(snprintf(text, sizeof(text), "echo '%s'\nexit 3\n", good.line) > 0);
	ask(text, "");
	IS(KA_SOURCE_REFUSED, KA_REASON_STORE_BAD_ANSWER, 3);
	ask("exit 127\n", "");
	IS(KA_SOURCE_REFUSED, KA_REASON_STORE_BAD_ANSWER, 127);
	assert_true(snprintf(text, sizeof(text), "echo '%s'\nkill -TERM $$\n", good.line) > 0);
	ask(text, "");
	IS(KA_SOURCE_REFUSED, KA_REASON_STORE_BAD_ANSWER, 128 + SIGTERM);
}

static void read__hangs__is_a_timeout_at_its_deadline(void **state)
{
	int64_t begin = ka_clock_boot_ms();
	char text[8192];

	(void)state;
	source.deadline_ms = 300;
	ask("sleep 30\n", "");
	IS(KA_SOURCE_UNAVAILABLE, KA_REASON_STORE_TIMEOUT, -1);
	/* also one that has printed everything, and does not end: its status may still be another one */
	assert_true(snprintf(text, sizeof(text), "echo '%s'\nexec >&-\nsleep 30\n", good.line) > 0);
	ask(text, "");
	IS(KA_SOURCE_UNAVAILABLE, KA_REASON_STORE_TIMEOUT, -1);
	/* or that leaves somebody behind who holds its output */
	assert_true(snprintf(text, sizeof(text), "echo '%s'\nsleep 30 &\n", good.line) > 0);
	ask(text, "");
	IS(KA_SOURCE_UNAVAILABLE, KA_REASON_STORE_TIMEOUT, -1);
	assert_true(ka_clock_boot_ms() - begin < 15000);
}

static void read__too_much__is_refused(void **state)
{
	char text[8192];

	(void)state;
	assert_true(snprintf(text, sizeof(text), "echo '%s'\nhead -c 5000000 /dev/zero | tr '\\0' A\n", good.line) > 0);
	ask(text, "");
	IS(KA_SOURCE_REFUSED, KA_REASON_STORE_TOO_LARGE, -1);
}

/* what the program sees: words as configured, values inside of them, and nothing of ours */
static void read__words_and_surroundings__are_these(void **state)
{
	static const char text[] = "for a; do echo \"# [$a]\"; done\n"
				   "echo \"# $USER $LOGNAME $HOME $PATH $LC_ALL $KA_SECRET $(pwd)\"\n"
				   "echo \"# fds $(ls /proc/self/fd | tr '\\n' ' ')\"\n"
				   "read x; echo \"# in $?\"\n"
				   "echo ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP4c0dsOHq5vBNwtKeroAvBjRTyCtcz7jgy5OCu3feNl\n";
	struct ka_source_query query = alice;

	(void)state;
	setenv("KA_SECRET", "1", 1);
	put_script(text);
	assert_true(snprintf(command, sizeof(command), "/usr/bin/env sh %s -u %%u --home=%%h/%%U:%%%% %%t %%k %%f $(id) * ;", script) > 0);
	query.type = "ssh-ed25519";
	query.key = "AAAA+/==";
	query.fp = "SHA256:abc";
	ask_words(command, &query);
	IS(KA_SOURCE_FOUND, KA_REASON_NONE, -1);
	assert_non_null(strstr(taken, "# [-u]\n# [alice]\n# [--home=/home/alice/1000:%]\n# [ssh-ed25519]\n# [AAAA+/==]\n# [SHA256:abc]\n"
				      "# [$(id)]\n# [*]\n# [;]\n"));
	assert_non_null(strstr(taken, "# _keyaudit _keyaudit / /usr/sbin:/usr/bin:/sbin:/bin C  /\n"));
	assert_non_null(strstr(taken, "# fds 0 1 2 3 \n")); /* 3 is the directory that ls has opened */
	assert_non_null(strstr(taken, "# in 1\n"));
}

static void read__value_missing_or_odd__is_a_configuration_error(void **state)
{
	static const struct { const char *word; struct ka_source_query query; } odd[] = {
		{ "%U", { .user = "alice" } },
		{ "%h", { .user = "alice" } },
		{ "%k", { .user = "alice" } },
		{ "%t", { .user = "alice" } },
		{ "%f", { .user = "alice" } },
		{ "%u", { .user = "-alice" } },
		{ "%u", { .user = "../alice" } },
		{ "%h", { .user = "alice", .home = "/home/../x" } },
		{ "%k", { .user = "alice", .key = "-x" } },
		{ "%k", { .user = "alice", .key = "" } },
		{ "%k", { .user = "alice", .key = "a b" } },
		{ "%t", { .user = "alice", .type = "ssh\ned25519" } },
		{ "%f", { .user = "alice", .fp = "SHA256:$(id)" } },
		{ "%x", { .user = "alice" } },
		{ "%", { .user = "alice" } },
	};

	(void)state;
	put_script("echo never\n");
	for (size_t i = 0; i < KA_ARRAY_LEN(odd); i++) {
		assert_true(snprintf(command, sizeof(command), "/usr/bin/env sh %s %s", script, odd[i].word) > 0);
		ask_words(command, &odd[i].query);
		IS(KA_SOURCE_REFUSED, KA_REASON_CONF_INVALID, -1);
		assert_string_equal(out.why.path, odd[i].word);
	}
}

static void read__arguments_of_any_length__are_bounded(void **state)
{
	static char key[KA_SOURCE_COMMAND_TEXT_MAX];
	struct ka_source_query query = alice;

	(void)state;
	memset(key, 'A', sizeof(key) - 1);
	query.key = key;
	ask_words("/usr/bin/env true %k", &query);
	IS(KA_SOURCE_REFUSED, KA_REASON_CONF_INVALID, -1);
	key[20000] = '\0'; /* longer than any key that passes */
	ask_words("/usr/bin/env true %k", &query);
	IS(KA_SOURCE_NO_KEYS, KA_REASON_STORE_NO_KEYS, -1);
}

static void read__program_that_cannot_be_run__is_said_with_its_path(void **state)
{
	(void)state;
	ask_words("/usr/bin/no-such-program-of-keyaudit", &alice);
	IS(KA_SOURCE_UNAVAILABLE, KA_REASON_STORE_UNREACHABLE, -1);
	assert_int_equal(out.why.errnum, ENOENT);
	ask_words("/usr/bin", &alice);
	IS(KA_SOURCE_REFUSED, KA_REASON_CONF_UNSAFE, -1);
	ask_words("/etc/passwd", &alice);
	IS(KA_SOURCE_UNAVAILABLE, KA_REASON_STORE_UNREACHABLE, -1);
	assert_int_equal(out.why.errnum, EACCES);
	assert_string_equal(out.why.path, "/etc/passwd");
	assert_false(ka_sourcecommand_look(&source, &out.why));
	put_script("echo x\n");
	assert_int_equal(chmod(script, 0755), 0);
	ask_words(script, &alice); /* /tmp is everybody's */
	IS(KA_SOURCE_REFUSED, KA_REASON_CONF_UNSAFE, -1);
	source.command = "/usr/bin/env";
	assert_true(ka_sourcecommand_look(&source, &out.why));
}

static void needs_key__table(void **state)
{
	static const struct { const char *command; bool needs; } rows[] = {
		{ "/x", false }, { "/x %u %U %h", false }, { "/x %%k", false }, { "/x %k", true }, { "/x a%tb", true }, { "/x %u %f", true },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		source.command = rows[i].command;
		assert_int_equal(ka_sourcecommand_needs_key(&source), rows[i].needs);
	}
}

static int setup(void **state)
{
	(void)state;
	source.deadline_ms = 20000;
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(read__prints_keys__are_taken, setup),
		cmocka_unit_test_setup(read__prints_nothing__is_no_keys, setup),
		cmocka_unit_test_setup(read__prints_no_key__is_a_bad_answer, setup),
		cmocka_unit_test_setup(read__other_status__nothing_it_printed_counts, setup),
		cmocka_unit_test_setup(read__hangs__is_a_timeout_at_its_deadline, setup),
		cmocka_unit_test_setup(read__too_much__is_refused, setup),
		cmocka_unit_test_setup(read__words_and_surroundings__are_these, setup),
		cmocka_unit_test_setup(read__value_missing_or_odd__is_a_configuration_error, setup),
		cmocka_unit_test_setup(read__arguments_of_any_length__are_bounded, setup),
		cmocka_unit_test_setup(read__program_that_cannot_be_run__is_said_with_its_path, setup),
		cmocka_unit_test_setup(needs_key__table, setup),
	};
	char dir[] = "/tmp/keyaudit-command-XXXXXX";
	int failed;

	if (mkdtemp(dir) == NULL)
		return 1;
	assert_true(snprintf(script, sizeof(script), "%s/script", dir) > 0);
	ka_keysample_find("ed25519", &good);
	ka_keysample_find("rsa1024", &weak);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(script);
	rmdir(dir);
	return failed;
}
