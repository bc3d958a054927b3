/*
 * The trusted open. Goes down from / on descriptors of directories that passed the
 * judge; a link on the way rewrites the path and starts again from /, so that what
 * it points to is judged as strictly. It must never open a last component that is
 * a link, and never believe a name that it has not judged the directory of.
 */
#include "perm/permwalk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>

#include "base/buf.h"
#include "base/cleanup.h"

#include "base/poison.h"

/* one walk from /: path[0..start) has been gone through, path[start..end) is the component in hand */
struct walk {
	const struct ka_permwalk_trust *trust;
	struct ka_permwalk_refusal *why;
	char path[KA_PATH_TRUSTED_MAX];
	size_t start, end;
	bool restart; /* a link was put into path: walk again */
};

static struct ka_span upto(const struct walk *w, size_t end)
{
	return (struct ka_span){ (const uint8_t *)w->path, end };
}

static enum ka_err refuse_errno(struct walk *w, size_t end, int errnum)
{
	ka_span_copy(upto(w, end), w->why->path, sizeof(w->why->path));
	w->why->errnum = errnum;
	return KA_ERR_OK;
}

static void note_stat(struct ka_permwalk_refusal *why, const struct stat *st)
{
	why->mode = st->st_mode;
	why->uid = st->st_uid;
	why->gid = st->st_gid;
}

static void note_unsafe(struct ka_permwalk_refusal *why, const struct stat *st)
{
	why->reason = KA_REASON_CONF_UNSAFE;
	note_stat(why, st);
}

/* permission denied: whose? @name's own when it can be seen, else the directory's, and why->path is cut to that */
static void note_closed(struct ka_permwalk_refusal *why, int dirfd, const char *name)
{
	char *slash = strrchr(why->path, '/');
	struct stat st;

	if (why->errnum != EACCES)
		return;
	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0) {
		note_stat(why, &st);
	} else if (slash != NULL && fstat(dirfd, &st) == 0) {
		note_stat(why, &st);
		slash[slash == why->path ? 1 : 0] = '\0';
	}
}

/* whether the directory behind @fd passes; false: why is filled */
static bool dir_passes(struct walk *w, int fd, size_t end)
{
	struct stat st;

	if (fstat(fd, &st) < 0) {
		refuse_errno(w, end, errno);
		return false;
	}
	if (ka_permjudge_trusted(st.st_mode, st.st_uid, w->trust->owner))
		return true;
	ka_span_copy(upto(w, end), w->why->path, sizeof(w->why->path));
	note_unsafe(w->why, &st);
	return false;
}

/* the next component behind end; false when none is left */
static bool next_component(struct walk *w)
{
	w->start = w->end;
	while (w->path[w->start] == '/')
		w->start++;
	w->end = w->start;
	while (w->path[w->end] != '\0' && w->path[w->end] != '/')
		w->end++;
	return w->end > w->start;
}

static bool is_last_component(const struct walk *w)
{
	size_t i = w->end;

	while (w->path[i] == '/')
		i++;
	return w->path[i] == '\0';
}

/* the link in hand, which lies in a directory that passed, becomes part of the path; a frame of its own, since links are rare */
__attribute__((noinline)) static enum ka_err take_link(struct walk *w, int dirfd, const char *name)
{
	char target[KA_PATH_TRUSTED_MAX], next[KA_PATH_TRUSTED_MAX];
	ssize_t n = readlinkat(dirfd, name, target, sizeof(target));
	struct ka_buf b;

	if (n <= 0) /* EINVAL: something else than a link */
		return refuse_errno(w, w->end, n < 0 && errno != EINVAL ? errno : ENOTDIR);
	if ((size_t)n == sizeof(target))
		return KA_ERR_LIMIT;
	ka_buf_init_array(&b, next);
	if (target[0] != '/')
		ka_buf_span(&b, upto(w, w->start));
	ka_buf_put(&b, target, (size_t)n);
	ka_buf_text(&b, w->path + w->end);
	if (ka_buf_check(&b) != KA_ERR_OK)
		return KA_ERR_LIMIT;
	memcpy(w->path, next, b.len + 1);
	w->restart = true;
	return KA_ERR_OK;
}

/* what the opened last component is allowed to be */
static bool target_passes(const struct ka_permwalk_trust *trust, const struct stat *st)
{
	if (trust->is_dir ? !S_ISDIR(st->st_mode) : !S_ISREG(st->st_mode))
		return false;
	if (trust->private_ && (st->st_mode & (S_IRGRP | S_IROTH)) != 0)
		return false;
	return ka_permjudge_trusted(st->st_mode, st->st_uid, trust->owner);
}

/* opens @name in @dirfd; why->path is set by the caller when *fd stays -1 */
static void open_target(int dirfd, const char *name, const struct ka_permwalk_trust *trust, int *fd,
			struct ka_permwalk_refusal *why)
{
	int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | (trust->is_dir ? O_DIRECTORY : 0);
	KA_AUTOCLOSE int got = openat(dirfd, name, flags);
	int errnum = errno;
	struct stat st;

