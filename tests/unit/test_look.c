/* The wait for the collector's look: it ends when the collector says so, when nobody is there, or when its time is up. */
#include "spool/look.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/clock.h"
#include "base/limits.h"

#include "base/poison.h"

static struct {
	char dir[32], path[64];
	int fd, door;
} w;

static int make(void **state)
{
	(void)state;
	memcpy(w.dir, "/tmp/ka-look.XXXXXX", 20);
	if (mkdtemp(w.dir) == NULL)
		return -1;
	snprintf(w.path, sizeof(w.path), "%s/%s", w.dir, KA_LOOK_NAME);
	w.fd = open(w.dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	w.door = ka_look_listen(w.fd);
	return w.door >= 0 ? 0 : -1;
}

static int drop(void **state)
{
	(void)state;
	if (w.door >= 0)
		close(w.door);
	unlinkat(w.fd, KA_LOOK_NAME, 0);
	close(w.fd);
	return rmdir(w.dir);
}

/* a child that waits at most @ms and tells by its status whether the whole time had passed */
static pid_t waits(int ms)
{
	pid_t pid = fork();

	if (pid == 0) {
		int64_t begin = ka_clock_boot_ms();

		if (w.door >= 0)
			close(w.door);
		ka_look_wait(w.path, ms);
		_exit(ka_clock_boot_ms() - begin >= ms ? 1 : 0);
	}
	return pid;
}

static bool used_all_its_time(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status) == 1;
}

static int accept_one(void)
{
	for (int n = 0; n < 5000; n++) {
		int fd = accept4(w.door, NULL, NULL, SOCK_CLOEXEC);

		if (fd >= 0)
			return fd;
		usleep(1000);
	}
	return -1;
}

static void wait__is_accepted_and_closed__ends(void **state)
{
	pid_t pid = waits(60000);
	int fd = accept_one();

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(kill(pid, 0), 0);
	close(fd);
	assert_false(used_all_its_time(pid));
}

static void wait__nobody_accepts__ends_when_its_time_is_up(void **state)
{
	(void)state;
	assert_true(used_all_its_time(waits(20)));
}

static void wait__the_listener_ends__ends(void **state)
{
	pid_t pid = waits(60000);
	int fd = accept_one();

	(void)state;
	close(w.door);
	w.door = -1;
	close(fd);
	assert_false(used_all_its_time(pid));
	assert_false(used_all_its_time(waits(60000))); /* a socket without a listener */
}

static void wait__there_is_no_socket__ends(void **state)
{
	(void)state;
	unlinkat(w.fd, KA_LOOK_NAME, 0);
	assert_false(used_all_its_time(waits(60000)));
	assert_int_equal(symlinkat("/", w.fd, KA_LOOK_NAME), 0);
	assert_false(used_all_its_time(waits(60000)));
}

static void wait__too_many_wait__ends(void **state)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fds[2 * KA_LOOK_BACKLOG], n = 0;

	(void)state;
	memcpy(to.sun_path, w.path, sizeof(w.path));
	for (; n < 2 * KA_LOOK_BACKLOG; n++) {
		fds[n] = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		if (connect(fds[n], (const struct sockaddr *)&to, sizeof(to)) != 0)
			break;
	}
	assert_in_range(n, KA_LOOK_BACKLOG, 2 * KA_LOOK_BACKLOG - 1);
	assert_false(used_all_its_time(waits(60000)));
	for (int i = 0; i <= n; i++)
		close(fds[i]);
}

static void listen__an_older_socket__gives_way(void **state)
{
	int again = ka_look_listen(w.fd);
	struct stat st;

	(void)state;
	assert_true(again >= 0);
	close(w.door);
	w.door = again;
	assert_int_equal(fstatat(w.fd, KA_LOOK_NAME, &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(st.st_mode & 0777, 0666);
	wait__is_accepted_and_closed__ends(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(wait__is_accepted_and_closed__ends, make, drop),
		cmocka_unit_test_setup_teardown(wait__nobody_accepts__ends_when_its_time_is_up, make, drop),
		cmocka_unit_test_setup_teardown(wait__the_listener_ends__ends, make, drop),
		cmocka_unit_test_setup_teardown(wait__there_is_no_socket__ends, make, drop),
		cmocka_unit_test_setup_teardown(wait__too_many_wait__ends, make, drop),
		cmocka_unit_test_setup_teardown(listen__an_older_socket__gives_way, make, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
