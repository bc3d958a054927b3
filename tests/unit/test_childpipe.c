/* base/childpipe: what it says is read, and it does not outlive anybody. */
#include "base/childpipe.h"

#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/spawn.h"
#include "base/text.h"

/* what it says until it closes its output or @want bytes are there */
static size_t hear(int fd, char *out, size_t want)
{
	size_t len = 0;

	while (len < want) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		ssize_t got;

		assert_int_equal(poll(&p, 1, 10000), 1);
		got = read(fd, out + len, want - len);
		if (got <= 0)
			break;
		len += (size_t)got;
	}
	return len;
}

static void start__says_something__is_heard(void **state)
{
	static const char *const argv[] = { "/bin/sh", "-c", "cat; pwd; echo $PATH $HOME; ls /proc/self/fd | wc -l; exit 3", NULL };
	char text[256] = "";
	pid_t pid;
	int fd, status;

	(void)state;
	setenv("HOME", "/nonexistent", 1);
	assert_int_equal(ka_childpipe_start(argv, -1, &pid, &fd), KA_ERR_OK);
	assert_int_equal(read(fd, text, 0), 0);
	text[hear(fd, text, sizeof(text) - 1)] = '\0';
	assert_string_equal(text, "/\n/usr/sbin:/usr/bin:/sbin:/bin\n4\n");
	status = ka_spawn_reap(pid, 10000, true);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 3);
	close(fd);
}

static void start__nothing_there__is_127(void **state)
{
	static const char *const argv[] = { "/nonexistent/journalctl", NULL };
	pid_t pid;
	char c;
	int fd, status;

	(void)state;
	assert_int_equal(ka_childpipe_start(argv, -1, &pid, &fd), KA_ERR_OK);
	assert_int_equal(hear(fd, &c, 1), 0);
	status = ka_spawn_reap(pid, 10000, true);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 127);
	close(fd);
}

/* with what it started */
static void stop__its_group__is_gone(void **state)
{
	static const char *const argv[] = { "/bin/sh", "-c", "sleep 1000 & echo x; wait", NULL };
	pid_t pid;
	char c;
	int fd, status;

	(void)state;
	assert_int_equal(ka_childpipe_start(argv, -1, &pid, &fd), KA_ERR_OK);
	assert_int_equal(hear(fd, &c, 1), 1);
	status = ka_childpipe_stop(pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_int_equal(hear(fd, &c, 1), 1); /* the newline, then the end: nobody holds the pipe */
	assert_int_equal(hear(fd, &c, 1), 0);
	close(fd);
}

/* kill -9 of the one that listens */
static void start__parent_dies__dies_too(void **state)
{
	static const char *const argv[] = { "/bin/sh", "-c", "echo $$; exec sleep 1000", NULL };
	int ends[2], status;
	pid_t listener, pid = 0;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	listener = fork();
	if (listener == 0) {
		char text[32] = "";
		int fd;

		if (ka_childpipe_start(argv, -1, &pid, &fd) == KA_ERR_OK && hear(fd, text, 1) == 1 && write(ends[1], &pid, sizeof(pid)) > 0)
			raise(SIGKILL);
		_exit(1);
	}
	assert_int_equal(read(ends[0], &pid, sizeof(pid)), sizeof(pid));
	assert_int_equal(waitpid(listener, &status, 0), listener);
	assert_true(WIFSIGNALED(status));
	for (int i = 0; i < 1000 && waitpid(pid, &status, WNOHANG) != pid; i++) {
		poll(NULL, 0, 10);
		if (i == 999) {
			ka_childpipe_stop(pid);
			fail_msg("it lives on");
		}
	}
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(start__says_something__is_heard),
		cmocka_unit_test(start__nothing_there__is_127),
		cmocka_unit_test(stop__its_group__is_gone),
		cmocka_unit_test(start__parent_dies__dies_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
