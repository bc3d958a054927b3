/*
 * Appending to the trail exactly once. Under one root-only lock file: look for the event among the complete lines,
 * end a torn tail with a newline, append with one write.
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

#include "audit/trailopen.h"
#include "audit/trailscan.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/limits.h"

#include "base/poison.h"

int64_t ka_trail_offset(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISREG(st.st_mode) ? (int64_t)st.st_size : 0;
}

static bool is_full_errno(int e)
{
	return e == ENOSPC || e == EDQUOT || e == EFBIG;
}

/* One write: the newline that a torn tail lacks, and the line. What a full disk cuts off is torn, and tried again later. */
static enum ka_err write_line(int fd, const struct ka_trail_job *job, bool torn, char *block, enum ka_trail_answer *answer)
{
	struct ka_buf b;
	ssize_t put;

	ka_buf_init(&b, block, KA_TRAILSCAN_BLOCK);
	if (torn)
		ka_buf_char(&b, '\n');
	ka_buf_put(&b, job->line, job->len);
	if (ka_buf_check(&b) != KA_ERR_OK)
		return KA_ERR_LIMIT;
	do
		put = write(fd, b.p, b.len);
	while (put < 0 && errno == EINTR);
	if (put < 0 && !is_full_errno(errno))
		return KA_ERR_SYS;
	*answer = put == (ssize_t)b.len ? KA_TRAIL_WRITTEN : KA_TRAIL_FULL;
	return KA_ERR_OK;
}

static enum ka_err append_locked(int fd, const struct ka_trail_job *job, char *block, enum ka_trail_answer *answer)
{
	bool found = false, torn = false, below = false;
	enum ka_err err = ka_trailscan_find(fd, job->since, job->ids, block, &found, &torn);

	if (err != KA_ERR_OK)
		return err;
	if (found) {
		*answer = KA_TRAIL_ALREADY;
		return KA_ERR_OK;
	}
	err = ka_trailopen_floor(fd, job->min_free_mib, &below);
	if (err != KA_ERR_OK)
		return err;
	if (below) {
		*answer = KA_TRAIL_FULL;
		return KA_ERR_OK;
	}
	return write_line(fd, job, torn, block, answer);
}

enum ka_err ka_trail_append(const struct ka_trail_job *job, enum ka_trail_answer *answer)
{
	KA_AUTOCLOSE int lock = -1, dirfd = -1, fd = -1;
	KA_AUTOFREE char *block = malloc(KA_TRAILSCAN_BLOCK);
	const char *name = NULL;
	enum ka_err err;

	*answer = KA_TRAIL_FULL; /* "try again later" is the harmless one, should a caller look in spite of a fault */
	if (block == NULL)
		return KA_ERR_NOMEM;
	if (job->len > KA_EVENT_LINE_MAX)
		return KA_ERR_LIMIT;
	if (job->len < 2 || memchr(job->line, '\n', job->len) != job->line + job->len - 1)
		return KA_ERR_SYNTAX;
	err = ka_trailopen_lock(job->lock_path, &lock);
	if (err == KA_ERR_OK)
		err = ka_trailopen_folder(job->path, &name, &dirfd);
	if (err == KA_ERR_OK)
		err = ka_trailopen_file(dirfd, name, &fd);
	return err == KA_ERR_OK ? append_locked(fd, job, block, answer) : err;
}

enum ka_err ka_trail_find(const char *path, int64_t since, const char *const *ids, bool *found)
{
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	KA_AUTOFREE char *block = malloc(KA_TRAILSCAN_BLOCK);
	struct stat st;
	bool torn;

	*found = false;
	if (block == NULL)
		return KA_ERR_NOMEM;
	if (fd < 0)
		return errno == ENOENT ? KA_ERR_OK : KA_ERR_SYS;
	if (fstat(fd, &st) < 0)
		return KA_ERR_SYS;
	return ka_trailopen_is_ours(&st, 0022) ? ka_trailscan_find(fd, since, ids, block, found, &torn) : ka_trailopen_refused();
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

int64_t ka_trail_near_end(const char *path, int64_t back)
{
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	char block[2048];
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return 0;
	for (int64_t at = st.st_size - back; at > 0 && at < st.st_size;) {
		ssize_t got = pread(fd, block, sizeof(block), at);
		const char *end = got > 0 ? memchr(block, '\n', (size_t)got) : NULL;

		if (got <= 0)
			return 0;
		if (end != NULL)
			return at + (end - block) + 1;
		at += got;
	}
	return 0;
}
