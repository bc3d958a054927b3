/* write, fsync, rename, fsync. */
#include "keyaudit/blocklist/blockput.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "blocklist/blocknames.h"
#include "perm/permwalk.h"

#include "base/poison.h"

#define NEW ".new"

/* NAME and what stands behind it */
static const char *beside(const char *name, const char *suffix, char out[static KA_BLOCKPUT_NAME_MAX + 16])
{
	snprintf(out, KA_BLOCKPUT_NAME_MAX + 16, "%s%s", name, suffix);
	return out;
}

/* the directory of @path, opened; NULL, or what is wrong with it */
static const char *open_dir(const char *path, struct ka_blockput *p)
{
	const struct ka_permwalk_trust trust = { .owner = geteuid(), .is_dir = true };
	const char *slash = strrchr(path, '/');
	struct ka_permwalk_refusal why;
	char dir[KA_PATH_TRUSTED_MAX];

	if (path[0] != '/' || !ka_span_copy(ka_span_of(slash + 1), p->name, sizeof(p->name)) || p->name[0] == '\0' ||
	    !ka_span_copy((struct ka_span){ (const uint8_t *)path, slash > path ? (size_t)(slash - path) : 1 }, dir, sizeof(dir)))
		return "it is not the absolute path of a file";
	if (ka_permwalk_open(dir, &trust, &p->dir, &why) != KA_ERR_OK)
		return "its directory cannot be opened";
	if (p->dir >= 0)
		return NULL;
	if (why.reason != KA_REASON_NONE)
		return "its directory, or one above it, could be written to by others";
	return why.errnum == ENOENT ? "its directory is not there" : "its directory cannot be opened";
}

static int create(const struct ka_blockput *p, const char *suffix)
{
	char name[KA_BLOCKPUT_NAME_MAX + 16];

	/* what an update that was killed has left */
	(void)unlinkat(p->dir, beside(p->name, suffix, name), 0);
	return openat(p->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

const char *ka_blockput_open(const char *path, struct ka_blockput *out)
{
	const char *wrong;
	struct stat st;

	*out = (struct ka_blockput){ .dir = -1, .fd = -1 };
	wrong = open_dir(path, out);
	if (wrong != NULL)
		return wrong;
	if (ka_fd_lock(out->dir, KA_BLOCKPUT_LOCK_MS) != KA_ERR_OK)
		return "another update is running";
	if (fstatat(out->dir, out->name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		if (!S_ISREG(st.st_mode))
			return "what lies there is no regular file";
		out->old_bytes = (uint64_t)st.st_size;
	}
	out->fd = create(out, NEW);
	return out->fd >= 0 ? NULL : "no file can be made beside it";
}

enum ka_err ka_blockput_write(struct ka_blockput *p, const void *bytes, size_t n)
{
	return ka_fd_write_all(p->fd, bytes, n);
}

/* NAME@suffix takes NAME@to's place */
static enum ka_err finish(const struct ka_blockput *p, int fd, const char *suffix, const char *to)
{
	char from_name[KA_BLOCKPUT_NAME_MAX + 16], to_name[KA_BLOCKPUT_NAME_MAX + 16];

	if (fchmod(fd, 0644) != 0 || fsync(fd) != 0 ||
	    renameat(p->dir, beside(p->name, suffix, from_name), p->dir, beside(p->name, to, to_name)) != 0)
		return KA_ERR_SYS;
	return KA_ERR_OK;
}

static enum ka_err put_names(const struct ka_blockput *p, struct ka_span names)
{
	char name[KA_BLOCKPUT_NAME_MAX + 16];
	KA_AUTOCLOSE int fd = -1;

	if (names.len == 0)
		return KA_ERR_OK;
	fd = create(p, KA_BLOCKNAMES_SUFFIX NEW);
	if (fd < 0)
		return KA_ERR_SYS;
	if (ka_fd_write_all(fd, names.p, names.len) == KA_ERR_OK && finish(p, fd, KA_BLOCKNAMES_SUFFIX NEW, KA_BLOCKNAMES_SUFFIX) == KA_ERR_OK)
		return KA_ERR_OK;
	(void)unlinkat(p->dir, beside(p->name, KA_BLOCKNAMES_SUFFIX NEW, name), 0);
	return KA_ERR_SYS;
}

enum ka_err ka_blockput_commit(struct ka_blockput *p, struct ka_span names)
{
	if (put_names(p, names) != KA_ERR_OK || finish(p, p->fd, NEW, "") != KA_ERR_OK)
		return KA_ERR_SYS;
	close(ka_steal_fd(&p->fd));
	return fsync(p->dir) == 0 ? KA_ERR_OK : KA_ERR_SYS;
}

void ka_blockput_close(struct ka_blockput *p)
{
	char name[KA_BLOCKPUT_NAME_MAX + 16];

	if (p->fd >= 0) {
		close(ka_steal_fd(&p->fd));
		(void)unlinkat(p->dir, beside(p->name, NEW, name), 0);
	}
	if (p->dir >= 0)
		close(ka_steal_fd(&p->dir));
}
