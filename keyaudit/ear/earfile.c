/* Following a log file. MUST: give every whole line, in order; read no half line; look again rather than conclude from a hint. */
#include "keyaudit/ear/earfile.h"

#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "keyaudit/ear/ear.h"
#include "keyaudit/ear/earenter.h"
#include "keyaudit/ear/earplace.h"

#include "base/poison.h"

void ka_earfile_begin(struct ka_earfile *f, const char *path, bool follow, const struct ka_earposition *position, int64_t since_us)
{
	KA_AUTOFREE char *dir = NULL;
	const char *slash;

	*f = (struct ka_earfile){ .follow = follow, .fd = -1, .notice = { -1, -1 } };
	if (!ka_span_copy(ka_span_of(path), f->path, sizeof(f->path)))
		f->path[0] = '\0'; /* no configuration has such a one */
	slash = strrchr(f->path, '/');
	ka_earlines_init(&f->lines, f->bytes, sizeof(f->bytes), KA_EAR_LINE_MAX);
	dir = follow && slash != NULL ? strndup(f->path, (size_t)(slash - f->path) + 1) : NULL;
	if (dir != NULL)
		ka_earnotice_open(&f->notice, dir);
	if (position != NULL)
		ka_earenter_kept(f, position);
	else
		ka_earenter_fresh(f, since_us);
}

/* are the bytes that were read last still there? Looked at before each reading, for a file may be truncated and grow again */
static bool is_whole(const struct ka_earfile *f, uint64_t end)
{
	size_t len = end < sizeof(f->tail) ? (size_t)end : sizeof(f->tail);
	uint8_t now[KA_EAR_MARK_MAX];

	return f->tail_len == len && pread(f->fd, now, len, (off_t)(end - len)) == (ssize_t)len && memcmp(now, f->tail, len) == 0;
}

static void add_tail(struct ka_earfile *f, const uint8_t *p, size_t n)
{
	size_t keep;

	if (n > sizeof(f->tail)) {
		p += n - sizeof(f->tail);
		n = sizeof(f->tail);
	}
	keep = f->tail_len < sizeof(f->tail) - n ? f->tail_len : sizeof(f->tail) - n;
	memmove(f->tail, f->tail + f->tail_len - keep, keep);
	memcpy(f->tail + keep, p, n);
	f->tail_len = keep + n;
}

/* one read(2); false at the end of the file */
static bool read_on(struct ka_earfile *f)
{
	uint64_t end = ka_earlines_end(&f->lines);
	size_t room;
	uint8_t *p = ka_earlines_room(&f->lines, &room);
	ssize_t got = pread(f->fd, p, room < KA_EAR_BLOCK ? room : KA_EAR_BLOCK, (off_t)end);

	if (got <= 0)
		return false;
	ka_earlines_add(&f->lines, (size_t)got);
	add_tail(f, p, (size_t)got);
	return true;
}

/* has another file the name now, and something in it? Before that its writer may still be with the old one */
static bool has_left(const struct ka_earfile *f)
{
	struct stat st;

	return lstat(f->path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
	       (st.st_dev != f->st.st_dev || st.st_ino != f->st.st_ino);
}

static void at_end(struct ka_earfile *f)
{
	if (!f->is_leaving && has_left(f)) {
		f->is_leaving = true;
		return;
	}
	if (f->is_leaving && fstat(f->fd, &f->st) == 0 && ka_earenter_next(f))
		return;
	f->is_leaving = false;
	f->is_idle = f->is_drained = true;
}

/* read once, or find out what is to be read next */
static void look(struct ka_earfile *f)
{
	ka_earnotice_drain(&f->notice);
	f->is_idle = false;
	if (f->fd < 0) {
		f->is_idle = !ka_earenter_named(f);
		f->is_drained |= f->is_idle;
	} else if (!is_whole(f, ka_earlines_end(&f->lines))) {
		ka_earenter_copy(f);
	} else if (!read_on(f)) {
		at_end(f);
	}
}

static bool take(struct ka_earfile *f, struct ka_earline *out)
{
	int64_t now_sec = ka_clock_wall_us() / 1000000;
	struct ka_span line;

	if (f->fd >= 0 && f->kind == KA_EARFRAME_UNKNOWN)
		ka_earenter_judge(f);
	while (f->kind != KA_EARFRAME_UNKNOWN && ka_earlines_next(&f->lines, &line)) {
		if (!ka_earframe_read(f->kind, line, now_sec, out))
			continue;
		if (f->lines.done > f->since_end || out->at_us >= f->since_us)
			return true;
	}
	return false;
}

bool ka_earfile_next(struct ka_earfile *f, struct ka_earline *out)
{
	if (take(f, out))
		return true;
	look(f);
	return take(f, out);
}

bool ka_earfile_position(const struct ka_earfile *f, struct ka_earposition *out)
{
	if (f->fd < 0)
		return false;
	memset(out, 0, sizeof(*out));
	*out = (struct ka_earposition){ .is_file = true, .dev = f->st.st_dev, .ino = f->st.st_ino, .offset = f->lines.done, .kind = f->kind };
	return ka_span_copy(ka_span_of(f->path), out->path, sizeof(out->path)) && ka_earplace_mark(f->fd, out->offset, out->mark);
}

void ka_earfile_end(struct ka_earfile *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
	ka_earnotice_close(&f->notice);
}
