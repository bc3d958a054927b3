/* The trail backwards over its files. It must never follow a link, and never go round in a circle. */
#include "audit/trailback.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/trailopen.h"
#include "audit/trailorigin.h"
#include "audit/trailscan.h"
#include "base/cleanup.h"
#include "base/limits.h"

#include "base/poison.h"

int64_t ka_trailback_base(int fd)
{
	struct ka_trailorigin o;

	return ka_trailorigin_read(fd, &o) ? o.base : 0;
}

int64_t ka_trailback_line(int fd, int64_t at)
{
	char block[2048];

	if (at <= 0)
		return 0;
	at--; /* a newline just before it will do */
	for (;;) {
		ssize_t got = pread(fd, block, sizeof(block), (off_t)at);
		const char *end = got > 0 ? memchr(block, '\n', (size_t)got) : NULL;

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			return at;
		if (end != NULL)
			return at + (end - block) + 1;
		at += got;
	}
}

static int open_before(int dirfd, const char *file)
{
	KA_AUTOCLOSE int fd = file[0] != '\0' ? openat(dirfd, file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1;
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && ka_trailopen_is_ours(&st, 0022) ? ka_steal_fd(&fd) : -1;
}

enum ka_err ka_trailback_find(int dirfd, int fd, int64_t since, const char *const *ids, char *block, bool *found)
{
	KA_AUTOCLOSE int before = -1;
	struct ka_trailorigin o;
	bool torn;
	enum ka_err err;

	*found = false;
	if (ids == NULL || ids[0] == NULL)
		return KA_ERR_OK;
	(void)ka_trailorigin_read(fd, &o);
	err = ka_trailscan_find(fd, since - o.base, ids, block, found, &torn);
	for (int n = 0; err == KA_ERR_OK && !*found && since < o.base && n < KA_TRAIL_BACK_MAX; n++) {
		int next = open_before(dirfd, o.file);
		int64_t base = o.base;

		if (before >= 0)
			close(before);
		before = next;
		if (before < 0)
			break;
		(void)ka_trailorigin_read(before, &o);
		if (o.base >= base)
			break; /* not the one before */
		err = ka_trailscan_find(before, ka_trailback_line(before, since - o.base), ids, block, found, &torn);
	}
	return err;
}
