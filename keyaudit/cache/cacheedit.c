/* Changing the cache as its writer does: under the entry's lock, with another name and a rename. */
#include "keyaudit/cache/cacheedit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "keyaudit/cache/cachelist.h"
#include "store/cachedir.h"
#include "store/entry.h"

#include "base/poison.h"

/* large: allocated */
struct edit {
	struct ka_cacheedit *e;
	uid_t owner;
	const char *source;
	int dir;
	struct ka_entry entry;
	char bytes[KA_ENTRY_BULK_MAX + 1], fresh[KA_ENTRY_BULK_MAX + 1];
};

/* -1: it is being asked for, or cannot be locked */
static int lock(const struct edit *d, const char *name)
{
	KA_AUTOCLOSE int fd = openat(d->dir, ka_cachedir_name(name, ".lock").text, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);

	if (fd < 0 || ka_fd_lock(fd, KA_CACHEEDIT_LOCK_MS) != KA_ERR_OK)
		return -1;
	return ka_steal_fd(&fd);
}

static bool read_entry(struct edit *d, const char *name, gid_t *group)
{
	bool is_ours;
	KA_AUTOCLOSE int fd = ka_cachelist_open_file(d->dir, d->owner, name, "", KA_ENTRY_BULK_MAX, &is_ours);
	struct stat st;
	size_t len;

	if (fd < 0 || fstat(fd, &st) != 0 || ka_fd_read_all(fd, d->bytes, sizeof(d->bytes), &len) != KA_ERR_OK)
		return false;
	*group = st.st_gid;
	return ka_entry_parse((struct ka_span){ (const uint8_t *)d->bytes, len }, &d->entry);
}

/* a torn entry is nobody's, and goes with everything of its source, or under the name of the user who was asked for */
static bool is_wanted(struct edit *d, const char *name)
{
	char expected[KA_ENTRY_HEX];
	gid_t group;

	if (d->e->user == NULL)
		return true;
	ka_entry_name(d->source, d->e->user, NULL, expected);
	return strcmp(expected, name) == 0 || (read_entry(d, name, &group) && strcmp(d->entry.user, d->e->user) == 0);
}

static void remove_entry(struct edit *d, const char *name)
{
	unlinkat(d->dir, ka_cachedir_name(name, ".try").text, 0);
	if (unlinkat(d->dir, name, 0) == 0)
		d->e->done++;
	else if (errno != ENOENT)
		d->e->failed++;
}

static void clear(struct edit *d, const char *name)
{
	KA_AUTOCLOSE int held = lock(d, name);

	if (held < 0)
		d->e->busy++;
	else
		remove_entry(d, name);
}

static bool replace(struct edit *d, const char *name, struct ka_span bytes, gid_t group)
{
	struct ka_cachedir_name fresh = ka_cachedir_name(name, ".new");
	KA_AUTOCLOSE int fd = -1;
	struct stat st;

	unlinkat(d->dir, fresh.text, 0);
	fd = openat(d->dir, fresh.text, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640);
	/* the command reads it by its group */
	if (fd >= 0 && fstat(fd, &st) == 0 && (st.st_gid == group || fchown(fd, (uid_t)-1, group) == 0) && fchmod(fd, 0640) == 0 &&
	    ka_fd_write_all(fd, bytes.p, bytes.len) == KA_ERR_OK && fsync(fd) == 0 && renameat(d->dir, fresh.text, d->dir, name) == 0)
		return true;
	unlinkat(d->dir, fresh.text, 0);
	return false;
}

static void expire(struct edit *d, const char *name)
{
	KA_AUTOCLOSE int held = lock(d, name);
	struct ka_buf b;
	gid_t group;

	if (held < 0) {
		d->e->busy++;
		return;
	}
	if (!read_entry(d, name, &group) || !d->entry.is_found) {
		remove_entry(d, name); /* "no keys" is never served old, and what is no entry is served to nobody */
		return;
	}
	if (d->entry.fresh <= d->e->now && d->entry.swr <= d->e->now) {
		unlinkat(d->dir, ka_cachedir_name(name, ".try").text, 0);
		return;
	}
	if (d->entry.fresh > d->e->now)
		d->entry.fresh = d->e->now;
	if (d->entry.swr > d->e->now)
		d->entry.swr = d->e->now;
	ka_buf_init_array(&b, d->fresh);
	ka_entry_write(&d->entry, &b);
	if (ka_buf_check(&b) != KA_ERR_OK || !replace(d, name, ka_buf_as_span(&b), group)) {
		d->e->failed++;
		return;
	}
	unlinkat(d->dir, ka_cachedir_name(name, ".try").text, 0);
	d->e->done++;
}

