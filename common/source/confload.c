/*
 * The configuration from disk. The directory is walked and judged once; the files
 * are then opened by name inside it, each judged on its descriptor.
 */
#include "source/confload.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/paths.h"
#include "base/text.h"
#include "source/confwhy.h"

#include "base/poison.h"

struct load {
	struct ka_conf *conf;
	struct ka_confload *out;
	struct ka_conf_errors *errors;
	struct ka_confload_work *w;
};

/* @why: what could not be opened, or NULL */
static void note(struct load *l, enum ka_reason reason, const struct ka_buf *text, const struct ka_permwalk_refusal *why)
{
	if (l->out->reason != KA_REASON_CONF_UNSAFE && (l->out->reason == KA_REASON_NONE || reason == KA_REASON_CONF_UNSAFE)) {
		l->out->reason = reason;
		(void)ka_span_copy(ka_buf_as_span(text), l->out->text, sizeof(l->out->text));
		if (why != NULL)
			l->out->why = *why;
	}
	if (l->errors->count++ == 0)
		(void)ka_span_copy(ka_buf_as_span(text), l->errors->first, sizeof(l->errors->first));
	if (l->errors->each != NULL)
		l->errors->each(l->errors->ctx, text->p);
}

static void note_path(struct load *l, const char *path, const char *what)
{
	char text[KA_CONF_ERROR_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_text_escape(&b, ka_span_of(path), 0, 200);
	ka_buf_text(&b, what);
	note(l, KA_REASON_CONF_INVALID, &b, NULL);
}

/* the answer for what could not be opened; a fault when the system failed */
static enum ka_err note_refusal(struct load *l, bool is_dir)
{
	const struct ka_permwalk_refusal *why = &l->w->why;
	char text[KA_CONF_ERROR_MAX];
	struct ka_buf b;

	switch (why->errnum) {
	case EIO:
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		errno = why->errnum;
		return KA_ERR_SYS;
	default:
		break;
	}
	ka_buf_init_array(&b, text);
	ka_confwhy_write(why, is_dir, &b);
	note(l, why->reason != KA_REASON_NONE ? why->reason : KA_REASON_CONF_INVALID, &b, why);
	return KA_ERR_OK;
}

static const char *show(struct ka_confload_work *w, const char *dir, const char *name)
{
	struct ka_buf b;

	ka_buf_init_array(&b, w->shown);
	ka_buf_text(&b, dir);
	ka_buf_text(&b, strcmp(dir, "/") == 0 ? "" : "/");
	ka_buf_text(&b, name);
	return w->shown;
}

/* one file: opened, judged, read, added */
static enum ka_err read_file(struct load *l, int dirfd, const char *dir, const char *name)
{
	static const struct ka_permwalk_trust trust = { .owner = 0 };
	KA_AUTOCLOSE int fd = -1;
	size_t len = 0;
	enum ka_err err = ka_permwalk_open_in(dirfd, dir, name, &trust, &fd, &l->w->why);

	if (err == KA_ERR_LIMIT) {
		note_path(l, show(l->w, dir, name), ": the path is too long");
		return KA_ERR_OK;
	}
	if (err != KA_ERR_OK)
		return err;
	if (fd < 0 && l->w->why.errnum == ENOENT && l->out->files > 0)
		return KA_ERR_OK; /* a file of conf.d that went away just now */
	if (fd < 0 && l->w->why.errnum == ENOENT) {
		note_path(l, show(l->w, dir, name), ": there is no configuration, so no key is served; "
						    "write one, a commented example comes with keyaudit");
		return KA_ERR_OK;
	}
	if (fd < 0)
		return note_refusal(l, false);
	err = ka_fd_read_all(fd, l->w->text, sizeof(l->w->text), &len);
	if (err == KA_ERR_LIMIT) {
		note_path(l, show(l->w, dir, name), ": the file is larger than 64 KiB");
		return KA_ERR_OK;
	}
	if (err != KA_ERR_OK)
		return err;
	l->out->files++;
	ka_conf_read(l->conf, show(l->w, dir, name), (struct ka_span){ l->w->text, len }, l->errors);
	return KA_ERR_OK;
}

static bool is_wanted(const char *name)
{
	size_t n = strlen(name);

	return name[0] != '.' && n > 5 && n < KA_CONFLOAD_NAME_SIZE && strcmp(name + n - 5, ".conf") == 0;
}

/* keep @name in byte order; false when there are too many */
static bool add_name(struct ka_confload_work *w, const char *name)
{
	size_t at = w->count;

	if (w->count == KA_CONF_FILES_MAX - 1) /* keyaudit.conf is one of them */
		return false;
	memcpy(w->names[at], name, strlen(name) + 1);
	for (; at > 0 && strcmp(w->names[w->order[at - 1]], name) > 0; at--)
		w->order[at] = w->order[at - 1];
	w->order[at] = (uint8_t)w->count++;
	return true;
}

/* the *.conf names of an opened directory */
static enum ka_err list_names(struct load *l, int fd)
{
	struct ka_confload_work *w = l->w;
	ssize_t got;

	w->count = 0;
	while ((got = getdents64(fd, w->text, sizeof(w->text))) > 0)
		for (size_t at = 0; at < (size_t)got;) {
			const struct dirent64 *d = (const struct dirent64 *)(const void *)(w->text + at);

			at += d->d_reclen;
			if (!is_wanted(d->d_name) || add_name(w, d->d_name))
				continue;
			note_path(l, w->conf_d, ": more than 63 files *.conf");
			return KA_ERR_OK;
		}
	return got < 0 ? KA_ERR_SYS : KA_ERR_OK;
}

static enum ka_err read_conf_d(struct load *l, int dirfd)
{
	static const struct ka_permwalk_trust trust = { .owner = 0, .is_dir = true };
	KA_AUTOCLOSE int fd = -1;
	enum ka_err err = ka_permwalk_open_in(dirfd, l->w->dir, "conf.d", &trust, &fd, &l->w->why);

	if (err != KA_ERR_OK)
		return err;
	if (fd < 0)
		return l->w->why.errnum == ENOENT ? KA_ERR_OK : note_refusal(l, true);
	(void)ka_span_copy(ka_span_of(show(l->w, l->w->dir, "conf.d")), l->w->conf_d, sizeof(l->w->conf_d));
	err = list_names(l, fd);
	for (size_t i = 0; err == KA_ERR_OK && i < l->w->count; i++)
		err = read_file(l, fd, l->w->conf_d, l->w->names[l->w->order[i]]);
	return err;
}

/* is there something called @path (below @dirfd when relative)? What cannot be seen is no "no" */
static enum ka_err look_at_switch(struct load *l, int dirfd, const char *path, const char *shown)
{
	static const struct ka_permwalk_trust trust = { .owner = 0 };
	KA_AUTOCLOSE int fd = -1;
	struct ka_buf b;
	struct stat st;

	if (fstatat(dirfd, path, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		if (errno == ENOENT || errno == ENOTDIR)
			return KA_ERR_OK;
		if (errno != EACCES || ka_permwalk_open(shown, &trust, &fd, &l->w->why) != KA_ERR_OK || fd >= 0)
			return KA_ERR_SYS;
		return note_refusal(l, false); /* which directory is closed */
	}
	l->out->reason = KA_REASON_CONF_DISABLED;
	ka_span_copy(ka_span_of(shown), l->out->why.path, sizeof(l->out->why.path));
	ka_buf_init_array(&b, l->out->text);
	ka_text_escape(&b, ka_span_of(shown), 0, 200);
	ka_buf_text(&b, " is there: no key is served until it is removed");
	return KA_ERR_OK;
}

/* the last step: it must not hide an error. Who removes the switch later has a configuration that works */
static enum ka_err look_for_switch(struct load *l, int dirfd)
{
	enum ka_err err = look_at_switch(l, dirfd, KA_CONFLOAD_SWITCH, show(l->w, l->w->dir, KA_CONFLOAD_SWITCH));

	if (err != KA_ERR_OK || l->out->reason != KA_REASON_NONE || strcmp(l->w->dir, KA_PATH_CONF_DIR) == 0)
		return err;
	return look_at_switch(l, AT_FDCWD, KA_PATH_DISABLED, KA_PATH_DISABLED);
}

static enum ka_err load_all(struct load *l, const char *dir, const char *name, int *keep)
{
	static const struct ka_permwalk_trust trust = { .owner = 0, .is_dir = true };
	enum ka_err err = ka_permwalk_open(dir, &trust, keep, &l->w->why);
	int dirfd = *keep;

	if (err == KA_ERR_LIMIT) {
		note_path(l, dir, ": the path is too long or too deep");
		return KA_ERR_OK;
	}
	if (err != KA_ERR_OK)
		return err;
	if (dirfd < 0)
		return note_refusal(l, true);
	err = read_file(l, dirfd, dir, name);
	if (err == KA_ERR_OK && l->out->files > 0)
		err = read_conf_d(l, dirfd);
	if (err == KA_ERR_OK && l->out->files > 0)
		ka_conf_finish(l->conf, l->errors);
	if (err == KA_ERR_OK && l->errors->count == 0)
		err = look_for_switch(l, dirfd);
	return err;
}

/* the directory of @path into w->dir, and its last component; NULL when it has none */
static const char *split_path(struct ka_confload_work *w, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash == path ? 1 : slash != NULL ? (size_t)(slash - path) : 0;

	if (path[0] != '/' || slash[1] == '\0' ||
	    !ka_span_copy((struct ka_span){ (const uint8_t *)path, len }, w->dir, sizeof(w->dir)))
		return NULL;
	return slash + 1;
}

enum ka_err ka_confload(const char *path, struct ka_conf *conf, struct ka_confload *out, struct ka_conf_errors *errors)
{
	KA_AUTOFREE struct ka_confload_work *w = malloc(sizeof(*w));
	struct ka_permwalk_known dir;
	enum ka_err err;

	if (w == NULL)
		return KA_ERR_NOMEM;
	err = ka_confload_keep(path, conf, out, errors, w, &dir);
	ka_cleanup_close(&dir.fd);
	return err;
}

enum ka_err ka_confload_keep(const char *path, struct ka_conf *conf, struct ka_confload *out, struct ka_conf_errors *errors,
			     struct ka_confload_work *w, struct ka_permwalk_known *dir)
{
	struct ka_conf_errors own = { .count = 0 };
	struct load l = { .conf = conf, .out = out, .errors = errors != NULL ? errors : &own, .w = w };
	const char *name;
	enum ka_err err = KA_ERR_OK;

	*dir = (struct ka_permwalk_known){ .fd = -1 };
	out->reason = KA_REASON_NONE; /* one by one: why is large and seldom touched */
	out->files = 0;
	out->text[0] = out->why.path[0] = '\0';
	out->why.errnum = 0;
	ka_conf_default(conf);
	name = split_path(w, path);
	if (name == NULL)
		note_path(&l, path, ": is not the absolute path of a file");
	else
		err = load_all(&l, w->dir, name, &dir->fd);
	if (dir->fd >= 0)
		dir->path = (struct ka_span){ (const uint8_t *)path, strlen(w->dir) };
	if (err == KA_ERR_OK && l.errors->count > 0 && out->reason == KA_REASON_NONE) {
		out->reason = KA_REASON_CONF_INVALID;
		(void)ka_span_copy(ka_span_of(l.errors->first), out->text, sizeof(out->text));
	}
	return err;
}
