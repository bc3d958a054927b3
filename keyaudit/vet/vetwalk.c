/* Opened below the directory that was named, looked at on the descriptor, then read. */
#include "keyaudit/vet/vetwalk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/openat2.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "keyaudit/vet/vetaccount.h"

#include "base/poison.h"

#define FLAGS (O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) /* a FIFO in somebody's home must not hold us */

struct names {
	char **at;
	size_t count, room;
};

static void free_names(struct names *n)
{
	for (size_t i = 0; i < n->count; i++)
		free(n->at[i]);
	free(n->at);
}

static void fail(struct ka_vetwalk *w, const char *what)
{
	w->failed++;
	w->complain(w->ctx, what, w->path);
}

static const char *why(int errnum)
{
	switch (errnum) {
	case ENOENT:
		return "no such file";
	case EACCES:
		return "permission denied";
	case EXDEV:
	case ELOOP:
		return "a link that leads out of the directory";
	default:
		return "cannot be opened";
	}
}

static enum ka_err take(struct ka_vetwalk *w, int fd, off_t size)
{
	struct ka_vetwalk_file f = { .fd = fd, .name = w->path, .account = w->account, .size = size };
	struct ka_buf b;

	ka_buf_init_array(&b, w->account);
	ka_vetaccount_of(w->path, w->below, &b);
	if (b.len == 0)
		f.account = w->path;
	w->files++;
	return w->take(w->ctx, &f);
}

/* below the directory that was named, and nowhere else */
static int open_below(const struct ka_vetwalk *w, int extra)
{
	struct open_how how = { .flags = (unsigned)FLAGS | (unsigned)extra, .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS };
	const char *path = w->path[w->below] != '\0' ? w->path + w->below : ".";
	long fd = syscall(SYS_openat2, w->root, path, &how, sizeof(how));

	if (fd < 0 && (errno == ENOSYS || errno == EPERM)) /* an old kernel, or a filter that does not know the call */
		return openat(w->root, path, FLAGS | extra | O_NOFOLLOW);
	return (int)fd;
}

static enum ka_err take_file(struct ka_vetwalk *w, bool is_link)
{
	KA_AUTOCLOSE int fd = open_below(w, 0);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0) {
		fail(w, why(errno));
		return KA_ERR_OK;
	}
	if (S_ISREG(st.st_mode))
		return take(w, fd, st.st_size);
	if (!is_link || !S_ISDIR(st.st_mode))
		fail(w, "not a regular file");
	return KA_ERR_OK;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static enum ka_err put(struct names *n, const char *name)
{
	if (n->count == KA_VET_WALK_NAMES_MAX)
		return KA_ERR_LIMIT;
	if (n->count == n->room) {
		size_t room = n->room == 0 ? 64 : 2 * n->room;
		char **at = realloc(n->at, room * sizeof(*at));

		if (at == NULL)
			return KA_ERR_NOMEM;
		n->at = at;
		n->room = room;
	}
	n->at[n->count] = strdup(name);
	return n->at[n->count++] != NULL ? KA_ERR_OK : KA_ERR_NOMEM; /* free(NULL) is fine */
}

/* the names of the directory in w->path, in order */
static enum ka_err list(struct ka_vetwalk *w, struct names *n)
{
	int fd = open_below(w, O_DIRECTORY);
	KA_AUTOCLOSEDIR DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	enum ka_err err = KA_ERR_OK;
	struct dirent *e;

	if (dir == NULL) {
		fail(w, why(errno));
		if (fd >= 0)
			close(fd);
		return KA_ERR_OK;
	}
	for (errno = 0; err == KA_ERR_OK && (e = readdir(dir)) != NULL; errno = 0)
		if (e->d_name[0] != '.' || strcmp(e->d_name, ".ssh") == 0)
			err = put(n, e->d_name);
	if (err == KA_ERR_LIMIT || (err == KA_ERR_OK && errno != 0)) {
		fail(w, err == KA_ERR_LIMIT ? "more names than are looked at" : "cannot be read");
		err = KA_ERR_OK;
	}
	if (n->count > 0)
		qsort(n->at, n->count, sizeof(*n->at), by_name);
	return err;
}

