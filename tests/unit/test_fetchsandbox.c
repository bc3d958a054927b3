/* authkeys-fetch/fetchsandbox: what is still open behind it, and what is not. In a child, since there is no way back. */
#include "authkeys-cmd/fetch/fetchsandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/poison.h"

enum { NO_LANDLOCK = 42 };

static struct ka_conf conf;
static char named[] = "/tmp/ka-fetchsandbox.XXXXXX", other[] = "/tmp/ka-fetchsandbox.XXXXXX";

/* 0, or errno */
static int try_open(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd < 0)
		return errno;
	close(fd);
	return 0;
}

static int try_exec(void)
{
	char name[] = "false", *const args[] = { name, NULL };

	execv("/bin/false", args);
	return errno;
}

static int try_mkdir(const char *path)
{
	return mkdir(path, 0700) == 0 ? 0 : errno;
}

/* what a closed process finds; the exit status is the line at which it is not as it should be */
#define MUST(cond) \
	do { \
		if (!(cond)) \
			_exit(__LINE__ % 200 + 43); \
	} while (0)

static void look_around(void)
{
	MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	if (!ka_fetchsandbox(&conf))
		_exit(NO_LANDLOCK);
	/* what name resolution and TLS need */
	MUST(try_open("/etc/hosts", O_RDONLY) != EACCES);
	MUST(try_open("/etc/passwd", O_RDONLY) == 0);
	MUST(try_open("/usr", O_RDONLY | O_DIRECTORY) == 0);
	MUST(try_open("/dev/null", O_RDWR) == 0);
	/* what the configuration names, and nothing beside it */
	MUST(try_open(named, O_RDONLY) == 0);
	MUST(try_open(named, O_WRONLY) == EACCES);
	MUST(try_open(other, O_RDONLY) == EACCES);
	MUST(try_open("/tmp", O_RDONLY | O_DIRECTORY) == EACCES);
	MUST(try_open("/tmp/ka-fetchsandbox.new", O_WRONLY | O_CREAT) == EACCES);
	MUST(try_open("/etc/ka-fetchsandbox.new", O_WRONLY | O_CREAT) == EACCES);
	MUST(try_mkdir("/tmp/ka-fetchsandbox.dir") == EACCES);
	MUST(try_open("/proc/self/status", O_RDONLY) == EACCES);
	MUST(try_open("/", O_RDONLY | O_DIRECTORY) == EACCES);
	MUST(try_open("/var", O_RDONLY | O_DIRECTORY) == EACCES);
	MUST(try_open("/var/lib", O_RDONLY | O_DIRECTORY) == EACCES); /* the serial memory, the verdicts, the trail */
	MUST(try_open("/var/log", O_RDONLY | O_DIRECTORY) == EACCES);
	/* no other program */
	MUST(try_exec() == EACCES);
	_exit(0);
}

static void sandbox__closed__leaves_what_is_needed_and_nothing_else(void **state)
{
	int status, fd;
	pid_t pid;

	(void)state;
	fd = mkstemp(named);
	assert_true(fd >= 0);
	close(fd);
	fd = mkstemp(other);
	assert_true(fd >= 0);
	close(fd);
	conf.sources_count = 1;
	conf.sources[0] = (struct ka_conf_source){ .ca_file = named, .client_cert = "", .client_key = "", .token_file = "", .signers = "",
						   .users = "passwd" };
	pid = fork();
	if (pid == 0)
		look_around();
	assert_int_equal(waitpid(pid, &status, 0), pid);
	unlink(named);
	unlink(other);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == NO_LANDLOCK)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sandbox__closed__leaves_what_is_needed_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
