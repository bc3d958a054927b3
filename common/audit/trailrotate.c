/* Rotating. It must never rename a file whose last line does not stand on the disk. */
#include "audit/trailrotate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/trailnew.h"
#include "audit/trailopen.h"
#include "audit/trailorigin.h"
#include "audit/trailscan.h"
#include "audit/trailwrite.h"
#include "base/cleanup.h"
#include "base/clock.h"

#include "base/poison.h"

/* its first line's time, "" when it says none */
static void began_at(int fd, char out[static KA_CLOCK_TEXT_MAX])
{
	static const char head[] = "{\"@timestamp\":\"";
	char text[sizeof(head) + KA_CLOCK_TEXT_MAX];
	ssize_t got = pread(fd, text, sizeof(text), 0);
	struct ka_span s = { (const uint8_t *)text, got > 0 ? (size_t)got : 0 };

	out[0] = '\0';
	if (!ka_span_starts(s, head))
		return;
	s = ka_span_sub(s, sizeof(head) - 1, s.len);
	(void)ka_span_copy(ka_span_sub(s, 0, ka_span_find(s, '"')), out, KA_CLOCK_TEXT_MAX);
}

static bool is_due(const struct ka_trailrotate_job *job, const struct ka_trailwrite *w)
{
	char began[KA_CLOCK_TEXT_MAX];
	struct stat st;

	if (job->larger == 0 && job->older == NULL)
		return true;
	if (job->larger > 0 && fstat(w->fd, &st) == 0 && (int64_t)st.st_size >= job->larger)
		return true;
	began_at(w->fd, began);
	return job->older != NULL && began[0] != '\0' && strcmp(began, job->older) < 0;
}

/* Is there more than the genesis, number @first? A fragment is more. */
static bool has_lines(const struct ka_trailwrite *w, uint64_t first)
{
	return w->head.seq > first || w->head.fragment.is_there;
}

static enum ka_err put_last(struct ka_trailwrite *w, const char *chain, const char *file, bool *full)
{
	struct ka_event_host host;
	struct ka_trailself self = { .host = &host, .chain = chain, .seq = w->head.seq + (w->head.fragment.is_there ? 2 : 1),
				     .at_us = ka_clock_wall_us() };
	KA_AUTOFREE char *line = malloc(KA_TRAILSELF_MAX);
	struct ka_buf b;

	if (line == NULL)
		return KA_ERR_NOMEM;
	ka_eventjson_host(&host);
	ka_buf_init(&b, line, KA_TRAILSELF_MAX);
	ka_trailself_rotate(&self, file, &b);
	return b.overflow ? KA_ERR_LIMIT : ka_trailwrite_line(w, ka_buf_as_span(&b), full);
}

/* The file is to go: its last line, the seal over it, its new name, and its successor. */
static enum ka_err renew(const struct ka_trailrotate_job *job, struct ka_trailwrite *w, const char *chain,
			 enum ka_trailrotate_answer *answer, struct ka_trailrotate_result *result)
{
	struct ka_trailorigin next;
	bool full = false;
	enum ka_err err = ka_trailnew_name(w->dirfd, w->name, "", ka_clock_wall_us(), result->file);

	*answer = KA_TRAILROTATE_FULL;
	if (err == KA_ERR_OK)
		err = put_last(w, chain, result->file, &full);
	if (err != KA_ERR_OK || full)
		return err;
	result->last = w->head.seq;
	result->is_sealed = job->seal != NULL && job->seal(job->ctx, chain, w->head.seq, w->head.hash);
	err = ka_trailorigin_behind(w->fd, result->file, w->block, &next); /* by its new name others may compress it at once */
	if (err == KA_ERR_OK)
		err = ka_trailnew_aside(w->dirfd, w->name, result->file);
	if (err != KA_ERR_OK)
		return err;
	err = ka_trailnew_make(w->dirfd, w->name, &next, w->block, &full);
	if (err == KA_ERR_OK && full) /* a folder without a trail is worse than one that was not rotated */
		return ka_trailnew_aside(w->dirfd, result->file, w->name);
	*answer = KA_TRAILROTATE_DONE;
	return err == KA_ERR_OK && fsync(w->dirfd) != 0 && errno != EINVAL ? KA_ERR_SYS : err;
}

/* Open the trail, if there is one. */
static enum ka_err open_trail(const struct ka_trailrotate_job *job, struct ka_trailwrite *w, enum ka_trailrotate_answer *answer)
{
	bool full = false;
	enum ka_err err = ka_trailopen_floor(w->dirfd, job->min_free_mib, &full);

	if (err != KA_ERR_OK || full)
		return err;
	err = ka_trailopen_file(w->dirfd, w->name, &w->fd);
	if (err == KA_ERR_OK && w->fd < 0)
		*answer = KA_TRAILROTATE_NOTHING;
	if (err != KA_ERR_OK || w->fd < 0)
		return err;
	err = ka_trailwrite_open(w, &full);
	if (err == KA_ERR_OK && !full)
		*answer = KA_TRAILROTATE_EARLY;
	return err;
}

static enum ka_err rotate_locked(const struct ka_trailrotate_job *job, struct ka_trailwrite *w, enum ka_trailrotate_answer *answer,
				 struct ka_trailrotate_result *result)
{
	struct ka_trailorigin origin;
	struct ka_chain_link first;
	enum ka_err err = open_trail(job, w, answer);

	if (err != KA_ERR_OK || *answer != KA_TRAILROTATE_EARLY)
		return err;
	if (!ka_trailorigin_first(w->fd, &origin, &first)) {
		memset(origin.chain, '0', sizeof(origin.chain) - 1); /* its first line is damaged: the file goes all the same */
		first.seq = 0;
	}
	if (!has_lines(w, first.seq)) {
		*answer = KA_TRAILROTATE_NOTHING;
		return KA_ERR_OK;
	}
	return is_due(job, w) ? renew(job, w, origin.chain, answer, result) : KA_ERR_OK;
}

enum ka_err ka_trailrotate(const struct ka_trailrotate_job *job, enum ka_trailrotate_answer *answer, struct ka_trailrotate_result *result)
{
	KA_AUTOCLOSE int lock = -1, dirfd = -1;
	KA_AUTOFREE char *block = malloc(KA_TRAILSCAN_BLOCK);
	struct ka_trailwrite w = { .min_free_mib = job->min_free_mib, .is_synced = true, .block = block, .fd = -1 };
	enum ka_err err;

	*answer = KA_TRAILROTATE_FULL;
	memset(result, 0, sizeof(*result));
	if (block == NULL)
		return KA_ERR_NOMEM;
	err = ka_trailopen_lock(job->lock_path, &lock);
	if (err == KA_ERR_OK)
		err = ka_trailopen_folder(job->path, &w.name, &dirfd);
	w.dirfd = dirfd;
	if (err == KA_ERR_OK)
		err = rotate_locked(job, &w, answer, result);
	if (w.fd >= 0)
		close(w.fd);
	return err;
}
