/* keyaudit/logpager: a terminal gets a pager, and nothing else does. */
#include "keyaudit/log/logpager.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"

#include "base/poison.h"

/* Prints a word with $PAGER in a child whose output is a terminal of its own or a file; what arrived there is in @said. */
static void print_with(const char *pager, bool terminal, char said[static 256])
{
	char path[] = "/tmp/ka-pager-XXXXXX";
	KA_AUTOCLOSE int master = terminal ? posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC) : mkstemp(path);
	KA_AUTOCLOSE int slave = -1;
	int status;
	ssize_t n;
	pid_t pid;

	assert_true(master >= 0);
	if (terminal) {
		assert_int_equal(grantpt(master), 0);
		assert_int_equal(unlockpt(master), 0);
		slave = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
		assert_true(slave >= 0);
	}
	pid = fork();
	if (pid == 0) {
		if (dup2(terminal ? slave : master, STDOUT_FILENO) < 0 || setenv("PAGER", pager, 1) < 0)
			_exit(99);
		pid = ka_logpager_begin();
		fputs("word\n", stdout);
		ka_logpager_end(pid);
		_exit(fflush(stdout) == 0 ? (pid > 0) : 98);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), terminal && pager[0] != '\0' && strcmp(pager, "cat") != 0);
	if (!terminal)
		assert_int_equal(lseek(master, 0, SEEK_SET), 0);
	n = read(master, said, 255);
	assert_true(n >= 0);
	said[n] = '\0';
	if (!terminal)
		unlink(path);
}

static void begin__table(void **state)
{
	char said[256];

	(void)state;
	print_with("sed s/^/paged:/", true, said);
	assert_string_equal(said, "paged:word\r\n");
	print_with("", true, said);
	assert_string_equal(said, "word\r\n");
	print_with("cat", true, said);
	assert_string_equal(said, "word\r\n");
	print_with("sed s/^/paged:/", false, said);
	assert_string_equal(said, "word\n");
	print_with("echo \"$LESS\"", true, said); /* it wants nothing of it */
	assert_string_equal(said, "FRX\r\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(begin__table) };

	if (unsetenv("LESS") < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
