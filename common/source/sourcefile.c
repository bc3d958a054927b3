/*
 * Reads local key files. It must never hand on a byte of a file that was not judged on
 * the descriptor it is read from, and one bad file must never hide the others.
 */
#include "source/sourcefile.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/fdlines.h"
#include "base/text.h"
#include "source/sourcedir.h"
#include "source/sourcepath.h"

#include "base/poison.h"

/* one run over the entries of a source */
struct run {
	struct ka_permwalk_trust trust;
	ka_sourcefile_take *take;
	void *ctx;
	struct ka_sourcefile_out *out;
	bool by_lines;
	const char *path;               /* of the file in hand, as are these */
	bool has_bytes;                 /* it was handed on */
	struct ka_permwalk_refusal why;
	size_t looked_at;
};

/* the first refusal stays; "unavailable" gives way to it */
static void note(struct run *r, enum ka_source_answer answer, enum ka_reason reason)
{
	if (r->out->answer == KA_SOURCE_REFUSED || r->out->answer == answer)
		return;
	r->out->answer = answer;
	r->out->reason = reason;
	r->out->why = r->why;
}

static void note_named(struct run *r, struct ka_span path, enum ka_reason reason)
{
	r->why = (struct ka_permwalk_refusal){ .reason = reason };
	ka_span_copy(path, r->why.path, sizeof(r->why.path));
	note(r, KA_SOURCE_REFUSED, reason);
}

/* what could not be opened */
static void note_why(struct run *r)
{
	if (r->why.reason != KA_REASON_NONE)
		note(r, KA_SOURCE_REFUSED, r->why.reason);
	else if (r->why.errnum != ENOENT)
		note(r, KA_SOURCE_UNAVAILABLE, KA_REASON_STORE_UNREACHABLE);
}

/* the system failed; errno says how */
static void note_failed(struct run *r, const char *path)
{
	r->why = (struct ka_permwalk_refusal){ .errnum = errno };
	ka_span_copy(ka_span_of(path), r->why.path, sizeof(r->why.path));
	note(r, KA_SOURCE_UNAVAILABLE, KA_REASON_STORE_UNREACHABLE);
}

/* the walk could not be made: too long a path is the configuration's fault, anything else the system's */
static void note_no_walk(struct run *r, enum ka_err err, const char *path)
{
	if (err == KA_ERR_LIMIT)
		note_named(r, ka_span_of(path), KA_REASON_CONF_INVALID);
	else
		note_failed(r, path);
}

static void hand_on(void *ctx, struct ka_span bytes)
{
	struct run *r = ctx;

	r->has_bytes = true;
	r->take(r->ctx, r->path, bytes);
}

static enum ka_err take_whole(struct run *r, int fd)
{
	KA_AUTOFREE char *bytes = NULL;
	size_t len = 0;
	enum ka_err err = ka_fd_slurp(fd, KA_SOURCE_FILE_MAX, &bytes, &len);

	if (err == KA_ERR_OK && len > 0)
		hand_on(r, (struct ka_span){ (const uint8_t *)bytes, len });
	return err;
}

/* reads the opened file to its end and hands it on */
static enum ka_err take_fd(struct run *r, int fd, const char *path)
{
	enum ka_err err;

	r->path = path;
	r->has_bytes = false;
	err = r->by_lines ? ka_fdlines_each(fd, KA_SOURCE_FILE_MAX, hand_on, r) : take_whole(r, fd);
	r->out->files += r->has_bytes;
	if (err == KA_ERR_LIMIT) {
		note_named(r, ka_span_of(path), KA_REASON_STORE_TOO_LARGE);
		return KA_ERR_OK;
	}
	if (err == KA_ERR_SYS) {
		note_failed(r, path);
		return KA_ERR_OK;
	}
	return err;
}

/* false, and noted, when the source names too many files */
static bool may_look(struct run *r, const char *path)
{
	if (r->looked_at++ < KA_SOURCE_FILES_MAX)
		return true;
	note_named(r, ka_span_of(path), KA_REASON_STORE_TOO_LARGE);
	return false;
}

static enum ka_err read_file(struct run *r, const char *path)
{
	KA_AUTOCLOSE int fd = -1;
	enum ka_err err;

