/* Running another program. It must never run a shell, leak a descriptor, or wait without an end. */
#include "base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/limits.h"

#include "base/poison.h"

_Static_assert(KA_CLOSE_LOOP_MAX >= KA_COLLECT_FILES_MAX, "a child without exec would keep descriptors of the collector");

void ka_spawn_clean_child(int lowest)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		if (sig != SIGKILL && sig != SIGSTOP)
			sigaction(sig, &dfl, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (syscall(SYS_close_range, (unsigned)lowest, ~0u, 0) != 0)
		for (int fd = lowest; fd < KA_CLOSE_LOOP_MAX; fd++)
			close(fd);
	if (chdir("/") != 0)
		_exit(126);
}

/* the three pipes to a child, each end -1 when there is none */
struct pipes {
	int in[2], out[2], told[2]; /* its stdin; its stdout; why it could not be executed */
};

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void close_all(struct pipes *p)
{
	int *ends[] = { &p->in[0], &p->in[1], &p->out[0], &p->out[1], &p->told[0], &p->told[1] };

	for (size_t i = 0; i < KA_ARRAY_LEN(ends); i++)
		close_end(ends[i]);
}

static bool open_pipes(const struct ka_spawn *what, struct pipes *p)
{
	*p = (struct pipes){ { -1, -1 }, { -1, -1 }, { -1, -1 } };
	if (pipe2(p->out, O_CLOEXEC) == 0 && pipe2(p->told, O_CLOEXEC) == 0 && (what->input == NULL || pipe2(p->in, O_CLOEXEC) == 0))
		return true;
	close_all(p);
	return false;
}

bool ka_spawn_keep_ids(void)
{
	uid_t uid = geteuid();
	gid_t gid = getegid();

	if (getuid() == uid && getgid() == gid)
		return true;
	return setresgid(gid, gid, gid) == 0 && setresuid(uid, uid, uid) == 0;
}

_Noreturn static void child(const struct ka_spawn *what, const struct pipes *p)
{
	static const char path_env[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin", locale_env[] = "LC_ALL=C";
	const char *env[KA_SPAWN_ENV_MAX + 3] = { path_env, locale_env };
	union { const char *const *from; char *const *to; } argv = { .from = what->argv }, envp = { .from = env };
	int null = open("/dev/null", O_RDWR), errnum;
	ssize_t put;

	for (size_t i = 0; what->env != NULL && what->env[i] != NULL && i < KA_SPAWN_ENV_MAX; i++)
		env[i + 2] = what->env[i];
	setsid();
	if (null < 0 || !ka_spawn_keep_ids() || dup2(p->in[0] >= 0 ? p->in[0] : null, 0) < 0 || dup2(p->out[1], 1) < 0 ||
	    dup2(what->with_stderr ? p->out[1] : null, 2) < 0 || (p->told[1] != 3 && dup3(p->told[1], 3, O_CLOEXEC) < 0))
		_exit(126);
	ka_spawn_clean_child(4);
	execve(what->argv[0], argv.to, envp.to);
	errnum = errno;
	put = write(3, &errnum, sizeof(errnum)); /* into an empty pipe: it fits */
	_exit(put == (ssize_t)sizeof(errnum) ? 127 : 126);
}

/* whether @pid has ended, waiting for it at most @ms; nothing is reaped */
static bool wait_end(pid_t pid, int ms)
{
	int64_t until = ka_clock_boot_ms() + ms, left;
	KA_AUTOCLOSE int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	while ((left = until - ka_clock_boot_ms()) > 0) {
		siginfo_t info = { .si_pid = 0 };

		/* Linux before 5.3 has no pidfd: look every few milliseconds */
		if (fd < 0 && (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid == pid))
			return true;
		if (poll(&pfd, fd >= 0 ? 1 : 0, fd >= 0 || left < KA_REAP_STEP_MS ? (int)left : KA_REAP_STEP_MS) > 0)
			return true;
	}
	return false;
}

/* the status of a child that has ended; -1 when it is nobody's, or a tracer keeps it */
static int take_status(pid_t pid)
{
	int64_t until = ka_clock_boot_ms() + KA_REAP_KILLED_MS;
	int status = -1;
	pid_t got;

	while ((got = waitpid(pid, &status, WNOHANG)) <= 0) {
		if ((got < 0 && errno != EINTR) || ka_clock_boot_ms() >= until)
			return -1;
		poll(NULL, 0, KA_REAP_STEP_MS);
	}
	return status;
}

/* @also_behind: the group is not to outlive a child that has ended by itself either; until it is reaped its number is nobody else's */
static int reap(pid_t pid, int ms, bool group, bool also_behind)
{
	bool ended = wait_end(pid, ms);

	if (group && (!ended || also_behind))
		kill(-pid, SIGKILL);
	if (!ended) {
		kill(pid, SIGKILL); /* a child that has not come to setsid() yet has no group */
		ended = wait_end(pid, KA_REAP_KILLED_MS);
	}
	return ended ? take_status(pid) : -1;
}

int ka_spawn_reap(pid_t pid, int ms, bool group)
{
	return reap(pid, ms, group, false);
}

/* move bytes both ways until the child closes its stdout */
static enum ka_err pump(const struct ka_spawn *what, int64_t until, int *in, int out_fd, struct ka_spawn_out *out)
{
	size_t sent = 0;

	for (;;) {
		struct pollfd pfd[2] = { { .fd = out_fd, .events = POLLIN }, { .fd = *in, .events = POLLOUT } };
		int64_t left = until - ka_clock_boot_ms();
		int ready = left > 0 ? poll(pfd, 2, (int)left) : 0;

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0)
			return ready < 0 ? KA_ERR_SYS : KA_ERR_TIMEOUT;
		if (*in >= 0 && pfd[1].revents != 0) {
			ssize_t put = ka_fd_write_quietly(*in, what->input + sent, what->input_len - sent);

			sent += put > 0 ? (size_t)put : 0;
			if ((put < 0 && errno != EINTR && errno != EAGAIN) || sent == what->input_len) {
				close(*in);
				*in = -1;
			}
		}
		if (pfd[0].revents != 0) {
			ssize_t got = read(out_fd, out->output + out->len, what->output_max + 1 - out->len);

			if (got < 0 && errno == EINTR)
				continue;
			if (got <= 0)
				return got < 0 ? KA_ERR_SYS : KA_ERR_OK;
			out->len += (size_t)got;
			if (out->len > what->output_max)
				return KA_ERR_LIMIT;
		}
	}
}

