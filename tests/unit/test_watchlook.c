/* keyaudit/watchlook, in a root of our own: the eye lets those go who wait, ends with its parent, and is started again. */
#include "keyaudit/collect/watchlook.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/paths.h"
#include "keyaudit/case/removal.h"
#include "spool/look.h"
#include "tests/unit/lib/runplace.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

#define DOOR KA_PATH_EYE "/" KA_LOOK_NAME
#define PATIENCE_MS 5000

static struct ka_rundir dirs;
static bool has_proc; /* else there is nothing to be seen of any process */

static int make(void **state)
{
	(void)state;
	has_proc = trustroot_proc();
	trustroot_dir("/run", 0755, 0);
	while (!ka_removal_entry(AT_FDCWD, KA_PATH_RUN))
		;
	trustroot_dir(KA_PATH_RUN, 0755, 0);
	trustroot_dir(KA_PATH_SPOOL, 0730, 0);
	trustroot_dir(KA_PATH_EYE, 0710, 0);
	trustroot_dir(KA_PATH_SEEN, 0700, 0);
	memset(&dirs, 0xff, sizeof(dirs));
	dirs.spool = open(KA_PATH_SPOOL, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dirs.eye = open(KA_PATH_EYE, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	dirs.seen = open(KA_PATH_SEEN, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dirs.spool < 0 || dirs.eye < 0 || dirs.seen < 0;
}

static int drop(void **state)
{
	(void)state;
	close(dirs.spool);
	close(dirs.eye);
	close(dirs.seen);
	return 0;
}

/* is it there before our patience ends? */
static bool comes(const char *path)
{
	int64_t until = ka_clock_boot_ms() + PATIENCE_MS;

	while (access(path, F_OK) != 0 && ka_clock_boot_ms() < until)
		usleep(1000);
	return access(path, F_OK) == 0;
}

/* how long a command is kept waiting */
static int64_t waits(void)
{
	int64_t begin = ka_clock_boot_ms();

	ka_look_wait(DOOR, PATIENCE_MS);
	return ka_clock_boot_ms() - begin;
}

static void start__commands_that_wait__are_let_go(void **state)
{
	pid_t pid;

	(void)state;
	if (!has_proc)
		skip();
	pid = ka_watchlook_start(&dirs);
	assert_true(pid > 0);
	assert_true(comes(DOOR));
	for (int i = 0; i < 20; i++) {
		char name[32];

		snprintf(name, sizeof(name), "%d.%d", 2147480000 + i, i); /* of processes that have gone already */
		runplace_put(dirs.spool, name, "");
		assert_true(waits() < PATIENCE_MS);
	}
	assert_int_equal(waitpid(pid, NULL, WNOHANG), 0); /* it lives */
	ka_watchlook_stop(&pid);
	assert_int_equal(pid, -1);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* collected */
	assert_int_equal(errno, ECHILD);
	assert_true(waits() < PATIENCE_MS); /* nobody is there: nobody waits */
}

/* whoever may write there may make any name, and as many as there are: the eye goes on, and takes none for a monitor */
static void look__hostile_names__nothing_is_noted(void **state)
{
	static const char *const names[] = { "x", "..x", "1.1", "-1.1", "0.0", "999999999999.1", "\xff\n\x1b[2J", "2147483647.18446744073709551615" };
	char name[256], own[64];
	pid_t pid;

	(void)state;
	if (!has_proc)
		skip();
	pid = ka_watchlook_start(&dirs);
	assert_true(comes(DOOR));
	for (size_t i = 0; i < KA_ARRAY_LEN(names); i++)
		runplace_put(dirs.spool, names[i], "");
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	runplace_put(dirs.spool, name, "");
	snprintf(own, sizeof(own), "%d.1", (int)getpid()); /* alive, and no sshd */
	runplace_put(dirs.spool, own, "");
	for (int i = 0; i < 500; i++) {
		snprintf(name, sizeof(name), "flood%d", i);
		runplace_put(dirs.spool, name, "");
	}
	assert_true(waits() < PATIENCE_MS);
	assert_int_equal(waitpid(pid, NULL, WNOHANG), 0);
	assert_false(runplace_has(dirs.seen, own));
	for (size_t i = 0; i < KA_ARRAY_LEN(names); i++)
		assert_false(runplace_has(dirs.seen, names[i]));
	ka_watchlook_stop(&pid);
}

static void keep__it_has_died__another_one_looks(void **state)
{
	pid_t pid = -1, first;
	int64_t until = ka_clock_boot_ms() + PATIENCE_MS;

	if (!has_proc)
		skip();
	(void)state;
	ka_watchlook_keep(&dirs, &pid); /* there was none */
	first = pid;
	assert_true(first > 0);
	assert_true(comes(DOOR));
	ka_watchlook_keep(&dirs, &pid);
	assert_int_equal(pid, first); /* it lives: left alone */
	assert_int_equal(kill(first, SIGKILL), 0);
	while (pid == first && ka_clock_boot_ms() < until)
		ka_watchlook_keep(&dirs, &pid);
	assert_true(pid > 0 && pid != first);
	until = ka_clock_boot_ms() + PATIENCE_MS;
	runplace_put(dirs.spool, "2147480000.1", "");
	assert_true(waits() < PATIENCE_MS);
	ka_watchlook_stop(&pid);
	ka_watchlook_stop(&pid); /* there is none: nothing happens */
	assert_int_equal(pid, -1);
}

/* without a spool there is nothing to look at: it ends, and is no zombie */
static void start__no_spool__ends_by_itself(void **state)
{
	int status;
	pid_t pid;

	if (!has_proc)
		skip();
	(void)state;
	assert_int_equal(rmdir(KA_PATH_SPOOL), 0);
	pid = ka_watchlook_start(&dirs);
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	ka_watchlook_keep(&dirs, &pid);
	ka_watchlook_stop(&pid);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* its parent is killed: it ends too, whatever it is doing */
static void start__its_parent_dies__it_dies(void **state)
{
	int ends[2], status;
	pid_t parent, eye = -1, ended;
	int64_t until = ka_clock_boot_ms() + PATIENCE_MS;

	if (!has_proc)
		skip();
	(void)state;
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
	assert_int_equal(pipe(ends), 0);
	parent = fork();
	if (parent == 0) {
		pid_t pid = ka_watchlook_start(&dirs);

		if (write(ends[1], &pid, sizeof(pid)) != (ssize_t)sizeof(pid))
			_exit(1);
		for (;;)
			pause();
	}
	assert_int_equal(read(ends[0], &eye, sizeof(eye)), sizeof(eye));
	assert_true(comes(DOOR));
	assert_int_equal(kill(parent, SIGKILL), 0);
	assert_int_equal(waitpid(parent, &status, 0), parent);
	while ((ended = waitpid(eye, &status, WNOHANG)) == 0 && ka_clock_boot_ms() < until) /* its death is ours to see now */
		usleep(1000);
	if (ended != eye)
		kill(eye, SIGKILL);
	assert_int_equal(ended, eye);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	close(ends[0]);
	close(ends[1]);
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 0), 0);
}

#define IN_ROOT(f) cmocka_unit_test_setup_teardown(f, make, drop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_ROOT(start__commands_that_wait__are_let_go),
		IN_ROOT(look__hostile_names__nothing_is_noted),
		IN_ROOT(keep__it_has_died__another_one_looks),
		IN_ROOT(start__no_spool__ends_by_itself),
		IN_ROOT(start__its_parent_dies__it_dies),
	};

	alarm(60); /* nothing here may hang for ever */
	return trustroot_run(tests, NULL);
}