/* what belongs to no entry that is there: notes of failures, breakers. What is half-written may be somebody's who is at work */
static bool is_rest(const char *file)
{
	char name[KA_ENTRY_HEX];

	if (strncmp(file, "breaker.", strlen("breaker.")) == 0)
		return true;
	if (!ka_span_copy(ka_span_sub(ka_span_of(file), 0, KA_ENTRY_HEX - 1), name, sizeof(name)) || !ka_cachelist_is_entry(name))
		return false;
	return strcmp(file + KA_ENTRY_HEX - 1, ".try") == 0;
}

static bool is_rest_of(const char *file, const char *source, const char *user)
{
	char name[KA_ENTRY_HEX];

	ka_entry_name(source, user, NULL, name);
	return strcmp(file, ka_cachedir_name(name, ".try").text) == 0;
}

/* a note of a failure is written under its entry's lock; one that has an entry beside it is taken away with that */
static void remove_rest(struct edit *d, const char *file)
{
	char name[KA_ENTRY_HEX];
	KA_AUTOCLOSE int held = -1;

	if (!ka_span_copy(ka_span_sub(ka_span_of(file), 0, KA_ENTRY_HEX - 1), name, sizeof(name)) || !ka_cachelist_is_entry(name)) {
		unlinkat(d->dir, file, 0); /* a breaker */
		return;
	}
	if (faccessat(d->dir, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0)
		return;
	held = lock(d, name);
	if (held < 0)
		d->e->busy++;
	else
		unlinkat(d->dir, file, 0);
}

static void edit_source(struct edit *d, int cache, const char *source, void (*act)(struct edit *d, const char *name))
{
	KA_AUTOCLOSE int dir = ka_cachelist_open_source(cache, d->owner, source), again = -1;
	KA_AUTOCLOSEDIR DIR *all = NULL;
	const struct dirent *e;
	size_t steps = 0;

	again = dir >= 0 ? openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	all = again >= 0 ? fdopendir(again) : NULL;
	if (all == NULL)
		return;
	ka_steal_fd(&again);
	d->dir = dir;
	d->source = source;
	while ((e = readdir(all)) != NULL && steps++ < KA_CACHELIST_STEPS_MAX) {
		if (ka_cachelist_is_entry(e->d_name)) {
			if (is_wanted(d, e->d_name))
				act(d, e->d_name);
		} else if (d->e->user == NULL ? is_rest(e->d_name) : is_rest_of(e->d_name, source, d->e->user)) {
			remove_rest(d, e->d_name);
		}
	}
}

static enum ka_err edit(int cache, uid_t owner, struct ka_cacheedit *e, void (*act)(struct edit *d, const char *name))
{
	KA_AUTOFREE struct edit *d = calloc(1, sizeof(*d));
	KA_AUTOCLOSE int fd = openat(cache, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	KA_AUTOCLOSEDIR DIR *all = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *one;
	size_t steps = 0;

	if (all != NULL)
		ka_steal_fd(&fd);
	if (d == NULL)
		return KA_ERR_NOMEM;
	if (all == NULL)
		return KA_ERR_SYS;
	d->e = e;
	d->owner = owner;
	while ((one = readdir(all)) != NULL && steps++ < KA_CACHELIST_STEPS_MAX)
		if (ka_cachelist_is_source(one->d_name) && (e->source == NULL || strcmp(e->source, one->d_name) == 0))
			edit_source(d, cache, one->d_name, act);
	return KA_ERR_OK;
}

enum ka_err ka_cacheedit_clear(int cache, uid_t owner, struct ka_cacheedit *e)
{
	return edit(cache, owner, e, clear);
}

enum ka_err ka_cacheedit_expire(int cache, uid_t owner, struct ka_cacheedit *e)
{
	return edit(cache, owner, e, expire);
}
