/* The reader of the trail. Bounded; never trusts a line; never loses its place when the file grows under it. */
#include "keyaudit/log/logread.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

#include "base/poison.h"

enum ka_err ka_logread_new(const char *path, struct ka_logread **out)
{
	enum ka_err err = KA_ERR_OK;

	*out = calloc(1, sizeof(**out));
	if (*out == NULL)
		return KA_ERR_NOMEM;
	(*out)->own.fd = (*out)->own.from = -1;
	(*out)->bytes = &(*out)->own;
	if (path != NULL)
		err = ka_trailbytes_open(AT_FDCWD, path, &(*out)->own);
	if (err != KA_ERR_OK) {
		int saved = errno;

		ka_logread_free(out);
		errno = saved;
	}
	return err;
}

void ka_logread_free(struct ka_logread **r)
{
	if (*r == NULL)
		return;
	ka_trailbytes_close(&(*r)->own);
	free(*r);
	*r = NULL;
}

void ka_logread_turn(struct ka_logread *r, struct ka_trailbytes *bytes)
{
	if (r->bytes != bytes)
		ka_trailbytes_rest(r->bytes);
	r->bytes = bytes;
	ka_logread_rewind(r);
}

void ka_logread_rewind(struct ka_logread *r)
{
	r->at = 0;
	r->begin = r->end = 0;
	r->line = r->broken = r->broken_at = 0;
	r->skipping = false;
}

void ka_logread_seek(struct ka_logread *r, int64_t at)
{
	int64_t block = r->at - (int64_t)r->end;

	r->skipping = false;
	if (at >= block && at <= r->at) {
		r->begin = (size_t)(at - block);
		return;
	}
	r->at = at;
	r->begin = r->end = 0;
}

int64_t ka_logread_offset(const struct ka_logread *r)
{
	return r->at - (int64_t)(r->end - r->begin);
}

/* Reads on behind what is kept; false when there was nothing. */
static bool fill(struct ka_logread *r)
{
	size_t got;

	memmove(r->block, r->block + r->begin, r->end - r->begin);
	r->end -= r->begin;
	r->begin = 0;
	got = ka_trailbytes_read(r->bytes, r->at, r->block + r->end, sizeof(r->block) - r->end);
	r->end += got;
	r->at += (int64_t)got;
	return got > 0;
}

/* The next complete line; one that is longer than an event goes by piece by piece and comes out as an empty one. */
bool ka_logread_line(struct ka_logread *r, struct ka_span *line)
{
	for (;;) {
		struct ka_span rest = { (const uint8_t *)r->block + r->begin, r->end - r->begin };
		size_t n = ka_span_find(rest, '\n');

		if (n < rest.len) {
			*line = ka_span_sub(rest, 0, r->skipping || n >= KA_EVENT_LINE_MAX ? 0 : n);
			r->begin += n + 1;
			r->skipping = false;
			r->line++;
			return true;
		}
		if (rest.len >= KA_EVENT_LINE_MAX) {
			r->skipping = true;
			r->begin = r->end;
		}
		if (!fill(r))
			return false;
	}
}

static json_t *parse(struct ka_span line)
{
	json_t *event = NULL;

	if (line.len > 0 && ka_text_is_plain(line))
		event = json_loadb((const char *)line.p, line.len, JSON_REJECT_DUPLICATES, NULL);
	if (event != NULL && !json_is_object(event)) {
		json_decref(event);
		event = NULL;
	}
	return event;
}

bool ka_logread_next(struct ka_logread *r, int64_t limit, struct ka_span *raw, json_t **event)
{
	*event = NULL;
	while (ka_logread_offset(r) < limit && ka_logread_line(r, raw)) {
		if (r->sift != NULL && !ka_logsift_may(r->sift, *raw))
			continue;
		r->given = ka_logread_offset(r) - (int64_t)raw->len - 1;
		*event = parse(*raw);
		if (*event != NULL)
			return true;
		if (r->broken++ == 0)
			r->broken_at = r->line;
	}
	return false;
}

bool ka_logread_is_replaced(const struct ka_logread *r, const char *path)
{
	struct stat mine, now;

	if (fstat(r->bytes->fd, &mine) < 0 || stat(path, &now) < 0)
		return false; /* renamed away, and nothing in its place yet */
	return mine.st_dev != now.st_dev || mine.st_ino != now.st_ino || (!r->bytes->is_packed && mine.st_size < ka_logread_offset(r));
}
