/* Wrong command lines: one line that says what, where it is told, and the documented exit status. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cursor.h"
#include "keyaudit/cmd.h"

typedef int verb(int argc, char **argv);

#define ARGS_MAX 8

/* Runs one verb in a child without root's rights; @said gets what went to standard error. The answer is the status. */
static int run(verb *v, const char *const *args, char said[static 1024])
{
	FILE *err = tmpfile();
	char *argv[ARGS_MAX + 1] = { NULL };
	int argc = 0, status;
	pid_t pid;
	size_t n;

	assert_non_null(err);
	while (args[argc] != NULL && argc < ARGS_MAX) {
		argv[argc] = strdup(args[argc]);
		argc++;
	}
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY);

		dup2(null, STDOUT_FILENO);
		dup2(fileno(err), STDERR_FILENO);
		if (geteuid() == 0 && seteuid(65534) != 0)
			_exit(99);
		_exit(v(argc, argv));
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	while (argc > 0)
		free(argv[--argc]);
	rewind(err);
	n = fread(said, 1, 1023, err);
	said[n] = '\0';
	fclose(err);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

/* exactly this one line, and this status */
#define SAYS(v, status, line, ...) do { \
	char said_[1024]; \
	assert_int_equal(run((v), (const char *const[]){ __VA_ARGS__, NULL }, said_), (status)); \
	assert_string_equal(said_, line "\n"); \
} while (0)

static void stray__every_verb__named_in_one_line(void **state)
{
	(void)state;
	SAYS(ka_cmd_doctor, KA_EXIT_USAGE, "keyaudit doctor: no such option: \"--bogus\"; see keyaudit doctor --help", "doctor", "--bogus");
	SAYS(ka_cmd_doctor, KA_EXIT_USAGE, "keyaudit doctor: one argument too many: \"b\"; see keyaudit doctor --help", "doctor", "a", "b");
	SAYS(ka_cmd_keys, KA_EXIT_USAGE, "keyaudit keys: no such option: \"-x\"; see keyaudit keys --help", "keys", "-x", "a");
	SAYS(ka_cmd_collect, KA_EXIT_USAGE, "keyaudit collect: one argument too many: \"now\"; see keyaudit collect --help", "collect", "now");
	SAYS(ka_cmd_version, KA_EXIT_USAGE, "keyaudit version: one argument too many: \"x\"; see keyaudit version --help", "version", "x");
	SAYS(ka_cmd_explain, KA_EXIT_USAGE, "keyaudit explain: no such option: \"--all\"; see keyaudit explain --help", "explain", "--all");
	SAYS(ka_cmd_log, KA_EXIT_USAGE, "keyaudit log: no such option: \"--x\"; see keyaudit log --help", "log", "--x");
	SAYS(ka_cmd_record, KA_EXIT_USAGE, "keyaudit record: no such argument: \"--x\"; see keyaudit record --help", "record", "--x");
}

static void stray__terminal_escapes__are_shown_escaped(void **state)
{
	char said[1024];

	(void)state;
	assert_int_equal(run(ka_cmd_doctor, (const char *const[]){ "doctor", "-\033[2J", NULL }, said), KA_EXIT_USAGE);
	assert_null(strchr(said, '\033'));
}

static void value__absent__said(void **state)
{
	(void)state;
	SAYS(ka_cmd_doctor, KA_EXIT_USAGE, "keyaudit doctor: a value is missing behind \"--key\"; see keyaudit doctor --help", "doctor", "a", "--key");
	SAYS(ka_cmd_keys, KA_EXIT_USAGE, "keyaudit keys: a value is missing behind \"-c\"; see keyaudit keys --help", "keys", "-c");
	SAYS(ka_cmd_collect, KA_EXIT_USAGE, "keyaudit collect: a value is missing behind \"-c\"; see keyaudit collect --help", "collect", "-c");
	SAYS(ka_cmd_keys, KA_EXIT_USAGE, "keyaudit keys: which user?; see keyaudit keys --help", "keys");
}

static void doctor_from__no_address__said(void **state)
{
	(void)state;
	SAYS(ka_cmd_doctor, KA_EXIT_USAGE, "keyaudit doctor: --from: not an IPv4 or IPv6 address: \"999.1.1.1\"; see keyaudit doctor --help",
	     "doctor", "root", "--from", "999.1.1.1");
	SAYS(ka_cmd_doctor, KA_EXIT_USAGE, "keyaudit doctor: --from: not an IPv4 or IPv6 address: \"a,user=b\"; see keyaudit doctor --help",
	     "doctor", "root", "--from", "a,user=b");
}

static void doctor_user__unknown__named(void **state)
{
	(void)state;
	SAYS(ka_cmd_doctor, KA_EXIT_UNKNOWN,
	     "keyaudit doctor: no-such-user-: no such user here (getent passwd): sshd refuses unknown users before it looks at a key",
	     "doctor", "no-such-user-", "--watch"); /* without it the doctor has a screen for it */
}

/* what this process may not see is no finding about root's files */
static void doctor_user__another_one_without_root__undecided(void **state)
{
	(void)state;
	SAYS(ka_cmd_doctor, KA_EXIT_UNDECIDED,
	     "keyaudit doctor: root: only root can look at another user's files as sshd does: use sudo", "doctor", "root");
}

static void record__half_an_order__said(void **state)
{
	(void)state;
	SAYS(ka_cmd_record, KA_EXIT_USAGE, "keyaudit record: needs --connection and --phase; see keyaudit record --help", "record");
	SAYS(ka_cmd_record, KA_EXIT_USAGE, "keyaudit record: not a connection (PID.START): \"x\"; see keyaudit record --help",
	     "record", "--connection", "x", "--phase", "auth");
	SAYS(ka_cmd_record, KA_EXIT_USAGE, "keyaudit record: no such phase: \"lunar\"; see keyaudit record --help",
	     "record", "--connection", "4240.8123771", "--phase", "lunar");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stray__every_verb__named_in_one_line),
		cmocka_unit_test(stray__terminal_escapes__are_shown_escaped),
		cmocka_unit_test(value__absent__said),
		cmocka_unit_test(doctor_from__no_address__said),
		cmocka_unit_test(doctor_user__unknown__named),
		cmocka_unit_test(doctor_user__another_one_without_root__undecided),
		cmocka_unit_test(record__half_an_order__said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
