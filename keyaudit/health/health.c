/* The three steps of a change. MUST: write the book before the event, and the new value only when the trail has it. */
#include "keyaudit/health/health.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/trail.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "store/entry.h"

#include "base/poison.h"

#define FRESH ".new"
#define LOCK ".lock"

static void name_with(const struct ka_health *h, const char *end, char out[static 48])
{
	struct ka_buf b;

	ka_buf_init(&b, out, 48);
	ka_buf_text(&b, h->name);
	ka_buf_text(&b, end);
}

static bool is_ours(int fd, mode_t kind)
{
	struct stat st;

	return fstat(fd, &st) == 0 && (st.st_mode & S_IFMT) == kind && st.st_uid == geteuid() && (st.st_mode & 0022) == 0;
}

static enum ka_err open_folder(const char *path, int *out)
{
	KA_AUTOCLOSE int fd = -1;

	*out = -1;
	if (mkdir(path, 0700) != 0 && errno != EEXIST && errno != EROFS)
		return KA_ERR_SYS;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return KA_ERR_SYS;
	if (!is_ours(fd, S_IFDIR)) {
		errno = EPERM;
		return KA_ERR_SYS;
	}
	*out = ka_steal_fd(&fd);
	return KA_ERR_OK;
}

static void read_book(struct ka_health *h)
{
	KA_AUTOCLOSE int fd = openat(h->dir, h->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	KA_AUTOFREE char *text = NULL;
	size_t len = 0;

	if (fd >= 0 && is_ours(fd, S_IFREG) && ka_fd_slurp(fd, KA_HEALTH_FILE_MAX, &text, &len) == KA_ERR_OK)
		ka_healthbook_parse((struct ka_span){ (const uint8_t *)text, len }, h->book);
}

static enum ka_err put_file(const struct ka_health *h, const char *fresh, struct ka_span text)
{
	KA_AUTOCLOSE int fd = -1;

	if (unlinkat(h->dir, fresh, 0) != 0 && errno != ENOENT)
		return KA_ERR_SYS;
	fd = openat(h->dir, fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || ka_fd_write_all(fd, text.p, text.len) != KA_ERR_OK || fsync(fd) != 0 || renameat(h->dir, fresh, h->dir, h->name) != 0)
		return KA_ERR_SYS;
	return fsync(h->dir) == 0 ? KA_ERR_OK : KA_ERR_SYS;
}

static void keep(struct ka_health *h)
{
	KA_AUTOFREE char *text = malloc(KA_HEALTH_FILE_MAX);
	char fresh[48];
	struct ka_buf b;

	h->is_unkept = true;
	if (text == NULL)
		return;
	name_with(h, FRESH, fresh);
	ka_buf_init(&b, text, KA_HEALTH_FILE_MAX);
	ka_healthbook_write(h->book, &b);
	h->is_unkept = ka_buf_check(&b) != KA_ERR_OK || put_file(h, fresh, ka_buf_as_span(&b)) != KA_ERR_OK;
}

/* Was it written by whoever began it? When not, nobody will write it as it was: what is so now is told instead. */
static enum ka_err settle(struct ka_health *h, struct ka_healthrow *r)
{
	const struct ka_caseevent_change begun = { .action = r->action, .at_us = r->at_us, .since = r->before };
	bool found;
	enum ka_err err = ka_caseevent_has(h->w, &begun, r->boot, &found);

	if (err != KA_ERR_OK)
		return err;
	if (found) {
		memcpy(r->value, r->next, sizeof(r->value));
		r->since_us = r->at_us;
	}
	r->is_pending = false;
	return KA_ERR_OK;
}

static enum ka_err settle_all(struct ka_health *h)
{
	enum ka_err err = KA_ERR_OK;

	for (size_t i = 0; err == KA_ERR_OK && i < h->book->count; i++)
		if (h->book->row[i].is_pending)
			err = settle(h, &h->book->row[i]);
	return err;
}

enum ka_err ka_health_open(struct ka_health *h, struct ka_writer *w, const char *dir, const char *name)
{
	char lock[48];
	enum ka_err err;

	*h = (struct ka_health){ .w = w, .dir = -1, .lock = -1, .book = calloc(1, sizeof(*h->book)) };
	(void)ka_span_copy(ka_span_of(name), h->name, sizeof(h->name));
	name_with(h, LOCK, lock);
	err = h->book != NULL ? open_folder(dir, &h->dir) : KA_ERR_NOMEM;
	if (err == KA_ERR_OK) {
		h->lock = openat(h->dir, lock, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
		err = h->lock >= 0 ? ka_fd_lock(h->lock, KA_HEALTH_LOCK_MS) : KA_ERR_SYS;
	}
	if (err == KA_ERR_OK) {
		read_book(h);
		err = settle_all(h);
	}
	if (err != KA_ERR_OK)
		ka_health_close(h);
	return err;
}

void ka_health_close(struct ka_health *h)
{
	if (h->lock >= 0)
		close(ka_steal_fd(&h->lock));
	if (h->dir >= 0)
		close(ka_steal_fd(&h->dir));
	free(ka_steal_ptr(&h->book));
}

const char *ka_health_value(const struct ka_health *h, const char *subject)
{
	const struct ka_healthrow *r = ka_healthbook_find(h->book, subject);

	return r != NULL ? r->value : NULL;
}

int64_t ka_health_since_us(const struct ka_health *h, const char *subject)
{
	const struct ka_healthrow *r = ka_healthbook_find(h->book, subject);

	return r != NULL ? r->since_us : 0;
}

static enum ka_err begin(struct ka_health *h, const struct ka_healthchange *c, struct ka_healthrow *r)
{
	if (!ka_span_copy(ka_span_of(c->value), r->next, sizeof(r->next)))
		return KA_ERR_LIMIT;
	r->at_us = ka_healthbook_moment(h->book, ka_clock_wall_us());
	r->before = ka_trail_offset(h->w->conf.trail);
	r->action = c->action;
	memcpy(r->boot, h->w->host.boot_id, sizeof(r->boot));
	r->is_pending = true;
	keep(h);
	return KA_ERR_OK;
}

static void end(struct ka_health *h, struct ka_healthrow *r)
{
	memcpy(r->value, r->next, sizeof(r->value));
	r->since_us = r->at_us;
	r->is_pending = false;
	keep(h);
}

enum ka_err ka_health_tell(struct ka_health *h, const struct ka_healthchange *c)
{
	struct ka_healthrow *r = ka_healthbook_take(h->book, c->subject);
	struct ka_caseevent_change e = { .action = c->action, .finding = c->finding, .source = c->source, .text = c->text,
					 .file_sha256 = c->file_sha256, .count = c->count, .is_failing = c->is_failing };
	enum ka_err err = KA_ERR_OK;

	if (r == NULL)
		return KA_ERR_LIMIT;
	/* a try of something else; one of this goes on, with its time and so with its id */
	if (r->is_pending && (r->action != c->action || strcmp(r->next, c->value) != 0))
		err = settle(h, r);
	if (err == KA_ERR_OK && !r->is_pending) {
		if (strcmp(r->value, c->value) == 0)
			return KA_ERR_OK;
		err = begin(h, c, r);
	}
	e.at_us = r->at_us;
	e.since = r->before;
	if (err == KA_ERR_OK)
		err = ka_caseevent_change(h->w, &e);
	if (err == KA_ERR_OK)
		end(h, r);
	return err;
}

void ka_health_note(struct ka_health *h, const char *subject, const char *value)
{
	struct ka_healthrow *r = ka_healthbook_take(h->book, subject);

	if (r == NULL || (r->since_us != 0 && strcmp(r->value, value) == 0) || !ka_span_copy(ka_span_of(value), r->value, sizeof(r->value)))
		return;
	r->is_pending = false;
	r->since_us = ka_clock_wall_us();
	keep(h);
}

void ka_health_verdict(enum ka_reason reason, const char *text, char out[static KA_HEALTH_VALUE_MAX])
{
	char sum[KA_ENTRY_HEX];
	struct ka_buf b;

	ka_buf_init(&b, out, KA_HEALTH_VALUE_MAX);
	if (reason == KA_REASON_NONE)
		return;
	ka_entry_sha256(ka_span_of(text), sum);
	ka_buf_text(&b, ka_reason_id(reason));
	ka_buf_char(&b, ' ');
	ka_buf_put(&b, sum, 16);
}

/* a time in the future is another clock's, and nobody's at work */
bool ka_health_is_fresh(const struct stat *st)
{
	int64_t age = ka_clock_wall_us() - ((int64_t)st->st_ctim.tv_sec * 1000000 + st->st_ctim.tv_nsec / 1000);

	return age >= 0 && age < KA_HEALTH_EDIT_US;
}

void ka_health_forget(struct ka_health *h, const char *subject)
{
	struct ka_healthrow *r = ka_healthbook_find(h->book, subject);

	if (r == NULL)
		return;
	ka_healthbook_drop(h->book, r);
	keep(h);
}
