/* diag/uidlock: one look at a user's files at a time, and nothing that is no lock of ours is taken for one. */
#include "diag/uidlock.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "keyaudit/case/removal.h"

#include "base/poison.h"

static char dir[64], kept[96], path[128];

static int make(void **state)
{
	static const char pattern[] = "/tmp/ka-lock-XXXXXX";

	(void)state;
	memcpy(dir, pattern, sizeof(pattern));
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(kept, sizeof(kept), "%s/kept", dir);
	snprintf(path, sizeof(path), "%s/1001", kept);
	return 0;
}

static int drop(void **state)
{
	(void)state;
	return ka_removal_entry(AT_FDCWD, dir) ? 0 : -1;
}

static void lock__held_by_a_child_that_hangs__is_not_given(void **state)
{
	int fd, other;
	pid_t pid;
	int64_t begin;

	(void)state;
	assert_true(ka_uidlock_take(kept, 1001, 0, &fd));
	assert_true(fd >= 0);
	pid = fork();
	if (pid == 0) {
		pause();
		_exit(0);
	}
	close(fd); /* the child has it still */
	begin = ka_clock_boot_ms();
	assert_false(ka_uidlock_take(kept, 1001, 50, &other));
	assert_true(ka_clock_boot_ms() - begin >= 50);
	assert_true(ka_uidlock_take(kept, 1002, 0, &other)); /* another user is not held up */
	close(other);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_true(ka_uidlock_take(kept, 1001, 0, &other));
	close(other);
}

/* closed to others, and not handed on to a program */
static void lock__taken__is_a_file_of_our_own(void **state)
{
	struct stat st;
	int fd;

	(void)state;
	umask(0);
	assert_true(ka_uidlock_take(kept, 1001, 0, &fd));
	assert_true(fd >= 0);
	assert_int_equal(stat(kept, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(lstat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
	close(fd);
	assert_true(ka_uidlock_take(kept, 4294967294u, 0, &fd)); /* the highest uid */
	assert_true(fd >= 0);
	close(fd);
}

static void lock__given_back__is_had_at_once(void **state)
{
	int fd, other;

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_true(ka_uidlock_take(kept, 1001, 0, &fd));
		assert_true(fd >= 0);
		assert_false(ka_uidlock_take(kept, 1001, 0, &other)); /* its holder too */
		assert_int_equal(other, -1);
		close(fd);
	}
}

/* where no lock can be had nothing is guarded, and the look goes on */
static void lock__no_place_for_it__nothing_is_guarded(void **state)
{
	char target[128];
	struct stat st;
	int fd = 7;

	(void)state;
	assert_true(ka_uidlock_take("/nonexistent/dir/kept", 1001, 0, &fd));
	assert_int_equal(fd, -1);
	assert_int_equal(symlink(dir, kept), 0); /* the directory is a link */
	assert_true(ka_uidlock_take(kept, 1001, 0, &fd));
	assert_int_equal(fd, -1);
	snprintf(target, sizeof(target), "%s/1001", dir);
	assert_int_equal(lstat(target, &st), -1);
	assert_int_equal(unlink(kept), 0);
	assert_int_equal(mkdir(kept, 0700), 0);
	snprintf(target, sizeof(target), "%s/target", dir);
	assert_int_equal(symlink(target, path), 0); /* the name is one */
	assert_true(ka_uidlock_take(kept, 1001, 0, &fd));
	assert_int_equal(fd, -1);
	assert_int_equal(lstat(target, &st), -1);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0); /* or a directory */
	assert_true(ka_uidlock_take(kept, 1001, 0, &fd));
	assert_int_equal(fd, -1);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, make, drop)
	const struct CMUnitTest tests[] = {
		T(lock__held_by_a_child_that_hangs__is_not_given),
		T(lock__taken__is_a_file_of_our_own),
		T(lock__given_back__is_had_at_once),
		T(lock__no_place_for_it__nothing_is_guarded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
