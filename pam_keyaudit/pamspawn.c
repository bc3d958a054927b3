/*
 * Starting the recorder from inside sshd. Must never run a shell, leave a zombie, reap a child that is not its
 * own, change a handler of sshd's, or wait beyond the deadline.
 */
#include "pam_keyaudit/pamspawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/spawn.h"

#include "base/poison.h"
#include "pam_keyaudit/pampoison.h"

#define KA_EXIT_NOT_SET_UP 126
#define KA_EXIT_NOT_FOUND 127

const char *ka_pamspawn_text(enum ka_pamspawn_result r)
{
	switch (r) {
	case KA_PAMSPAWN_OK: return "ok";
	case KA_PAMSPAWN_SYS: return "no process can be started";
	case KA_PAMSPAWN_MISSING: return "the recorder cannot be executed";
	case KA_PAMSPAWN_TIMEOUT: return "the recorder did not answer in time";
	case KA_PAMSPAWN_FAILED: return "the recorder failed";
	case KA_PAMSPAWN_GARBAGE: return "the recorder's answer is not understood";
	}
	return "?";
}

/* in the child; everything is blocked until the handlers of sshd are gone */
_Noreturn static void child(const char *const *argv, int out)
{
	static const char path_env[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin", locale_env[] = "LC_ALL=C";
	const char *env[] = { path_env, locale_env, NULL };
	union { const char *const *from; char *const *to; } args = { .from = argv }, envp = { .from = env };
	/* above 2, whatever sshd had open there */
	int null = fcntl(open("/dev/null", O_RDWR), F_DUPFD, 3), pipe_end = fcntl(out, F_DUPFD, 3);

	setsid();
	if (null < 0 || pipe_end < 0 || dup2(null, 0) < 0 || dup2(pipe_end, 1) < 0 || dup2(null, 2) < 0)
		_exit(KA_EXIT_NOT_SET_UP);
	ka_spawn_clean_child(3);
	execve(argv[0], args.to, envp.to);
	_exit(errno == ENOENT || errno == EACCES || errno == ENOEXEC ? KA_EXIT_NOT_FOUND : KA_EXIT_NOT_SET_UP);
}

static pid_t start(const char *const *argv, int *from)
{
	sigset_t all, before;
	int ends[2];
	pid_t pid;

	*from = -1;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	pid = fork();
	if (pid == 0)
		child(argv, ends[1]);
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(ends[1]);
	if (pid < 0)
		close(ends[0]);
	else
		*from = ends[0];
	return pid;
}

/* whether something stands behind the line; the writer is gone, so this is final */
static bool has_more(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	char byte;

	return poll(&pfd, 1, 0) > 0 && read(fd, &byte, 1) > 0;
}

static enum ka_pamspawn_result judge(enum ka_err read_err, int status, struct ka_span said, struct ka_pamanswer *answer)
{
	if (status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == KA_EXIT_NOT_FOUND && said.len == 0)
		return KA_PAMSPAWN_MISSING;
	if (read_err == KA_ERR_TIMEOUT)
		return KA_PAMSPAWN_TIMEOUT;
	if (read_err == KA_ERR_LIMIT)
		return KA_PAMSPAWN_GARBAGE;
	if (read_err != KA_ERR_OK || said.len == 0)
		return KA_PAMSPAWN_FAILED;
	/* -1: the application ignores SIGCHLD, so nobody knows */
	if (status != -1 && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
		return KA_PAMSPAWN_FAILED;
	return ka_pamanswer_parse(said, answer) ? KA_PAMSPAWN_OK : KA_PAMSPAWN_GARBAGE;
}

enum ka_pamspawn_result ka_pamspawn_record(const char *program, const struct ka_conn *conn, enum ka_phase phase,
					   const struct ka_pamargs *args, struct ka_pamanswer *answer)
{
	const char *argv[KA_ARGS_MAX] = { program, "record", "--connection", NULL, "--phase", ka_phase_text(phase) };
	int64_t until = ka_clock_boot_ms() + args->deadline_ms, left;
	char name[KA_CONN_NAME_MAX], said[KA_PAM_ANSWER_MAX + 2];
	KA_AUTOCLOSE int from = -1;
	size_t len = 0;
	enum ka_err err;
	int status;
	pid_t pid;

	memset(answer, 0, sizeof(*answer));
	ka_conn_name(conn, name);
	argv[3] = name;
	if (phase == KA_PHASE_SESSION && args->enforce != KA_PAMARGS_ENFORCE_NO)
		argv[6] = args->enforce == KA_PAMARGS_ENFORCE_SOFT ? "--enforce=soft" : "--enforce";
	pid = start(argv, &from);
	if (pid < 0)
		return KA_PAMSPAWN_SYS;
	err = ka_fd_read_deadline(from, said, sizeof(said), args->deadline_ms, &len);
	left = until - ka_clock_boot_ms();
	status = ka_spawn_reap(pid, err == KA_ERR_OK && left > 0 ? (int)left : 0, true);
	if (err == KA_ERR_OK && has_more(from))
		err = KA_ERR_LIMIT;
	return judge(err, status, (struct ka_span){ (const uint8_t *)said, len }, answer);
}
