/* The eye. MUST: take no lock, change nothing but seen/, and end when its parent does. */
#include "keyaudit/watchlook.h"

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/paths.h"
#include "keyaudit/witness.h"

#include "base/poison.h"

/* those that wait together: first who they are, which is quick, then where they come from */
struct batch {
	size_t count;
	struct ka_conn conn[KA_WATCHLOOK_BATCH_MAX];
};

static void identify(const struct ka_rundir *r, const char *name, struct batch *b)
{
	static const struct ka_witness no_address = { .seen = true };
	KA_AUTOCLOSE int pidfd = -1;
	struct ka_conn conn;

	if (!ka_conn_parse(ka_span_of(name), &conn) || ka_witness_identify(&conn, &pidfd) != KA_WITNESS_SSHD)
		return;
	ka_witness_note(r, &conn, &no_address);
	if (b->count < KA_WATCHLOOK_BATCH_MAX)
		b->conn[b->count++] = conn;
}

static void find_addresses(const struct ka_rundir *r, struct batch *b)
{
	for (size_t i = 0; i < b->count; i++) {
		struct ka_witness seen;

		if (ka_witness_address(&b->conn[i], &seen) == KA_WITNESS_SSHD)
			ka_witness_note(r, &b->conn[i], &seen);
		else
			ka_witness_forget(r, &b->conn[i]);
	}
	b->count = 0;
}

/*
 * Ahead of everybody who may wait: it sleeps nearly always, works for a tenth of a millisecond, and what it came too late
 * for is gone. Where that is not allowed (RestrictRealtime, no CAP_SYS_NICE) it waits its turn like all others.
 */
static void hurry(void)
{
	if (sched_setscheduler(0, SCHED_RR | SCHED_RESET_ON_FORK, &(const struct sched_param){ .sched_priority = 1 }) != 0)
		setpriority(PRIO_PROCESS, 0, -20);
}

/* whoever makes names by the thousand must not buy processor time with them */
static void spend(size_t looks, int64_t *second, size_t *spent)
{
	int64_t now = ka_clock_boot_ms() / 1000;

	if (now != *second)
		*spent = 0;
	*second = now;
	*spent += looks;
	if (*spent > KA_WATCHLOOK_PER_SEC_MAX)
		poll(NULL, 0, KA_WATCHLOOK_PAUSE_MS);
}

static void look_on(const struct ka_rundir *r)
{
	char block[2048] __attribute__((aligned(__alignof__(struct inotify_event))));
	struct batch batch = { .count = 0 };
	int fd = inotify_init1(IN_CLOEXEC);
	int64_t second = 0;
	size_t spent = 0;

	if (fd < 0 || inotify_add_watch(fd, KA_PATH_SPOOL, IN_CREATE | IN_ONLYDIR) < 0)
		return;
	for (;;) {
		ssize_t got = read(fd, block, sizeof(block));
		size_t looks = 0;

		if (got < 0 && errno != EINTR)
			return;
		for (char *p = block; got > 0 && p < block + got;) {
			struct inotify_event e;

			memcpy(&e, p, sizeof(e));
			if (e.len > 0)
				identify(r, p + sizeof(e), &batch);
			looks++;
			p += sizeof(e) + e.len;
		}
		find_addresses(r, &batch);
		spend(looks, &second, &spent);
	}
}

pid_t ka_watchlook_start(const struct ka_rundir *r)
{
	pid_t parent = getpid(), pid = fork();
	sigset_t none;

	if (pid != 0)
		return pid;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	hurry();
	if (getppid() == parent)
		look_on(r);
	_exit(1);
}

void ka_watchlook_keep(const struct ka_rundir *r, pid_t *pid)
{
	if (*pid <= 0 || waitpid(*pid, NULL, WNOHANG) != 0)
		*pid = ka_watchlook_start(r);
}

void ka_watchlook_stop(pid_t *pid)
{
	if (*pid <= 0)
		return;
	kill(*pid, SIGKILL);
	while (waitpid(*pid, NULL, 0) < 0 && errno == EINTR)
		;
	*pid = -1;
}
