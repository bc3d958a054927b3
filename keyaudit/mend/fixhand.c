/* A child with the user's rights: made, listened to, ended. */
#include "keyaudit/mend/fixhand.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/become.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/spawn.h"
#include "diag/fixop.h"

#include "base/poison.h"

/* and nothing large to write */
static bool become_user(const struct ka_fixhand_who *who, const gid_t *groups, size_t groups_count)
{
	return ka_become_user(who->uid, who->gid, groups, groups_count) && ka_become_limit(RLIMIT_FSIZE, 2 * KA_FIX_FILE_MAX + KA_FIXOP_WORD_MAX);
}

/* first above all places, then down to them: no number is in another's way */
static bool keep(int socket, const int *fds, size_t count)
{
	int high[KA_FIXHAND_FDS_MAX + 1], all = KA_FIXHAND_FD + KA_FIXHAND_FDS_MAX;

	high[0] = fcntl(socket, F_DUPFD, all);
	for (size_t i = 0; i < count; i++)
		high[i + 1] = fds[i] >= 0 ? fcntl(fds[i], F_DUPFD, all) : -1;
	for (int at = KA_FIXHAND_TALK; at < all; at++)
		close(at);
	for (size_t i = 0; i <= count; i++)
		if (high[i] >= 0 ? dup2(high[i], KA_FIXHAND_TALK + (int)i) < 0 : i == 0 || fds[i - 1] >= 0)
			return false;
	return true;
}

_Noreturn static void child(const struct ka_fixhand_who *who, const gid_t *groups, size_t groups_count, ka_fixhand_work *work, const void *job)
{
	int null = open("/dev/null", O_RDWR);

	setsid();
	if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(null, 2) < 0)
		_exit(1);
	ka_spawn_clean_child(KA_FIXHAND_FD + KA_FIXHAND_FDS_MAX);
	if (!become_user(who, groups, groups_count))
		_exit(1);
	umask(077);
	work(job);
	_exit(0);
}

enum ka_err ka_fixhand_start(const struct ka_fixhand_who *who, ka_fixhand_work *work, const void *job, const int *fds, size_t count,
			     struct ka_fixhand *hand)
{
	KA_AUTOFREE gid_t *groups = calloc(KA_USERFILES_GROUPS_MAX, sizeof(*groups));
	int pair[2], n = KA_USERFILES_GROUPS_MAX;

	*hand = (struct ka_fixhand){ .pid = -1, .fd = -1, .until_ms = ka_clock_boot_ms() + KA_FIXHAND_MS };
	if (groups == NULL)
		return KA_ERR_NOMEM;
	if (count > KA_FIXHAND_FDS_MAX)
		return KA_ERR_LIMIT;
	if (getgrouplist(who->user, who->gid, groups, &n) < 0)
		n = KA_USERFILES_GROUPS_MAX; /* more than that: the first ones */
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return KA_ERR_SYS;
	hand->pid = fork();
	if (hand->pid == 0) {
		if (!keep(pair[1], fds, count))
			_exit(1);
		child(who, groups, (size_t)n, work, job);
	}
	close(pair[1]);
	hand->fd = pair[0];
	return hand->pid > 0 ? KA_ERR_OK : KA_ERR_SYS;
}

/* ready for @events before the deadline */
static bool wait_for(const struct ka_fixhand *hand, short events)
{
	for (;;) {
		struct pollfd pfd = { .fd = hand->fd, .events = events };
		int64_t left = hand->until_ms - ka_clock_boot_ms();
		int ready = left > 0 ? poll(&pfd, 1, (int)left) : 0;

		if (ready > 0)
			return true;
		if (ready == 0 || errno != EINTR)
			return false;
	}
}

bool ka_fixhand_receive(const struct ka_fixhand *hand, void *to, size_t n)
{
	uint8_t *p = to;

	while (n > 0) {
		ssize_t got = wait_for(hand, POLLIN) ? recv(hand->fd, p, n, MSG_DONTWAIT) : 0;

		if (got < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (got <= 0)
			return false;
		p += got;
		n -= (size_t)got;
	}
	return true;
}

bool ka_fixhand_send(const struct ka_fixhand *hand, const void *from, size_t n)
{
	const uint8_t *p = from;

	while (n > 0) {
		ssize_t put = wait_for(hand, POLLOUT) ? send(hand->fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL) : 0;

		if (put < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (put <= 0)
			return false;
		p += put;
		n -= (size_t)put;
	}
	return true;
}

void ka_fixhand_end(struct ka_fixhand *hand)
{
	if (hand->fd >= 0)
		close(ka_steal_fd(&hand->fd));
	if (hand->pid > 0)
		ka_spawn_reap(hand->pid, KA_USERFILES_REAP_MS, false);
	hand->pid = -1;
}