/* the child has ended, or is about to: what it wrote stands in the pipe, which nobody else holds after an exec */
static int read_told(int fd)
{
	int errnum = 0;

	if (fcntl(fd, F_SETFL, O_NONBLOCK) != 0 || read(fd, &errnum, sizeof(errnum)) != (ssize_t)sizeof(errnum))
		return 0;
	return errnum;
}

/* in the parent, with a child */
static enum ka_err attend(const struct ka_spawn *what, int64_t until, pid_t pid, struct pipes *p, struct ka_spawn_out *out)
{
	int64_t left;
	enum ka_err err;

	close_end(&p->in[0]);
	close_end(&p->out[1]);
	close_end(&p->told[1]);
	if (p->in[1] >= 0)
		fcntl(p->in[1], F_SETFL, O_NONBLOCK);
	err = pump(what, until, &p->in[1], p->out[0], out);
	close_end(&p->out[0]);
	close_end(&p->in[1]);
	left = until - ka_clock_boot_ms();
	out->status = reap(pid, err == KA_ERR_OK && left > 0 ? (int)left : 0, true, true);
	out->exec_errnum = read_told(p->told[0]);
	if (err != KA_ERR_LIMIT || !what->is_front_enough)
		return err;
	out->len = what->output_max;
	return KA_ERR_OK;
}

enum ka_err ka_spawn_run(const struct ka_spawn *what, struct ka_spawn_out *out)
{
	int64_t until = ka_clock_boot_ms() + what->deadline_ms;
	struct pipes p;
	enum ka_err err;
	pid_t pid;

	memset(out, 0, sizeof(*out));
	if (!open_pipes(what, &p))
		return KA_ERR_SYS;
	out->output = malloc(what->output_max + 2);
	pid = out->output != NULL ? fork() : -1;
	if (pid == 0)
		child(what, &p);
	err = pid > 0 ? attend(what, until, pid, &p, out) : out->output == NULL ? KA_ERR_NOMEM : KA_ERR_SYS;
	close_all(&p);
	if (err != KA_ERR_OK) {
		free(out->output);
		memset(out, 0, sizeof(*out));
		return err;
	}
	out->output[out->len] = '\0';
	return KA_ERR_OK;
}
