/*
 * Finding what was rotated away. The order is that of the numbers inside, never that of names or times. Others rotate and
 * compress meanwhile: a file is held open from the first look on, and a folder that has changed is looked at again.
 */
#include "keyaudit/trail/trailfiles.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "keyaudit/trail/trailfirst.h"

#include "base/poison.h"

/* one look at a folder */
struct look {
	DIR *dir;
	const char *folder, *base;
	unsigned which;
	bool is_moved;  /* a name was gone when it was to be opened */
	struct ka_trailfiles *out;
};

enum packing { PLAIN, GZIP, FOREIGN };

static enum packing packing_of(const char *name)
{
	static const struct { const char *end; enum packing is; } ends[] = {
		{ ".gz", GZIP }, { ".xz", FOREIGN }, { ".zst", FOREIGN }, { ".bz2", FOREIGN },
	};
	size_t n = strlen(name);

	for (size_t i = 0; i < KA_ARRAY_LEN(ends); i++)
		if (n > strlen(ends[i].end) && strcmp(name + n - strlen(ends[i].end), ends[i].end) == 0)
			return ends[i].is;
	return PLAIN;
}

static char *join(const char *folder, const char *name)
{
	size_t size = strlen(folder) + strlen(name) + 2;
	char *path = malloc(size);
	struct ka_buf b;

	if (path == NULL)
		return NULL;
	ka_buf_init(&b, path, size);
	ka_buf_text(&b, folder);
	ka_buf_text(&b, strcmp(folder, "/") == 0 ? "" : "/");
	ka_buf_text(&b, name);
	return path;
}

static void drop(struct ka_trailfile *f)
{
	ka_trailbytes_close(&f->bytes);
	free(f->name);
	f->name = NULL;
}

/* many files are open at once; as many as this process may have */
static void raise_limit(void)
{
	struct rlimit l;

	if (getrlimit(RLIMIT_NOFILE, &l) == 0 && l.rlim_cur < l.rlim_max) {
		l.rlim_cur = l.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &l);
	}
}

/* Opens it and reads its first record; takes @name over, also in a fault. */
static enum ka_err open_one(int dirfd, const char *at, char *name, struct ka_trailfile *f)
{
	struct stat st;
	enum ka_err err;

	*f = (struct ka_trailfile){ .name = name, .bytes = { .fd = -1, .from = -1 } };
	if (name == NULL)
		return KA_ERR_NOMEM;
	err = ka_trailbytes_open(dirfd, at, &f->bytes);
	if (err == KA_ERR_SYS && errno == EMFILE) {
		raise_limit();
		err = ka_trailbytes_open(dirfd, at, &f->bytes);
	}
	if (err == KA_ERR_OK && fstat(f->bytes.fd, &st) != 0)
		err = KA_ERR_SYS;
	if (err != KA_ERR_OK) {
		int saved = errno;

		drop(f);
		errno = saved;
		return err;
	}
	f->device = st.st_dev;
	f->inode = st.st_ino;
	f->size = st.st_size;
	f->begun_us = INT64_MIN;
	ka_trailfirst_read(f);
	return KA_ERR_OK;
}

static enum ka_err add(struct ka_trailfiles *out, struct ka_trailfile *f)
{
	if (out->file == NULL)
		out->file = calloc(KA_TRAIL_FILES_MAX + 1, sizeof(*out->file));
	if (out->file == NULL || out->count > KA_TRAIL_FILES_MAX) {
		drop(f);
		return out->file == NULL ? KA_ERR_NOMEM : KA_ERR_LIMIT;
	}
	out->file[out->count++] = *f;
	return KA_ERR_OK;
}

/* may be one of the trail's, and nobody can tell */
static void leave(struct look *l, const char *name, enum ka_trailbytes_fault why)
{
	struct stat st;

	if (fstatat(dirfd(l->dir), name, &st, 0) == 0 && (int64_t)st.st_mtim.tv_sec * 1000000 > l->out->left_us)
		l->out->left_us = (int64_t)st.st_mtim.tv_sec * 1000000;
	if (why == KA_TRAILBYTES_FINE) {
		l->out->foreign++;
		return;
	}
	if (l->out->unread++ > 0)
		return;
	l->out->unread_name = join(l->folder, name);
	l->out->unread_why = why;
}

/* a compressed file that nobody has finished yet: what it is made of is still there */
static bool is_becoming(const struct look *l, const char *name)
{
	size_t n = strlen(name) - 3, folder = strlen(l->folder);

	if (packing_of(name) != GZIP)
		return false;
	for (size_t i = 0; i < l->out->count; i++) {
		const char *other = l->out->file[i].name + (strcmp(l->folder, "/") == 0 ? 1 : folder + 1);

		if (strncmp(l->out->file[i].name, l->folder, folder) == 0 && strlen(other) == n && strncmp(other, name, n) == 0)
			return true;
	}
	return false;
}

static enum ka_err look_at(struct look *l, const char *name)
{
	struct ka_trailfile f;
	enum ka_err err = open_one(dirfd(l->dir), name, join(l->folder, name), &f);

