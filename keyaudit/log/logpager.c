/* The child reads what we print. Quitting early ends our output with EPIPE, which is no fault. */
#include "keyaudit/log/logpager.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/err.h"

#include "base/poison.h"

static const char *const places[] = { "/usr/bin/less", "/bin/less", "/usr/bin/more", "/bin/more" };

static const char *find_program(void)
{
	for (size_t i = 0; i < KA_ARRAY_LEN(places); i++)
		if (access(places[i], X_OK) == 0)
			return places[i];
	return NULL;
}

/* in the child; does not come back */
static void become(const char *command, const char *program)
{
	signal(SIGPIPE, SIG_DFL);
	/* -F short output needs no pager, -R colours only, -X what was shown stays */
	if (setenv("LESS", "FRX", 0) == 0) {
		if (command != NULL)
			execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		else
			execl(program, program, (char *)NULL);
	}
	_exit(127);
}

pid_t ka_logpager_begin(void)
{
	const char *command = secure_getenv("PAGER"), *program = command == NULL ? find_program() : NULL;
	int ends[2];
	pid_t pid;

	if (isatty(STDOUT_FILENO) != 1 || (command != NULL ? command[0] == '\0' || strcmp(command, "cat") == 0 : program == NULL))
		return 0;
	if (fflush(NULL) != 0 || pipe2(ends, O_CLOEXEC) < 0)
		return 0;
	KA_AUTOCLOSE int from = ends[0], to = ends[1];
	pid = fork();
	if (pid == 0) {
		if (dup2(from, STDIN_FILENO) < 0)
			_exit(127);
		become(command, program);
	}
	if (pid < 0)
		return 0;
	signal(SIGPIPE, SIG_IGN);
	return dup2(to, STDOUT_FILENO) < 0 ? 0 : pid;
}

void ka_logpager_end(pid_t pager)
{
	if (pager <= 0)
		return;
	(void)fflush(stdout);
	KA_AUTOCLOSE int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (null < 0 || dup2(null, STDOUT_FILENO) < 0) /* the end of its input; what it did not want has a place to go */
		(void)close(STDOUT_FILENO);
	while (waitpid(pager, NULL, 0) < 0 && errno == EINTR)
		continue;
}
