/*
 * Runs the command as sshd does: we call ourselves sshd, stay its parent, and the child has
 * the user _keyaudit, /dev/null as standard input, a pipe as standard output, and no other
 * descriptor. Its output is ours. For the tests of authkeys-cmd in a throw-away world.
 *
 *   assshd [-n NAME] [-x DIGITS] [-g] [-e] COMMAND [ARG...]
 *
 *   -n NAME    call ourselves NAME instead
 *   -x 012     the child begins without these descriptors
 *   -g         nobody reads the output any more
 *   -e         one run for each line of standard input, which stands for every argument @
 *
 * Status 0 when each run ended with status 0 and an empty standard error, else 1; 2 when the runs could not be made.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"

#include "base/poison.h"

#define ARGS_MAX 64

struct how {
	const struct passwd *user;
	const char *name, *closed;
	bool reader_is_gone, each_line;
	char **argv;
};

static void die(const char *what)
{
	fprintf(stderr, "assshd: %s: %s\n", what, strerrorname_np(errno));
	exit(2);
}

static void child(const struct how *h, char **argv, int out, int err)
{
	static char path[] = "PATH=/usr/bin:/bin", *envp[] = { path, NULL };
	int null = open("/dev/null", O_RDWR);

	if (setgid(h->user->pw_gid) != 0 || setuid(h->user->pw_uid) != 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
		_exit(126);
	close_range(3, ~0u, 0);
	signal(SIGPIPE, SIG_DFL);
	alarm(20);
	for (const char *p = h->closed; *p != '\0'; p++)
		close(*p - '0');
	execve(argv[0], argv, envp);
	_exit(127);
}

static bool is_silent(int err)
{
	static char text[4096];
	ssize_t n = pread(err, text, sizeof(text), 0);

	if (n > 0)
		fprintf(stderr, "assshd: standard error: %.*s\n", (int)n, text);
	return n == 0;
}

static bool run(const struct how *h, char **argv)
{
	static char block[65536];
	int err = memfd_create("stderr", MFD_CLOEXEC), out[2], status;
	bool fine;
	ssize_t n;
	pid_t pid;

	if (err < 0 || pipe(out) != 0)
		die("pipe");
	if (h->reader_is_gone)
		close(out[0]);
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0)
		child(h, argv, out[1], err);
	close(out[1]);
	while (!h->reader_is_gone && (n = read(out[0], block, sizeof(block))) > 0)
		if (write(STDOUT_FILENO, block, (size_t)n) != n)
			die("write");
	if (!h->reader_is_gone)
		close(out[0]);
	if (waitpid(pid, &status, 0) != pid)
		die("waitpid");
	if (status != 0)
		fprintf(stderr, "assshd: wait status %d\n", status);
	fine = is_silent(err) && status == 0;
	close(err);
	return fine;
}

static bool run_with(const struct how *h, char *line)
{
	char *argv[ARGS_MAX + 1];
	int n = 0;

	for (; h->argv[n] != NULL && n < ARGS_MAX; n++)
		argv[n] = strcmp(h->argv[n], "@") == 0 ? line : h->argv[n];
	argv[n] = NULL;
	return run(h, argv);
}

static bool run_each(const struct how *h)
{
	char *line = NULL;
	bool fine = true;
	size_t size = 0;
	ssize_t n;

	while ((n = getline(&line, &size, stdin)) > 0) {
		line[n - 1] = line[n - 1] == '\n' ? '\0' : line[n - 1];
		fine = run_with(h, line) && fine;
	}
	free(line);
	return fine;
}

int main(int argc, char **argv)
{
	struct how h = { .name = "sshd", .closed = "" };
	int opt;

	while ((opt = getopt(argc, argv, "+n:x:ge")) != -1) {
		switch (opt) {
		case 'n': h.name = optarg; break;
		case 'x': h.closed = optarg; break;
		case 'g': h.reader_is_gone = true; break;
		case 'e': h.each_line = true; break;
		default: return 2;
		}
	}
	h.argv = argv + optind;
	h.user = getpwnam("_keyaudit");
	if (h.argv[0] == NULL || h.user == NULL) {
		fputs("usage: assshd [-n NAME] [-x DIGITS] [-g] [-e] COMMAND [ARG...], where the user _keyaudit exists\n", stderr);
		return 2;
	}
	if (setgroups(0, NULL) != 0 || prctl(PR_SET_NAME, h.name) != 0)
		die("only root");
	return (h.each_line ? run_each(&h) : run(&h, h.argv)) ? 0 : 1;
}