	if (err == KA_ERR_SYS) {
		l->is_moved |= errno == ENOENT;
		if (errno == EACCES || errno == EPERM)
			leave(l, name, KA_TRAILBYTES_CLOSED);
		else if (errno == EIO || errno == EMFILE || errno == ENFILE)
			leave(l, name, KA_TRAILBYTES_UNREADABLE);
		return KA_ERR_OK;
	}
	if (err != KA_ERR_OK)
		return err;
	if (f.seq > 0 && ka_trailfiles_where(l->out, f.device, f.inode) == l->out->count)
		return add(l->out, &f);
	if (f.bytes.fault != KA_TRAILBYTES_FINE && !is_becoming(l, name))
		leave(l, name, f.bytes.fault);
	drop(&f);
	return KA_ERR_OK;
}

static bool is_beside(const char *name, const char *base)
{
	size_t n = strlen(base);

	return strncmp(name, base, n) == 0 && (name[n] == '-' || name[n] == '.') && name[n + 1] != '\0';
}

/* the files beside it of one packing */
static enum ka_err look_beside(struct look *l, enum packing packing)
{
	const struct dirent *e;
	enum ka_err err = KA_ERR_OK;

	rewinddir(l->dir);
	while (err == KA_ERR_OK && (e = readdir(l->dir)) != NULL) {
		if (!is_beside(e->d_name, l->base) || packing_of(e->d_name) != packing)
			continue;
		if (packing == FOREIGN)
			leave(l, e->d_name, KA_TRAILBYTES_FINE);
		else
			err = look_at(l, e->d_name);
	}
	return err;
}

/* Keep those for which @is_kept says so; the order stays. */
static void keep(struct ka_trailfiles *out, bool (*is_kept)(const struct ka_trailfiles *out, size_t i, const void *ctx), const void *ctx)
{
	size_t n = 0;

	for (size_t i = 0; i < out->count; i++) {
		struct ka_trailfile f = out->file[i];

		if (is_kept(out, i, ctx))
			out->file[n++] = f;
		else
			drop(&f);
	}
	out->count = n;
}

static bool is_of_chain(const struct ka_trailfiles *out, size_t i, const void *ctx)
{
	return strcmp(out->file[i].chain, ctx) == 0;
}

/* Another one with the same records says more: the plain one of a compressed one, the longer one of two. */
static bool is_first(const struct ka_trailfiles *out, size_t i, const void *ctx)
{
	const struct ka_trailfile *f = &out->file[i], *next = i + 1 < out->count ? f + 1 : NULL;

	if (next == NULL || next->seq != f->seq || f->seq == 0)
		return true;
	return (*(const unsigned *)ctx & KA_TRAILFILES_COPIES) != 0 && !f->bytes.is_packed && !next->bytes.is_packed;
}

