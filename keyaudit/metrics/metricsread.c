/* Reading on where the counters stopped. */
#include "keyaudit/metrics/metricsread.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "keyaudit/log/logread.h"
#include "keyaudit/trail/trailfiles.h"

#include "base/poison.h"

static bool is_last(const struct ka_metricscount *c, const struct ka_trailfile *f)
{
	return c->inode != 0 && f->inode == c->inode && f->device == c->device && !f->bytes.is_packed && f->size >= (int64_t)c->offset;
}

/* the file that was read last; the count when it is not there */
static size_t find_last(const struct ka_trailfiles *f, const struct ka_metricscount *c)
{
	size_t i = 0;

	while (i < f->count && !is_last(c, &f->file[i]))
		i++;
	return i;
}

/*
 * What is counted has to be on the disk before the counters are: behind a power cut other records would have the numbers of those
 * that it took, would never be counted, and would look like a broken chain.
 */
static void read_one(struct ka_logread *r, struct ka_trailfile *f, struct ka_metricscount *c)
{
	struct ka_span line;
	json_t *event;

	ka_logread_turn(r, &f->bytes);
	if (is_last(c, f))
		ka_logread_seek(r, (int64_t)c->offset);
	while (ka_logread_next(r, INT64_MAX, &line, &event)) {
		ka_metricscount_take(c, line, event);
		json_decref(event);
	}
	c->device = f->device;
	c->inode = f->inode;
	c->offset = (uint64_t)ka_logread_offset(r);
	(void)fsync(f->bytes.fd); /* where it cannot be, as on a medium that nobody writes to, nothing is lost */
}

/* The plain files will do as long as the one that was read last is among them; it may have been compressed since. */
static enum ka_err find(const char *path, const struct ka_metricscount *c, struct ka_trailfiles *files, size_t *first)
{
	enum ka_err err = ka_trailfiles_find(path, KA_TRAILFILES_PLAIN, files);

	*first = find_last(files, c);
	if (err != KA_ERR_OK || *first < files->count)
		return err;
	ka_trailfiles_free(files);
	err = ka_trailfiles_find(path, KA_TRAILFILES_ALL, files);
	*first = find_last(files, c);
	if (*first == files->count)
		*first = 0;
	return err;
}

static enum ka_err read_all(const char *path, struct ka_metricscount *c)
{
	struct ka_trailfiles files;
	struct ka_logread *r = NULL;
	size_t first;
	enum ka_err err = find(path, c, &files, &first);

	if (err == KA_ERR_OK)
		err = ka_logread_new(NULL, &r);
	for (size_t i = first; err == KA_ERR_OK && i < files.count; i++)
		read_one(r, &files.file[i], c);
	ka_logread_free(&r);
	ka_trailfiles_free(&files);
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
