/* The directory of memories. It must never leave half a file under a name that is read. */
#include "store/serialdir.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/text.h"

#include "base/poison.h"

#define TEMPORARY ".new" /* one is enough: whoever writes holds the lock. No source name begins with a dot */

enum ka_err ka_serialdir_open(const char *path, struct ka_serialdir *out)
{
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	uid_t me = geteuid();

	*out = (struct ka_serialdir){ .fd = -1 };
	if (fd < 0 || fstat(fd, &st) != 0)
		return KA_ERR_SYS;
	if ((st.st_uid != me && me != 0) || (st.st_mode & 0022) != 0) {
		errno = EPERM;
		return KA_ERR_SYS;
	}
	out->owner = st.st_uid;
	out->fd = ka_steal_fd(&fd);
	return KA_ERR_OK;
}

void ka_serialdir_close(struct ka_serialdir *d)
{
	if (d->fd >= 0)
		close(ka_steal_fd(&d->fd));
}

static bool is_part(const char *s, bool may_dot)
{
	if (!ka_text_is_alnum((uint8_t)s[0]))
		return false;
	for (; *s != '\0'; s++)
		if (!ka_text_is_alnum((uint8_t)*s) && *s != '_' && *s != '-' && (*s != '.' || !may_dot))
			return false;
	return true;
}

bool ka_serialdir_name(const char *source, const char *what, char out[static KA_SERIAL_NAME_MAX])
{
	struct ka_buf b;

	ka_buf_init(&b, out, KA_SERIAL_NAME_MAX);
	ka_buf_text(&b, source);
	ka_buf_char(&b, '.');
	ka_buf_text(&b, what);
	if (is_part(source, true) && is_part(what, false) && ka_buf_check(&b) == KA_ERR_OK)
		return true;
	out[0] = '\0';
	return false;
}

bool ka_serialdir_is_of(const char *name, const char *source)
{
	const char *dot = strrchr(name, '.');
	size_t len = strlen(source);

	return dot != NULL && (size_t)(dot - name) == len && memcmp(name, source, len) == 0 && is_part(dot + 1, false);
}

enum ka_err ka_serialdir_file(const struct ka_serialdir *d, const char *name, int *fd, size_t *size, bool *is_ours)
{
	KA_AUTOCLOSE int file = openat(d->fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;

	*fd = -1;
	*size = 0;
	*is_ours = true;
	if (file < 0 && errno == ENOENT)
		return KA_ERR_OK;
	if (file < 0 && (errno == ELOOP || errno == ENXIO)) { /* a link, a socket */
		*is_ours = false;
		return KA_ERR_OK;
	}
	if (file < 0 || fstat(file, &st) != 0)
		return KA_ERR_SYS;
	*is_ours = S_ISREG(st.st_mode) && st.st_uid == d->owner && (st.st_mode & 0022) == 0 && st.st_size >= 0;
	if (!*is_ours)
		return KA_ERR_OK;
	*size = (size_t)st.st_size;
	*fd = ka_steal_fd(&file);
	return KA_ERR_OK;
}

enum ka_err ka_serialdir_bytes(int fd, size_t offset, void *out, size_t n)
{
	ssize_t got;

	do
		got = pread(fd, out, n, (off_t)offset);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return KA_ERR_SYS;
	return (size_t)got == n ? KA_ERR_OK : KA_ERR_SYNTAX;
}

enum ka_err ka_serialdir_lock(const struct ka_serialdir *d)
{
	int64_t until = ka_clock_boot_ms() + KA_SERIAL_LOCK_MS;

	while (flock(d->fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return KA_ERR_SYS;
		if (ka_clock_boot_ms() >= until)
			return KA_ERR_TIMEOUT;
		poll(NULL, 0, KA_SERIAL_LOCK_PAUSE_MS);
	}
	return KA_ERR_OK;
}

void ka_serialdir_unlock(const struct ka_serialdir *d)
{
	flock(d->fd, LOCK_UN);
}

static enum ka_err write_temporary(const struct ka_serialdir *d, struct ka_span bytes)
{
	KA_AUTOCLOSE int fd = -1;

	if (unlinkat(d->fd, TEMPORARY, 0) != 0 && errno != ENOENT)
		return KA_ERR_SYS;
	fd = openat(d->fd, TEMPORARY, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return KA_ERR_SYS;
	/* root at work in the owner's directory: the owner must be able to read it */
	if (geteuid() != d->owner && fchown(fd, d->owner, (gid_t)-1) != 0)
		return KA_ERR_SYS;
	if (ka_fd_write_all(fd, bytes.p, bytes.len) != KA_ERR_OK || fsync(fd) != 0)
		return KA_ERR_SYS;
	return KA_ERR_OK;
}

enum ka_err ka_serialdir_replace(const struct ka_serialdir *d, const char *name, struct ka_span bytes)
{
	if (write_temporary(d, bytes) != KA_ERR_OK || renameat(d->fd, TEMPORARY, d->fd, name) != 0) {
		int saved = errno;

		unlinkat(d->fd, TEMPORARY, 0);
		errno = saved;
		return KA_ERR_SYS;
	}
	return fsync(d->fd) == 0 ? KA_ERR_OK : KA_ERR_SYS;
}

bool ka_serialdir_begin(const struct ka_serialdir *d, const char *source)
{
	char name[KA_SERIAL_NAME_MAX];
	KA_AUTOCLOSE int fd = -1;

	if (!ka_serialdir_name(source, KA_SERIALDIR_BEGUN, name))
		return false;
	fd = openat(d->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	return fd >= 0;
}