	if (!may_look(r, path))
		return KA_ERR_OK;
	err = ka_permwalk_open(path, &r->trust, &fd, &r->why);
	if (err != KA_ERR_OK) {
		note_no_walk(r, err, path);
		return KA_ERR_OK;
	}
	if (fd < 0) {
		note_why(r);
		return KA_ERR_OK;
	}
	return take_fd(r, fd, path);
}

static enum ka_err read_in(struct run *r, int dirfd, const char *dir, const char *name)
{
	KA_AUTOCLOSE int fd = -1;
	char path[KA_PATH_TRUSTED_MAX];
	struct ka_buf b;

	if (!may_look(r, dir))
		return KA_ERR_OK;
	ka_buf_init_array(&b, path);
	ka_buf_text(&b, dir);
	ka_buf_text(&b, name);
	if (ka_buf_check(&b) != KA_ERR_OK || ka_permwalk_open_in(dirfd, dir, name, &r->trust, &fd, &r->why) != KA_ERR_OK) {
		note_named(r, ka_span_of(dir), KA_REASON_CONF_INVALID);
		return KA_ERR_OK;
	}
	if (fd < 0) {
		note_why(r);
		return KA_ERR_OK;
	}
	return take_fd(r, fd, path);
}

/* @path ends in '/' */
static enum ka_err read_dir(struct run *r, const char *path)
{
	struct ka_permwalk_trust trust = r->trust;
	KA_AUTOCLOSEDIR DIR *dir = NULL;
	KA_AUTOFREE struct ka_sourcedir *list = NULL;
	KA_AUTOCLOSE int fd = -1;
	enum ka_err err;

	trust.is_dir = true;
	err = ka_permwalk_open(path, &trust, &fd, &r->why);
	if (err != KA_ERR_OK) {
		note_no_walk(r, err, path);
		return KA_ERR_OK;
	}
	if (fd < 0) {
		note_why(r);
		return KA_ERR_OK;
	}
	list = malloc(sizeof(*list));
	dir = list != NULL ? fdopendir(fd) : NULL;
	if (dir == NULL)
		return KA_ERR_NOMEM;
	ka_steal_fd(&fd);
	if (ka_sourcedir_list(dir, ".pub", KA_SOURCE_FILES_MAX, list) != KA_ERR_OK)
		note_failed(r, path);
	for (size_t i = 0; i < list->count && err == KA_ERR_OK; i++)
		err = read_in(r, dirfd(dir), path, list->names[i]);
	if (list->has_more)
		note_named(r, ka_span_of(path), KA_REASON_STORE_TOO_LARGE);
	return err;
}

static enum ka_err read_entry(struct run *r, struct ka_span entry, const struct ka_source_query *query)
{
	char path[KA_PATH_TRUSTED_MAX];

	if (!ka_sourcepath_expand(entry, query, path)) {
		note_named(r, entry, KA_REASON_CONF_INVALID);
		return KA_ERR_OK;
	}
	return entry.p[entry.len - 1] == '/' ? read_dir(r, path) : read_file(r, path);
}

enum ka_err ka_sourcefile_read(const struct ka_conf_source *source, const struct ka_source_query *query,
			       ka_sourcefile_take *take, void *ctx, struct ka_sourcefile_out *out)
{
	struct run r = { .take = take, .ctx = ctx, .out = out, .by_lines = query->by_lines };
	struct ka_span rest = ka_span_of(source->path), entry;
	enum ka_err err = KA_ERR_OK;

	*out = (struct ka_sourcefile_out){ .answer = KA_SOURCE_NO_KEYS, .reason = KA_REASON_NONE };
	if (source->kind != KA_CONF_KIND_FILE) { /* nobody's question: what is not asked must not look as if it had nothing */
		out->answer = KA_SOURCE_UNAVAILABLE;
		out->reason = KA_REASON_STORE_UNREACHABLE;
		return KA_ERR_OK;
	}
	if (source->owner == KA_CONF_OWNER_USER && query->uid == NULL) {
		note_named(&r, rest, KA_REASON_CONF_INVALID);
		return KA_ERR_OK;
	}
	r.trust.known = query->known;
	r.trust.owner = source->owner == KA_CONF_OWNER_USER ? query->uid_number : 0;
	while (err == KA_ERR_OK && ka_text_word(&rest, &entry))
		err = read_entry(&r, entry, query);
	if (out->files > 0)
		out->answer = KA_SOURCE_FOUND;
	else if (out->answer == KA_SOURCE_NO_KEYS)
		out->reason = KA_REASON_STORE_NO_KEYS;
	return err;
}
