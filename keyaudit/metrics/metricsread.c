/* Reading on where the counters stopped. */
#include "keyaudit/metrics/metricsread.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "keyaudit/log/logread.h"
#include "keyaudit/verify/verifyfiles.h"

#include "base/poison.h"

static bool is_last(const struct ka_metricscount *c, const struct stat *st)
{
	return c->inode != 0 && st->st_ino == c->inode && st->st_dev == c->device && st->st_size >= (off_t)c->offset;
}

static size_t find_last(const struct ka_verifyfiles *f, const struct ka_metricscount *c)
{
	struct stat st;

	for (size_t i = f->count; i > 0; i--)
		if (stat(f->names[i - 1], &st) == 0 && is_last(c, &st))
			return i - 1;
	return 0;
}

static enum ka_err read_one(const char *name, struct ka_metricscount *c)
{
	struct ka_logread *r = NULL;
	enum ka_err err = ka_logread_new(name, &r);
	struct ka_span line;
	struct stat st;
	json_t *event;

	if (err != KA_ERR_OK)
		return err;
	if (fstat(r->fd, &st) != 0) {
		ka_logread_free(&r);
		return KA_ERR_SYS;
	}
	if (is_last(c, &st))
		r->at = (int64_t)c->offset;
	while (ka_logread_next(r, INT64_MAX, &line, &event)) {
		ka_metricscount_take(c, line, event);
		json_decref(event);
	}
	c->device = st.st_dev;
	c->inode = st.st_ino;
	c->offset = (uint64_t)ka_logread_offset(r);
	ka_logread_free(&r);
	return KA_ERR_OK;
}

static enum ka_err read_all(const char *path, struct ka_metricscount *c)
{
	struct ka_verifyfiles files = { .count = 0 };
	enum ka_err err = ka_verifyfiles_find(path, &files);

	for (size_t i = find_last(&files, c); err == KA_ERR_OK && i < files.count; i++) {
		err = read_one(files.names[i], c);
		/* expired meanwhile: a file of the past is no loss that could be mended */
		if (err == KA_ERR_SYS && errno == ENOENT && i + 1 < files.count)
			err = KA_ERR_OK;
	}
	ka_verifyfiles_free(&files);
	return err;
}

enum ka_err ka_metricsread(const char *path, struct ka_metricscount *c)
{
	KA_AUTOFREE struct ka_metricscount *before = malloc(sizeof(*before));
	enum ka_err err = KA_ERR_OK;

	if (before == NULL)
		return KA_ERR_NOMEM;
	*before = *c;
	/* rotated between looking and reading: the end of the old file would be passed over, so look again */
	for (int tries = 0; err == KA_ERR_OK && tries < KA_METRICS_TRIES_MAX; tries++) {
		struct stat st;

		if (stat(path, &st) != 0)
			return KA_ERR_SYS;
		*c = *before;
		err = read_all(path, c);
		if (err == KA_ERR_OK && st.st_ino == c->inode && st.st_dev == c->device)
			return KA_ERR_OK;
	}
	return err == KA_ERR_OK ? KA_ERR_TIMEOUT : err;
}