	if (got < 0) {
		/* a link, a socket, a file where a directory must be: it is there and must not be used */
		if ((errnum == ELOOP || errnum == ENXIO || errnum == ENODEV || errnum == ENOTDIR) &&
		    fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
			note_unsafe(why, &st);
		else
			why->errnum = errnum;
	} else if (fstat(got, &st) < 0) {
		why->errnum = errno;
	} else if (!target_passes(trust, &st)) {
		note_unsafe(why, &st);
	} else {
		*fd = ka_steal_fd(&got);
	}
}

/* one step down from @at: *dirfd becomes the child; false when the walk ends here (refused, or to be started again) */
static bool descend(struct walk *w, int at, int *dirfd, const char *name, enum ka_err *err)
{
	KA_AUTOCLOSE int child = openat(at, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (child < 0) {
		if (errno == ENOTDIR || errno == ELOOP) {
			*err = take_link(w, at, name);
		} else {
			*err = refuse_errno(w, w->end, errno);
			note_closed(w->why, at, name);
		}
		return false;
	}
	if (!dir_passes(w, child, w->end))
		return false;
	if (*dirfd >= 0)
		close(*dirfd);
	*dirfd = ka_steal_fd(&child);
	return true;
}

/* the path leads into the known directory, which passed with every directory above it: w->end is set behind it */
static bool begins_known(struct walk *w)
{
	const struct ka_permwalk_known *known = w->trust->known;

	if (known == NULL || known->fd < 0 || known->path.len == 0 || known->path.len >= sizeof(w->path))
		return false;
	w->end = known->path.len;
	return memcmp(w->path, known->path.p, w->end) == 0 && w->path[w->end] == '/';
}

/* where the walk begins; *dirfd is opened when it must be ours. False: no beginning, and @err or why says so */
static bool begin(struct walk *w, int *dirfd, int *at, enum ka_err *err)
{
	w->restart = false;
	if (begins_known(w)) {
		*at = w->trust->known->fd;
		return true;
	}
	w->end = 0;
	*at = *dirfd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	*err = *dirfd < 0 ? KA_ERR_SYS : KA_ERR_OK;
	return *dirfd >= 0 && dir_passes(w, *dirfd, 1);
}

static enum ka_err walk_once(struct walk *w, int *fd)
{
	KA_AUTOCLOSE int dirfd = -1;
	char name[NAME_MAX + 1] = ".";
	enum ka_err err = KA_ERR_OK;
	int at = -1;

	if (!begin(w, &dirfd, &at, &err))
		return err;
	for (unsigned depth = 0; next_component(w); depth++) {
		if (depth == KA_PATH_DEPTH_MAX)
			return KA_ERR_LIMIT;
		if (!ka_span_copy(ka_span_sub(upto(w, w->end), w->start, w->end), name, sizeof(name)))
			return refuse_errno(w, w->end, ENAMETOOLONG);
		if (is_last_component(w))
			break;
		if (!descend(w, at, &dirfd, name, &err))
			return err;
		at = dirfd;
	}
	open_target(at, name, w->trust, fd, w->why);
	if (*fd < 0) {
		ka_span_copy(upto(w, w->end > 0 ? w->end : 1), w->why->path, sizeof(w->why->path));
		note_closed(w->why, at, name);
	}
	return KA_ERR_OK;
}

enum ka_err ka_permwalk_open(const char *path, const struct ka_permwalk_trust *trust, int *fd,
			     struct ka_permwalk_refusal *why)
{
	struct walk w = { .trust = trust, .why = why };
	size_t len = strlen(path);
	enum ka_err err = KA_ERR_OK;

	*fd = -1;
	*why = (struct ka_permwalk_refusal){ .reason = KA_REASON_NONE };
	if (!ka_span_copy((struct ka_span){ (const uint8_t *)path, len }, w.path, sizeof(w.path)))
		return KA_ERR_LIMIT;
	if (path[0] != '/')
		return refuse_errno(&w, len, EINVAL);
	if (!trust->is_dir && path[len - 1] == '/')
		return refuse_errno(&w, len, ENOTDIR);
	for (unsigned links = 0; links <= KA_PATH_LINKS_MAX; links++) {
		err = walk_once(&w, fd);
		if (err != KA_ERR_OK || !w.restart)
			return err;
	}
	return refuse_errno(&w, strlen(w.path), ELOOP);
}

enum ka_err ka_permwalk_open_in(int dirfd, const char *dir, const char *name, const struct ka_permwalk_trust *trust,
				int *fd, struct ka_permwalk_refusal *why)
{
	struct ka_buf b;

	*fd = -1;
	*why = (struct ka_permwalk_refusal){ .reason = KA_REASON_NONE };
	ka_buf_init_array(&b, why->path);
	ka_buf_text(&b, dir);
	if (b.len > 0 && b.p[b.len - 1] != '/')
		ka_buf_char(&b, '/');
	ka_buf_text(&b, name);
	if (ka_buf_check(&b) != KA_ERR_OK)
		return KA_ERR_LIMIT;
	if (name[0] == '\0' || strchr(name, '/') != NULL || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
		why->errnum = EINVAL;
		return KA_ERR_OK;
	}
	open_target(dirfd, name, trust, fd, why);
	if (*fd >= 0)
		why->path[0] = '\0';
	else
		note_closed(why, dirfd, name);
	return KA_ERR_OK;
}
