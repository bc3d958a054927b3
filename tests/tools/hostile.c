/*
 * Starts a program as somebody would who wants it to go wrong; tells what somebody can do to a process.
 *
 *   hostile [WORD...] -- PROGRAM [ARGUMENT...]
 *     fds             every number from 3 to 60 is a copy of standard input
 *     closed          0, 1 and 2 are closed
 *     blocked         every signal is blocked
 *     pending         and one of them waits: SIGALRM, SIGTERM
 *     ignored         every signal is ignored
 *     timer=MS        SIGALRM, SIGVTALRM and SIGPROF in so many milliseconds
 *     nofile=N fsize=N as=N     limits, hard and soft; soft=N: of descriptors, soft only
 *     core            a core as large as it likes
 *     noargv          argc is 0
 *     argv0=TEXT      another name
 *     umask           nothing is masked
 *   hostile traced -- PROGRAM [ARGUMENT...]
 *     with a tracer; prints the effective uid behind its exec, then its output
 *   hostile attack PID
 *     prints each of trace, memory, descriptors, environment, kill that is allowed
 *   hostile landlock
 *     prints yes where the kernel has it
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/text.h"

#include "base/poison.h"

static char *argv0;
static int no_argv;

static uint64_t number(const char *text)
{
	uint64_t n = 0;

	if (!ka_text_to_u64(ka_span_of(text), UINT32_MAX, &n))
		exit(124);
	return n;
}

static void limit(__rlimit_resource_t what, uint64_t n)
{
	if (setrlimit(what, &(const struct rlimit){ n, n }) != 0)
		exit(124);
}

static void take_fds(const char *value)
{
	(void)value;
	for (int fd = 3; fd <= 60; fd++)
		dup2(0, fd);
}

static void take_closed(const char *value)
{
	(void)value;
	for (int fd = 0; fd <= 2; fd++)
		close(fd);
}

static void take_blocked(const char *value)
{
	sigset_t all;

	(void)value;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
}

static void take_pending(const char *value)
{
	take_blocked(value);
	raise(SIGALRM);
	raise(SIGTERM);
}

static void take_ignored(const char *value)
{
	(void)value;
	for (int sig = 1; sig < NSIG; sig++)
		if (sig != SIGKILL && sig != SIGSTOP)
			signal(sig, SIG_IGN);
}

static void take_timer(const char *value)
{
	const struct itimerval t = { .it_value = { .tv_usec = (suseconds_t)number(value) * 1000 }, .it_interval = { .tv_usec = 100000 } };

	setitimer(ITIMER_REAL, &t, NULL);
	setitimer(ITIMER_VIRTUAL, &t, NULL);
	setitimer(ITIMER_PROF, &t, NULL);
}

static void take_nofile(const char *value)
{
	limit(RLIMIT_NOFILE, number(value));
}

static void take_soft(const char *value)
{
	struct rlimit now;

	if (getrlimit(RLIMIT_NOFILE, &now) != 0 || setrlimit(RLIMIT_NOFILE, &(const struct rlimit){ number(value), now.rlim_max }) != 0)
		exit(124);
}

static void take_fsize(const char *value)
{
	limit(RLIMIT_FSIZE, number(value));
}

static void take_as(const char *value)
{
	limit(RLIMIT_AS, number(value));
}

static void take_core(const char *value)
{
	struct rlimit now;

	(void)value;
	if (getrlimit(RLIMIT_CORE, &now) == 0)
		setrlimit(RLIMIT_CORE, &(const struct rlimit){ now.rlim_max, now.rlim_max });
}

static void take_noargv(const char *value)
{
	(void)value;
	no_argv = 1;
}

static void take_argv0(const char *value)
{
	argv0 = strdup(value);
}

static void take_umask(const char *value)
{
	(void)value;
	umask(0);
}

static void take(const char *word)
{
	static const struct { const char *name; void (*take)(const char *value); } words[] = {
		{ "fds", take_fds }, { "closed", take_closed }, { "blocked", take_blocked }, { "pending", take_pending },
		{ "ignored", take_ignored }, { "timer=", take_timer }, { "nofile=", take_nofile }, { "soft=", take_soft },
		{ "fsize=", take_fsize }, { "as=", take_as }, { "core", take_core }, { "noargv", take_noargv },
		{ "argv0=", take_argv0 }, { "umask", take_umask },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t n = strlen(words[i].name);

		if (strncmp(word, words[i].name, n) == 0 && (word[n] == '\0' || words[i].name[n - 1] == '=')) {
			words[i].take(word + n);
			return;
		}
	}
	fprintf(stderr, "hostile: %s?\n", word);
	exit(124);
}

static int effective_uid(pid_t pid)
{
	char path[64], line[256];
	unsigned real, effective;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "re");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL) {
		char *rest = line + 4;

		if (strncmp(line, "Uid:", 4) != 0)
			continue;
		real = (unsigned)strtoul(rest, &rest, 10);
		effective = (unsigned)strtoul(rest, &rest, 10);
		(void)real;
		fclose(f);
		return (int)effective;
	}
	return -1;
}

static int run_traced(char **argv)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execv(argv[0], argv);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
		if (WSTOPSIG(status) == SIGTRAP) {
			printf("euid=%d\n", effective_uid(pid));
			fflush(stdout);
			ptrace(PTRACE_CONT, pid, NULL, NULL);
		} else {
			ptrace(PTRACE_CONT, pid, NULL, (void *)(intptr_t)WSTOPSIG(status));
		}
	}
	return 0;
}

static void say_if(int allowed, const char *what)
{
	if (allowed)
		puts(what);
}

static int can_read(pid_t pid, const char *file)
{
	char path[64], byte;
	int fd, got;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	got = strcmp(file, "mem") == 0 || read(fd, &byte, 1) == 1;
	close(fd);
	return got;
}

static int attack(pid_t pid)
{
	char byte, path[64];
	struct iovec here = { &byte, 1 }, there = { (void *)0x400000, 1 };

	say_if(ptrace(PTRACE_SEIZE, pid, NULL, NULL) == 0, "trace");
	say_if(process_vm_readv(pid, &here, 1, &there, 1, 0) >= 0 || errno == EFAULT, "memory");
	say_if(can_read(pid, "mem"), "mem");
	say_if(can_read(pid, "environ"), "environment");
	say_if(can_read(pid, "maps"), "maps");
	snprintf(path, sizeof(path), "/proc/%d/fd/3", (int)pid);
	say_if(access(path, F_OK) == 0, "descriptors");
	say_if(kill(pid, SIGTERM) == 0, "kill");
	puts("done");
	return 0;
}

int main(int argc, char **argv)
{
	char *none[] = { NULL };
	int i = 1;

	if (argc == 2 && strcmp(argv[1], "landlock") == 0) /* its version, since Linux 5.13 */
		return puts(syscall(SYS_landlock_create_ruleset, NULL, 0, 1) > 0 ? "yes" : "no") < 0;
	if (argc == 3 && strcmp(argv[1], "attack") == 0)
		return attack((pid_t)number(argv[2]));
	if (argc > 3 && strcmp(argv[1], "traced") == 0 && strcmp(argv[2], "--") == 0)
		return run_traced(argv + 3);
	for (; i < argc && strcmp(argv[i], "--") != 0; i++)
		take(argv[i]);
	if (i + 1 >= argc)
		return 124;
	argv += i + 1;
	if (argv0 != NULL) {
		char *program = argv[0];

		argv[0] = argv0;
		execv(program, argv);
	} else {
		execv(argv[0], no_argv ? none : argv);
	}
	return 127;
}
