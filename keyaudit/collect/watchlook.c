/* The eye. MUST: take no lock, change nothing but seen/, and end when its parent does. */
#include "keyaudit/collect/watchlook.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/paths.h"
#include "keyaudit/case/witnessnote.h"
#include "keyaudit/collect/watchchild.h"
#include "spool/look.h"

#include "base/poison.h"

static void look_at(const struct ka_rundir *r, const char *name)
{
	KA_AUTOCLOSE int pidfd = -1;
	struct ka_witness seen;
	struct ka_conn conn;

	if (ka_conn_parse(ka_span_of(name), &conn) && ka_witness_look(&conn, &seen, &pidfd) == KA_WITNESS_SSHD)
		ka_witness_note(r, &conn, &seen);
}

/* every name that is there now; false when no more names will come */
static bool look_at_all(const struct ka_rundir *r, int inotify)
{
	char block[2048] __attribute__((aligned(__alignof__(struct inotify_event))));

	for (size_t n = 0; n < KA_WATCHLOOK_BLOCKS_MAX; n++) {
		ssize_t got = read(inotify, block, sizeof(block));

		if (got <= 0)
			return got < 0 && (errno == EAGAIN || errno == EINTR);
		for (char *p = block; p < block + got;) {
			struct inotify_event e;

			memcpy(&e, p, sizeof(e));
			if (e.len > 0)
				look_at(r, p + sizeof(e));
			p += sizeof(e) + e.len;
		}
	}
	return true;
}

/* those who wait came after their name: whoever is here before the names are read may go when they are */
static void look_on(const struct ka_rundir *r, int inotify, int door)
{
	int waiting[KA_LOOK_BACKLOG];
	bool more = true;

	while (more) {
		struct pollfd p[] = { { .fd = inotify, .events = POLLIN }, { .fd = door, .events = POLLIN } };
		size_t count = 0;

		if (poll(p, door >= 0 ? 2 : 1, -1) < 0 && errno != EINTR)
			return;
		while (door >= 0 && count < KA_ARRAY_LEN(waiting) && (waiting[count] = accept4(door, NULL, NULL, SOCK_CLOEXEC)) >= 0)
			count++;
		more = look_at_all(r, inotify);
		while (count > 0)
			close(waiting[--count]);
	}
}

static void be_the_eye(const void *ctx)
{
	const struct ka_rundir *r = ctx;
	KA_AUTOCLOSE int inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	KA_AUTOCLOSE int door = -1;

	if (inotify < 0 || inotify_add_watch(inotify, KA_PATH_SPOOL, IN_CREATE | IN_ONLYDIR) < 0)
		return;
	door = ka_look_listen(r->eye); /* without it the commands do not wait, and some are missed */
	look_on(r, inotify, door);
}

pid_t ka_watchlook_start(const struct ka_rundir *r)
{
	return ka_watchchild_start(be_the_eye, r);
}

void ka_watchlook_keep(const struct ka_rundir *r, pid_t *pid)
{
	if (*pid <= 0 || waitpid(*pid, NULL, WNOHANG) != 0)
		*pid = ka_watchlook_start(r);
}

void ka_watchlook_stop(pid_t *pid)
{
	ka_watchchild_stop(pid);
}
