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

_Noreturn static void child(const struct ka_spawn *what, int in, int out)
{
	static const char path_env[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin", locale_env[] = "LC_ALL=C";
	const char *env[] = { path_env, locale_env, NULL };
	union { const char *const *from; char *const *to; } argv = { .from = what->argv }, envp = { .from = env };
	int null = open("/dev/null", O_RDWR);

	setsid();
	if (null < 0 || dup2(in >= 0 ? in : null, 0) < 0 || dup2(out, 1) < 0 || dup2(what->with_stderr ? out : null, 2) < 0)
		_exit(126);
	ka_spawn_clean_child(3);
	execve(what->argv[0], argv.to, envp.to);
	_exit(127);
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

int ka_spawn_reap(pid_t pid, int ms, bool group)
{
	bool ended = wait_end(pid, ms);

	if (!ended) {
		/* both: a child that has not come to setsid() yet has no group */
		if (group)
			kill(-pid, SIGKILL);
		kill(pid, SIGKILL);
		ended = wait_end(pid, KA_REAP_KILLED_MS);
	}
	return ended ? take_status(pid) : -1;
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
			ssize_t put = write(*in, what->input + sent, what->input_len - sent);

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

enum ka_err ka_spawn_run(const struct ka_spawn *what, struct ka_spawn_out *out)
{
	int64_t until = ka_clock_boot_ms() + what->deadline_ms, left;
	int to[2] = { -1, -1 }, from[2];
	enum ka_err err;
	bool cut;
	pid_t pid;

	memset(out, 0, sizeof(*out));
	if (pipe2(from, O_CLOEXEC) < 0)
		return KA_ERR_SYS;
	if (what->input != NULL && pipe2(to, O_CLOEXEC) < 0) {
		close(from[0]);
		close(from[1]);
		return KA_ERR_SYS;
	}
	out->output = malloc(what->output_max + 2);
	pid = out->output != NULL ? fork() : -1;
	if (pid == 0)
		child(what, to[0], from[1]);
	close(from[1]);
	if (to[0] >= 0)
		close(to[0]);
	if (to[1] >= 0)
		fcntl(to[1], F_SETFL, O_NONBLOCK);
	err = pid > 0 ? pump(what, until, &to[1], from[0], out) : out->output == NULL ? KA_ERR_NOMEM : KA_ERR_SYS;
	cut = err == KA_ERR_LIMIT && what->is_front_enough;
	close(from[0]);
	if (to[1] >= 0)
		close(to[1]);
	left = until - ka_clock_boot_ms();
	if (pid > 0)
		out->status = ka_spawn_reap(pid, err == KA_ERR_OK && left > 0 ? (int)left : 0, true);
	if (cut) {
		out->len = what->output_max;
		err = KA_ERR_OK;
	}
	if (err != KA_ERR_OK) {
		free(out->output);
		memset(out, 0, sizeof(*out));
		return err;
	}
	out->output[out->len] = '\0';
	return KA_ERR_OK;
}
