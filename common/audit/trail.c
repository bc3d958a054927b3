/*
 * Appending to the trail exactly once. Under one root-only lock file: find the chain's end, look for the event among the
 * complete lines, append it with its place in the chain.
 *
 * MUST: never lock the trail itself; never truncate; never answer "written" or "already" when the line is not there
 * in full. What stands in the trail is read in bounded blocks and never believed to be well-formed: the remainder of
 * a torn line, once ended, looks like a line and may hold an event id, so only a closed JSON object counts.
 */
#include "audit/trail.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/sealflag.h"
#include "audit/trailback.h"
#include "audit/trailopen.h"
#include "audit/trailscan.h"
#include "audit/trailwrite.h"
#include "base/cleanup.h"
#include "base/limits.h"

#include "base/poison.h"

static enum ka_err append_locked(const struct ka_trail_job *job, struct ka_trailwrite *w, enum ka_trail_answer *answer)
{
	bool full = false, found = false;
	enum ka_err err = ka_trailwrite_open(w, &full);
	uint64_t before = w->head.seq;

	if (err == KA_ERR_OK && !full)
		err = ka_trailback_find(w->dirfd, w->fd, job->since, job->ids, w->block, &found);
	if (err != KA_ERR_OK || full)
		return err;
	if (found) {
		*answer = KA_TRAIL_ALREADY;
		return KA_ERR_OK;
	}
	err = ka_trailopen_floor(w->fd, job->min_free_mib, &full);
	if (err == KA_ERR_OK && !full)
		err = ka_trailwrite_line(w, (struct ka_span){ (const uint8_t *)job->line, job->len }, &full);
	if (err != KA_ERR_OK || full)
		return err;
	*answer = KA_TRAIL_WRITTEN;
	ka_sealflag_raise(job->lock_path, before, w->head.seq);
	if (job->seq != NULL)
		*job->seq = w->head.seq;
	return KA_ERR_OK;
}

enum ka_err ka_trail_append(const struct ka_trail_job *job, enum ka_trail_answer *answer)
{
	KA_AUTOCLOSE int lock = -1, dirfd = -1;
	KA_AUTOFREE char *block = malloc(KA_TRAILSCAN_BLOCK);
	struct ka_trailwrite w = { .min_free_mib = job->min_free_mib, .is_synced = job->is_synced, .block = block, .fd = -1 };
	enum ka_err err;

	*answer = KA_TRAIL_FULL; /* "try again later" is the harmless one, should a caller look in spite of a fault */
	if (block == NULL)
		return KA_ERR_NOMEM;
	if (job->len > KA_EVENT_BARE_MAX)
		return KA_ERR_LIMIT;
	if (job->len < 2 || memchr(job->line, '\n', job->len) != job->line + job->len - 1)
		return KA_ERR_SYNTAX;
	err = ka_trailopen_lock(job->lock_path, &lock);
	if (err == KA_ERR_OK)
		err = ka_trailopen_folder(job->path, &w.name, &dirfd);
	w.dirfd = dirfd;
	if (err == KA_ERR_OK)
		err = append_locked(job, &w, answer);
	if (w.fd >= 0)
		close(w.fd);
	return err;
}

/* what may be read without the lock; *out is -1 when there is no trail */
static enum ka_err open_for_reading(const char *path, int *out)
{
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	*out = -1;
	if (fd < 0)
		return errno == ENOENT ? KA_ERR_OK : KA_ERR_SYS;
	if (fstat(fd, &st) < 0)
		return KA_ERR_SYS;
	if (!ka_trailopen_is_ours(&st, 0022))
		return ka_trailopen_refused();
	*out = ka_steal_fd(&fd);
	return KA_ERR_OK;
}

enum ka_err ka_trail_find(const char *path, int64_t since, const char *const *ids, bool *found)
{
	KA_AUTOCLOSE int fd = -1, dirfd = -1;
	KA_AUTOFREE char *block = malloc(KA_TRAILSCAN_BLOCK);
	const char *name;
	enum ka_err err = open_for_reading(path, &fd);

	*found = false;
	if (block == NULL)
		return KA_ERR_NOMEM;
	if (err != KA_ERR_OK || fd < 0)
		return err;
	err = ka_trailopen_folder(path, &name, &dirfd);
	return err == KA_ERR_OK ? ka_trailback_find(dirfd, fd, since, ids, block, found) : err;
}

int64_t ka_trail_offset(const char *path)
{
	KA_AUTOCLOSE int fd = -1;
	struct stat st;

	if (open_for_reading(path, &fd) != KA_ERR_OK || fd < 0 || fstat(fd, &st) < 0)
		return 0;
	return ka_trailback_base(fd) + (int64_t)st.st_size;
}

int64_t ka_trail_near_end(const char *path, int64_t back)
{
	KA_AUTOCLOSE int fd = -1;
	int64_t at, base;
	struct stat st;

	if (open_for_reading(path, &fd) != KA_ERR_OK || fd < 0 || fstat(fd, &st) < 0)
		return 0;
	base = ka_trailback_base(fd);
	if (st.st_size < back) /* in a file before this one, where whoever looks finds the line */
		return base + st.st_size > back ? base + (int64_t)st.st_size - back : 0;
	at = ka_trailback_line(fd, (int64_t)st.st_size - back);
	return at > 0 ? base + at : 0;
}

bool ka_trail_is_writable(const char *path, unsigned min_free_mib)
{
	KA_AUTOCLOSE int dirfd = -1, fd = -1;
	const char *name = NULL;
	struct stat st;
	bool below;

	if (ka_trailopen_folder(path, &name, &dirfd) != KA_ERR_OK || ka_trailopen_floor(dirfd, min_free_mib, &below) != KA_ERR_OK || below)
		return false;
	fd = openat(dirfd, name, O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT;
	return fstat(fd, &st) == 0 && ka_trailopen_is_ours(&st, 0022);
}
