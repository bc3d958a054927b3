/*
 * Opening the trail and its lock file. What is opened is judged on its descriptor, and is still what has that name. It
 * must never follow a link to the trail, and never take a file that others may write.
 */
#include "audit/trailopen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/cursor.h"
#include "base/fd.h"
#include "base/limits.h"

#include "base/poison.h"

enum ka_err ka_trailopen_refused(void)
{
	errno = EPERM;
	return KA_ERR_SYS;
}

bool ka_trailopen_is_full(int errnum)
{
	return errnum == ENOSPC || errnum == EDQUOT || errnum == EFBIG;
}

bool ka_trailopen_is_ours(const struct stat *st, mode_t forbidden)
{
	return S_ISREG(st->st_mode) && st->st_uid == geteuid() && st->st_nlink <= 1 && (st->st_mode & forbidden) == 0;
}

static bool is_same_file(int fd, int dirfd, const char *name)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && fstatat(dirfd, name, &b, AT_SYMLINK_NOFOLLOW) == 0 && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

/* Open and lock the lock file; somebody may have replaced it meanwhile, and a lock on a nameless file guards nothing. */
enum ka_err ka_trailopen_lock(const char *path, int *out)
{
	int64_t until = ka_clock_boot_ms() + KA_TRAIL_LOCK_MS, left;

	for (int tries = 0; tries < KA_TRAIL_REOPEN_MAX; tries++) {
		KA_AUTOCLOSE int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
		struct stat st;
		enum ka_err err;

		if (fd < 0 || fstat(fd, &st) < 0)
			return KA_ERR_SYS;
		left = until - ka_clock_boot_ms();
		err = ka_fd_lock(fd, left > 0 ? (int)left : 0);
		if (err != KA_ERR_OK)
			return err;
		if (!is_same_file(fd, AT_FDCWD, path))
			continue;
		if (!ka_trailopen_is_ours(&st, 0077))
			return ka_trailopen_refused();
		*out = ka_steal_fd(&fd);
		return KA_ERR_OK;
	}
	return ka_trailopen_refused();
}

/* The folder of @path, made 0750 when it is missing; it must be ours and closed to other writers. */
enum ka_err ka_trailopen_folder(const char *path, const char **name, int *out)
{
	const char *slash = strrchr(path, '/');
	char folder[KA_CONF_TEXT_MAX]; /* [audit] trail is no longer */
	KA_AUTOCLOSE int fd = -1;
	struct stat st;

	if (slash == NULL || slash == path || slash[1] == '\0' ||
	    !ka_span_copy((struct ka_span){ (const uint8_t *)path, (size_t)(slash - path) }, folder, sizeof(folder)))
		return ka_trailopen_refused();
	if (mkdir(folder, 0750) < 0 && errno != EEXIST)
		return KA_ERR_SYS;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return KA_ERR_SYS;
	if ((st.st_uid != 0 && st.st_uid != geteuid()) || (st.st_mode & 0022) != 0)
		return ka_trailopen_refused();
	*name = slash + 1;
	*out = ka_steal_fd(&fd);
	return KA_ERR_OK;
}

/* A new trail is 0640 whatever the umask, and readable by the folder's group. */
static enum ka_err settle_mode(int fd, int dirfd)
{
	struct stat st;

	if (fstat(dirfd, &st) < 0)
		return KA_ERR_SYS;
	if (fchown(fd, (uid_t)-1, st.st_gid) < 0 && errno != EPERM)
		return KA_ERR_SYS;
	return fchmod(fd, 0640) < 0 ? KA_ERR_SYS : KA_ERR_OK;
}

enum ka_err ka_trailopen_file(int dirfd, const char *name, int *out)
{
	for (int tries = 0; tries < KA_TRAIL_REOPEN_MAX; tries++) {
		KA_AUTOCLOSE int fd = openat(dirfd, name, O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
		struct stat st;

		*out = -1;
		if (fd < 0)
			return errno == ENOENT ? KA_ERR_OK : KA_ERR_SYS;
		if (fstat(fd, &st) < 0)
			return KA_ERR_SYS;
		if (!is_same_file(fd, dirfd, name))
			continue; /* renamed meanwhile: its successor is the trail */
		if (!ka_trailopen_is_ours(&st, 0022))
			return ka_trailopen_refused();
		if (st.st_size > 0)
			*out = ka_steal_fd(&fd);
		return KA_ERR_OK;
	}
	return ka_trailopen_refused();
}

enum ka_err ka_trailopen_new(int dirfd, const char *name, int *out)
{
	KA_AUTOCLOSE int fd = -1;

	if (unlinkat(dirfd, name, 0) < 0 && errno != ENOENT)
		return KA_ERR_SYS;
	fd = openat(dirfd, name, O_RDWR | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || settle_mode(fd, dirfd) != KA_ERR_OK)
		return KA_ERR_SYS;
	*out = ka_steal_fd(&fd);
	return KA_ERR_OK;
}

enum ka_err ka_trailopen_floor(int fd, unsigned min_free_mib, bool *below)
{
	struct statvfs vfs;

	if (fstatvfs(fd, &vfs) < 0)
		return KA_ERR_SYS;
	*below = (uint64_t)vfs.f_bavail * vfs.f_frsize / (1024 * 1024) < min_free_mib;
	return KA_ERR_OK;
}