/* the trail itself is the last, whatever it says; what is plain and long stands behind what is not */
static int by_number(const void *a, const void *b)
{
	const struct ka_trailfile *x = a, *y = b;

	if (x->is_trail != y->is_trail)
		return x->is_trail ? 1 : -1;
	if (x->seq != y->seq)
		return x->seq < y->seq ? -1 : 1;
	if (x->bytes.is_packed != y->bytes.is_packed)
		return x->bytes.is_packed ? -1 : 1;
	if (x->size != y->size)
		return x->size < y->size ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* A record is of the time between the beginnings of its file and of the next one, if no clock was set back. */
static void set_times(struct ka_trailfiles *out)
{
	int64_t skew = (int64_t)KA_TRAIL_SKEW_SEC * 1000000, least = INT64_MAX, most = INT64_MIN;

	for (size_t i = out->count; i-- > 0;) {
		struct ka_trailfile *f = &out->file[i];

		if (f->begun_us < least)
			least = f->begun_us;
		f->from_us = least < INT64_MIN + skew ? INT64_MIN : least - skew;
	}
	for (size_t i = 0; i < out->count; i++) {
		bool is_last = i + 1 == out->count;

		if (!is_last && out->file[i + 1].begun_us > most)
			most = out->file[i + 1].begun_us;
		out->file[i].until_us = is_last || out->file[i + 1].begun_us == INT64_MIN ? INT64_MAX : most + skew;
	}
}

/* whose files are wanted: the trail's own, or where there is none the chain that was begun last; NULL: none */
static const char *wanted_chain(const struct ka_trailfiles *out, bool has_trail)
{
	const struct ka_trailfile *last = NULL;

	if (has_trail)
		return out->file[0].chain;
	for (size_t i = 0; i < out->count; i++)
		if (last == NULL || out->file[i].begun_us > last->begun_us)
			last = &out->file[i];
	return last != NULL ? last->chain : NULL;
}

/* put in order what was found; errno ENOENT when it is nothing */
static enum ka_err arrange(struct look *l, bool has_trail)
{
	struct ka_trailfiles *out = l->out;
	const char *wanted = wanted_chain(out, has_trail);
	char chain[KA_SEAL_CHAIN_MAX];

	if (wanted == NULL) {
		errno = ENOENT;
		return KA_ERR_SYS;
	}
	memcpy(chain, wanted, sizeof(chain));
	keep(out, is_of_chain, chain);
	qsort(out->file, out->count, sizeof(*out->file), by_number);
	keep(out, is_first, &l->which);
	set_times(out);
	return KA_ERR_OK;
}

static enum ka_err look_once(struct look *l, const char *path)
{
	struct ka_trailfile f;
	enum ka_err err = open_one(dirfd(l->dir), l->base, strdup(path), &f);
	bool has_trail = err == KA_ERR_OK, is_alone;

	if (err == KA_ERR_SYS && errno == ENOENT)
		err = KA_ERR_OK;
	else if (err == KA_ERR_OK) {
		f.is_trail = true;
		err = add(l->out, &f);
	}
	is_alone = has_trail && err == KA_ERR_OK && l->out->file[0].seq == 0; /* unchained: nothing goes on from elsewhere */
	if (err == KA_ERR_OK && !is_alone)
		err = look_beside(l, PLAIN);
	if (err == KA_ERR_OK && !is_alone && (l->which & KA_TRAILFILES_PLAIN) == 0)
		err = look_beside(l, GZIP);
	if (err == KA_ERR_OK && !is_alone && (l->which & KA_TRAILFILES_PLAIN) == 0)
		err = look_beside(l, FOREIGN);
	l->is_moved |= !has_trail && l->out->count > 0;
	return err == KA_ERR_OK ? arrange(l, has_trail) : err;
}

static bool has_changed(const struct stat *a, const struct stat *b)
{
	return a->st_mtim.tv_sec != b->st_mtim.tv_sec || a->st_mtim.tv_nsec != b->st_mtim.tv_nsec;
}

/* Until the folder has stood still, within bounds: a file can be missed by both of its names while it is renamed. */
static enum ka_err look(struct look *l, const char *path)
{
	enum ka_err err;

	for (int i = 1;; i++) {
		struct stat before, after;
		int saved;

		l->is_moved = false;
		if (fstat(dirfd(l->dir), &before) != 0)
			return KA_ERR_SYS;
		err = look_once(l, path);
		saved = errno;
		if (i == KA_TRAIL_LOOKS_MAX || (err != KA_ERR_OK && (err != KA_ERR_SYS || saved != ENOENT)) || fstat(dirfd(l->dir), &after) != 0 ||
		    (!l->is_moved && !has_changed(&before, &after))) {
			errno = saved;
			return err;
		}
		ka_trailfiles_free(l->out);
		poll(NULL, 0, KA_TRAIL_LOOK_AGAIN_MS);
	}
}

/* The folder may not be listed: the trail may be read all the same, and what lies beside it is not known. */
static enum ka_err find_alone(const char *path, const char *folder, struct ka_trailfiles *out)
{
	enum ka_err err = ka_trailfiles_take(path, out);

	if (err == KA_ERR_OK) {
		out->file[0].is_trail = true;
		out->unread = 1;
		out->unread_name = strdup(folder);
		out->unread_why = KA_TRAILBYTES_CLOSED;
		out->left_us = INT64_MAX - (int64_t)KA_TRAIL_SKEW_SEC * 1000000;
	}
	return err;
}

enum ka_err ka_trailfiles_find(const char *path, unsigned which, struct ka_trailfiles *out)
{
	KA_AUTOFREE char *folder = strdup(path);
	char *slash = folder != NULL ? strrchr(folder, '/') : NULL;
	KA_AUTOCLOSEDIR DIR *dir = NULL;
	struct look l = { .base = path, .folder = ".", .which = which, .out = out };

	memset(out, 0, sizeof(*out));
	if (folder == NULL)
		return KA_ERR_NOMEM;
	if (slash != NULL) {
		l.base = path + (slash - folder) + 1;
		*slash = '\0';
		l.folder = slash == folder ? "/" : folder;
	}
	dir = opendir(l.folder);
	if (dir == NULL)
		return errno == EACCES ? find_alone(path, l.folder, out) : KA_ERR_SYS;
	l.dir = dir;
	return look(&l, path);
}

enum ka_err ka_trailfiles_take(const char *path, struct ka_trailfiles *out)
{
	struct ka_trailfile f;
	enum ka_err err = open_one(AT_FDCWD, path, strdup(path), &f);

	f.from_us = INT64_MIN;
	f.until_us = INT64_MAX;
	return err == KA_ERR_OK ? add(out, &f) : err;
}

size_t ka_trailfiles_where(const struct ka_trailfiles *f, dev_t device, ino_t inode)
{
	size_t i = 0;

	while (i < f->count && (f->file[i].device != device || f->file[i].inode != inode))
		i++;
	return i;
}

void ka_trailfiles_free(struct ka_trailfiles *f)
{
	for (size_t i = 0; i < f->count; i++)
		drop(&f->file[i]);
	free(f->file);
	free(f->unread_name);
	memset(f, 0, sizeof(*f));
}
