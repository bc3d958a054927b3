/* keyaudit/watchchild: it works, it ends when it is told to or when its parent ends, and leaves no zombie. */
#include "keyaudit/collect/watchchild.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/poison.h"

static int pipe_of[2];

/* says its pid and whether a signal is blocked, and then waits for ever */
static void say_and_wait(const void *ctx)
{
	struct { pid_t pid; int blocked; const void *ctx; } said = { getpid(), 0, ctx };
	sigset_t now;

	sigprocmask(SIG_SETMASK, NULL, &now);
	said.blocked = sigismember(&now, SIGTERM) || sigismember(&now, SIGUSR1);
	if (write(pipe_of[1], &said, sizeof(said)) != sizeof(said))
		_exit(3);
	for (;;)
		pause();
}

static void end_at_once(const void *ctx)
{
	(void)ctx;
}

static void start__works_with_no_signal_blocked(void **state)
{
	struct { pid_t pid; int blocked; const void *ctx; } said;
	sigset_t some, was;
	pid_t pid;

	(void)state;
	sigemptyset(&some);
	sigaddset(&some, SIGTERM);
	sigaddset(&some, SIGUSR1);
	assert_int_equal(sigprocmask(SIG_BLOCK, &some, &was), 0);
	pid = ka_watchchild_start(say_and_wait, &some);
	assert_int_equal(sigprocmask(SIG_SETMASK, &was, NULL), 0);
	assert_true(pid > 0);
	assert_int_equal(read(pipe_of[0], &said, sizeof(said)), sizeof(said));
	assert_int_equal(said.pid, pid);
	assert_int_equal(said.blocked, 0);
	assert_ptr_equal(said.ctx, &some);
	ka_watchchild_stop(&pid);
	assert_int_equal(pid, -1);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no zombie */
	assert_int_equal(errno, ECHILD);
}

static void start__work_that_returns__ends_the_child(void **state)
{
	pid_t pid = ka_watchchild_start(end_at_once, NULL);
	int status;

	(void)state;
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 1);
}

/* a pid that is none must not become kill(-1) or kill(0) */
static void stop__none__nothing(void **state)
{
	pid_t none = -1, zero = 0;

	(void)state;
	ka_watchchild_stop(&none);
	ka_watchchild_stop(&zero);
	assert_int_equal(none, -1);
	assert_int_equal(zero, 0);
}

/* the pipe's writing end is closed by nothing but the grandchild's end */
static void parent_killed__the_child_ends(void **state)
{
	int alive[2], parent_said[2];
	char byte;
	pid_t middle;

	(void)state;
	assert_int_equal(pipe(alive), 0);
	assert_int_equal(pipe(parent_said), 0);
	middle = fork();
	if (middle == 0) {
		pid_t pid = ka_watchchild_start(say_and_wait, NULL);

		close(alive[1]);
		if (pid < 0 || write(parent_said[1], "x", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	assert_true(middle > 0);
	close(alive[1]);
	assert_int_equal(read(parent_said[0], &byte, 1), 1);
	assert_int_equal(kill(middle, SIGKILL), 0);
	assert_int_equal(waitpid(middle, NULL, 0), middle);
	alarm(20); /* it would wait for ever */
	assert_int_equal(read(alive[0], &byte, 1), 0);
	alarm(0);
	close(alive[0]);
	close(parent_said[0]);
	close(parent_said[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(start__works_with_no_signal_blocked),
		cmocka_unit_test(start__work_that_returns__ends_the_child),
		cmocka_unit_test(stop__none__nothing),
		cmocka_unit_test(parent_killed__the_child_ends),
	};

	if (pipe(pipe_of) < 0)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
