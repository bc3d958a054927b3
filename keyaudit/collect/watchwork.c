/* Workers: one child for one event. MUST: end each that takes too long, and collect all of them. */
#include "keyaudit/collect/watchwork.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"
#include "keyaudit/collect/watchtrail.h"

#include "base/poison.h"

/* the descriptors that we watch with are of no use to a child, who needs some of its own */
static void drop_watches(const struct ka_watchstate *k)
{
	for (size_t i = 0; i < k->slots; i++)
		if (k->slot[i].fd >= 0)
			close(k->slot[i].fd);
}

void ka_watchwork_start(struct ka_watchstate *k, struct ka_watch_slot *s)
{
	pid_t pid = fork();

	if (pid == 0) {
		enum ka_case_answer answer;
		sigset_t none;

		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		drop_watches(k);
		k->w->ended_us = s->lives ? 0 : s->ended_us;
		if (ka_caseevent_finish(k->w, &s->conn, KA_REASON_NONE, s->lives, &answer) != KA_ERR_OK)
			_exit(100);
		_exit((int)answer);
	}
	if (pid < 0) {
		s->due_ms = ka_clock_boot_ms() + KA_WATCH_RETRY_MS;
		return;
	}
	k->queued--;
	k->workers++;
	k->hearsay_workers += !s->seen;
	s->state = KA_SLOT_WORKING;
	s->worker = pid;
	s->fd = (int)syscall(SYS_pidfd_open, pid, 0);
	s->due_ms = ka_clock_boot_ms() + KA_COLLECT_WORKER_MS;
}

/* at our own end: what is not done soon is begun again by the next collector */
static void end_now(pid_t pid, int64_t until)
{
	while (waitpid(pid, NULL, WNOHANG) == 0) {
		if (ka_clock_boot_ms() >= until + KA_COLLECT_STOP_MS)
			return; /* not even SIGKILL ends it: a dead file system */
		if (ka_clock_boot_ms() >= until)
			kill(pid, SIGKILL);
		poll(NULL, 0, 10);
	}
}

static int reap(pid_t pid)
{
	int status = -1;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return status;
}

static bool has_ended(pid_t pid)
{
	siginfo_t info = { .si_pid = 0 };

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 || info.si_pid == pid;
}

static const char *answer_text(int answer)
{
	switch (answer) {
	case KA_CASE_WRITTEN:
		return "written";
	case KA_CASE_BUSY:
		return "another process has it";
	case KA_CASE_LATER:
		return "waits: the trail cannot be written now";
	default:
		return "failed, will be tried again";
	}
}

void ka_watchwork_ended(struct ka_watchstate *k, struct ka_watch_slot *s)
{
	int status = reap(s->worker);
	int answer = status >= 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 100;
	char name[KA_CONN_NAME_MAX];

	ka_conn_name(&s->conn, name);
	k->written += answer == KA_CASE_WRITTEN;
	k->finished += answer == KA_CASE_WRITTEN || answer == KA_CASE_NOTHING;
	k->waiting += answer != KA_CASE_WRITTEN && answer != KA_CASE_NOTHING;
	if (answer == KA_CASE_LATER || answer == 100)
		ka_watchtrail_failed(k, answer == KA_CASE_LATER);
	if (answer == KA_CASE_WRITTEN)
		ka_watchtrail_written(k);
	if (k->talk && answer != KA_CASE_NOTHING)
		fprintf(stderr, "keyaudit collect: connection %s: %s\n", name, answer_text(answer));
	ka_watchstate_drop(k, s);
}

void ka_watchwork_kill_overdue(struct ka_watchstate *k)
{
	int64_t now = ka_clock_boot_ms();

	for (size_t i = 0; i < k->slots; i++) {
		struct ka_watch_slot *s = &k->slot[i];

		if (s->state != KA_SLOT_WORKING)
			continue;
		if (s->due_ms < now)
			kill(s->worker, SIGKILL);
		if (s->fd < 0 && has_ended(s->worker)) /* there was no pidfd to be had: nobody else will tell */
			ka_watchwork_ended(k, s);
	}
}

void ka_watchwork_stop(struct ka_watchstate *k)
{
	int64_t until = ka_clock_boot_ms() + KA_COLLECT_STOP_MS;

	for (size_t i = 0; i < k->slots; i++) {
		if (k->slot[i].state == KA_SLOT_WORKING)
			end_now(k->slot[i].worker, until);
		if (k->slot[i].fd >= 0)
			close(k->slot[i].fd);
	}
}
