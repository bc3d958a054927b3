/*
 * Which file is read, and from where. MUST: lose no line that a file still has; begin nowhere but where a line begins, or leave out
 * what is left of the one it is in.
 */
#include "keyaudit/ear/earenter.h"

#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "keyaudit/ear/earplace.h"

#include "base/poison.h"

/* what was learnt about a file holds for as long as it is that one */
static void learn_kind(struct ka_earfile *f, enum ka_earframe_kind kind)
{
	f->kind = kind;
	f->known_dev = f->st.st_dev;
	f->known_ino = f->st.st_ino;
	f->known_kind = kind;
}

void ka_earenter_judge(struct ka_earfile *f)
{
	ssize_t got = pread(f->fd, f->first, sizeof(f->first), 0);
	struct ka_span s = { f->first, got > 0 ? (size_t)got : 0 };
	size_t len = ka_span_find(s, '\n');

	if (len < s.len || s.len == sizeof(f->first))
		learn_kind(f, ka_earframe_kind(ka_span_sub(s, 0, len), &f->st));
}

static void read_tail(struct ka_earfile *f, uint64_t end)
{
	ssize_t got;

	f->tail_len = end < sizeof(f->tail) ? (size_t)end : sizeof(f->tail);
	got = pread(f->fd, f->tail, f->tail_len, (off_t)(end - f->tail_len));
	f->tail_len = got > 0 ? (size_t)got : 0;
}

/* from now on this file, from @offset on, where a line begins; @fd becomes ours */
static void enter(struct ka_earfile *f, int fd, const struct stat *st, uint64_t offset)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = fd;
	f->st = *st;
	f->kind = st->st_dev == f->known_dev && st->st_ino == f->known_ino ? f->known_kind : KA_EARFRAME_UNKNOWN;
	f->is_idle = f->is_leaving = false;
	f->trouble = NULL;
	f->since_end = 0;
	ka_earlines_begin(&f->lines, offset);
	read_tail(f, offset);
	ka_earnotice_file(&f->notice, fd);
	if (f->kind == KA_EARFRAME_UNKNOWN)
		ka_earenter_judge(f);
}

bool ka_earenter_named(struct ka_earfile *f)
{
	struct stat st;
	int fd = ka_earplace_open(f->path, &st, &f->trouble);

	if (fd >= 0)
		enter(f, fd, &st, 0);
	return fd >= 0;
}

void ka_earenter_fresh(struct ka_earfile *f, int64_t since_us)
{
	uint64_t size, begin;

	if (!ka_earenter_named(f) || f->kind == KA_EARFRAME_UNKNOWN || f->st.st_size == 0)
		return;
	size = (uint64_t)f->st.st_size;
	begin = f->kind == KA_EARFRAME_BARE ? size : size > KA_EAR_BACK_MAX ? size - KA_EAR_BACK_MAX : 0;
	if (begin > 0) { /* in a line, if not right behind one: what is left of it is none */
		ka_earlines_begin(&f->lines, begin - 1);
		f->lines.is_long = true;
		read_tail(f, begin - 1);
	}
	f->since_us = since_us;
	f->since_end = size;
}

static void place_of(const struct ka_earposition *p, struct ka_earplace *place)
{
	*place = (struct ka_earplace){ .dev = p->dev, .ino = p->ino, .offset = p->offset };
	memcpy(place->mark, p->mark, sizeof(place->mark));
}

void ka_earenter_kept(struct ka_earfile *f, const struct ka_earposition *p)
{
	struct ka_earplace place;
	struct stat st;
	int fd;

	place_of(p, &place);
	f->known_dev = p->dev;
	f->known_ino = p->ino;
	f->known_kind = (enum ka_earframe_kind)p->kind;
	fd = ka_earplace_open(f->path, &st, &f->trouble);
	if (fd >= 0 && (st.st_dev != p->dev || st.st_ino != p->ino || !ka_earplace_is(fd, &place))) {
		close(fd);
		fd = -1;
	}
	if (fd < 0)
		fd = ka_earplace_find(f->path, &place, &st);
	if (fd < 0) {
		ka_earenter_named(f);
		return;
	}
	enter(f, fd, &st, p->offset);
	if (f->kind == KA_EARFRAME_UNKNOWN) /* a copy */
		f->kind = f->known_kind;
}

void ka_earenter_copy(struct ka_earfile *f)
{
	struct ka_earplace place = { .dev = f->st.st_dev, .ino = f->st.st_ino, .offset = ka_earlines_end(&f->lines) };
	enum ka_earframe_kind kind = f->kind;
	uint64_t done = f->lines.done;
	struct stat st;
	int fd = -1;

	if (f->tail_len == sizeof(f->tail) && ka_earplace_hash(f->tail, f->tail_len, place.mark))
		fd = ka_earplace_find(f->path, &place, &st);
	if (fd >= 0) {
		enter(f, fd, &st, done); /* a half line is read again */
		f->kind = kind;
	} else if (!ka_earenter_named(f)) {
		ka_earlines_begin(&f->lines, 0); /* it has no name any more */
		f->tail_len = 0;
	}
}

bool ka_earenter_next(struct ka_earfile *f)
{
	struct stat st;
	int fd = ka_earplace_after(f->path, &f->st, &st);

	if (fd < 0)
		return ka_earenter_named(f);
	enter(f, fd, &st, 0);
	return true;
}