static enum ka_err walk(struct ka_vetwalk *w, unsigned depth);

static enum ka_err look_at(struct ka_vetwalk *w, const char *name, unsigned depth)
{
	bool may_hold, is_meant;
	struct stat st;

	if (fstatat(w->root, w->path + w->below, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		fail(w, why(errno));
		return KA_ERR_OK;
	}
	if (S_ISDIR(st.st_mode))
		return walk(w, depth + 1);
	may_hold = S_ISREG(st.st_mode) || S_ISLNK(st.st_mode);
	is_meant = ka_vetaccount_is_keyfile(name);
	if (may_hold && (w->all || is_meant))
		return take_file(w, S_ISLNK(st.st_mode));
	if (is_meant)
		fail(w, "not a regular file");
	w->passed_over += !is_meant && S_ISREG(st.st_mode);
	return KA_ERR_OK;
}

/* the directory in w->path, which stays as it is */
static enum ka_err walk(struct ka_vetwalk *w, unsigned depth)
{
	struct names names = { NULL, 0, 0 };
	size_t end = strlen(w->path);
	enum ka_err err = KA_ERR_OK;
	struct ka_buf b;

	if (depth > KA_PATH_DEPTH_MAX) {
		fail(w, "too many directories in each other");
		return KA_ERR_OK;
	}
	err = list(w, &names);
	for (size_t i = 0; err == KA_ERR_OK && i < names.count; i++) {
		ka_buf_init(&b, w->path + end, sizeof(w->path) - end);
		if (end > 0 && w->path[end - 1] != '/')
			ka_buf_char(&b, '/');
		ka_buf_text(&b, names.at[i]);
		if (ka_buf_check(&b) == KA_ERR_OK)
			err = look_at(w, names.at[i], depth);
		else
			fail(w, "a path that is too long");
		w->path[end] = '\0';
	}
	free_names(&names);
	return err;
}

static enum ka_err walk_directory(struct ka_vetwalk *w, int fd)
{
	size_t files = w->files, failed = w->failed, end = strlen(w->path);
	enum ka_err err;

	if (end > 0 && end + 1 < sizeof(w->path) && w->path[end - 1] != '/')
		memcpy(w->path + end++, "/", 2);
	w->root = fd;
	w->below = end;
	err = walk(w, 0);
	if (err == KA_ERR_OK && w->files == files && w->failed == failed)
		fail(w, w->all ? "holds no file" : "holds no key file (authorized_keys*, *.keys, *.pub); --all takes every file");
	return err;
}

/* what was named itself may be a link: whoever named it meant that */
static enum ka_err open_named(struct ka_vetwalk *w)
{
	KA_AUTOCLOSE int fd = open(w->path, FLAGS);
	const char *slash = strrchr(w->path, '/');
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0) {
		fail(w, why(errno));
		return KA_ERR_OK;
	}
	w->below = slash != NULL ? (size_t)(slash + 1 - w->path) : 0;
	if (S_ISREG(st.st_mode))
		return take(w, fd, st.st_size);
	if (S_ISDIR(st.st_mode))
		return walk_directory(w, fd);
	fail(w, "not a regular file; to judge the output of a program: PROGRAM | keyaudit vet -");
	return KA_ERR_OK;
}

enum ka_err ka_vetwalk_run(struct ka_vetwalk *w, const char *name)
{
	KA_AUTOCLOSE int fd = -1;
	struct ka_buf b;

	ka_buf_init_array(&b, w->path);
	ka_buf_text(&b, name);
	if (ka_buf_check(&b) != KA_ERR_OK) {
		fail(w, "a path that is too long");
		return KA_ERR_OK;
	}
	w->below = 0;
	if (strcmp(name, "-") != 0)
		return open_named(w);
	fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
	if (fd < 0) {
		fail(w, "cannot be read");
		return KA_ERR_OK;
	}
	return take(w, fd, 0);
}
