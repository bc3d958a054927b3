/* The command's side of the spool. Every failure here is silence, never a refused login. */
#include "spool/attempt.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/proc.h"
#include "base/text.h"
#include "spool/recordsrc.h"

#include "base/poison.h"

/* the file's path; false when it does not fit */
static bool path_of(const struct ka_attempt *a, char *path, size_t size)
{
	char name[KA_CONN_NAME_MAX];
	struct ka_buf b;

	ka_conn_name(&a->conn, name);
	ka_buf_init(&b, path, size);
	ka_buf_text(&b, a->dir);
	ka_buf_char(&b, '/');
	ka_buf_text(&b, name);
	return ka_buf_check(&b) == KA_ERR_OK;
}

/* each event needs some inodes: when few are left a new name would only be in its way */
static bool take_back_if_new(const struct ka_attempt *a)
{
	char path[KA_PATH_TRUSTED_MAX];
	struct stat st;

	return fstat(a->fd, &st) == 0 && st.st_size == 0 && path_of(a, path, sizeof(path)) && unlink(path) == 0;
}

static bool has_room(const struct ka_attempt *a)
{
	struct statvfs vfs;

	if (fstatvfs(a->fd, &vfs) != 0)
		return false;
	if (vfs.f_ffree < vfs.f_files / 100 * KA_SPOOL_FREE_MIN_PERCENT && take_back_if_new(a))
		return false;
	return vfs.f_bavail >= vfs.f_blocks / 100 * KA_SPOOL_FREE_MIN_PERCENT;
}

static bool find_monitor(struct ka_attempt *a)
{
	struct ka_proc_stat stat;

	a->conn = (struct ka_conn){ getppid(), 0 };
	if (ka_proc_stat(a->conn.m, &stat)) {
		if (!ka_conn_is_sshd(stat.comm))
			return false;
		a->conn.start = stat.start;
		a->pp = stat.ppid;
	}
	/* the same parent as before: nobody took its pid between the two looks */
	return a->conn.m > 1 && getppid() == a->conn.m;
}

void ka_attempt_open(const char *spool_dir, struct ka_attempt *a)
{
	char path[KA_PATH_TRUSTED_MAX];

	a->fd = -1;
	a->dir = spool_dir;
	a->pp = 0;
	a->begin_us = ka_clock_boot_us();
	a->by_hand = !find_monitor(a);
	if (a->by_hand)
		return;
	if (path_of(a, path, sizeof(path)))
		a->fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, 0600);
}

/* every line that stands in the file already; false when it cannot be read */
static bool each_line(struct ka_attempt *a, void (*take)(void *ctx, struct ka_span line), void *ctx)
{
	size_t have = 0;
	off_t at = 0;
	struct stat st;

	if (fstat(a->fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > KA_SPOOL_FILE_MAX)
		return false;
	if (st.st_size == 0)
		return true; /* ours is the first */
	for (;;) {
		ssize_t got = pread(a->fd, a->block + have, sizeof(a->block) - have, at);
		struct ka_cursor c;
		struct ka_span line;
		bool whole;

		if (got < 0)
			return false;
		at += got;
		ka_cursor_init(&c, a->block, have + (size_t)got);
		have = 0;
		while (ka_cursor_line(&c, &line, &whole)) {
			if (whole || got == 0) {
				take(ctx, line);
			} else if (line.len < KA_RECORD_MAX) {
				have = line.len;
				memmove(a->block, line.p, have);
			}
		}
		if (got == 0)
			return true;
	}
}

struct tally {
	const struct ka_record *r;
	struct ka_record *old;
	unsigned all, same;
	bool overflowed;
	int64_t net_ms;
};

static void count_line(void *ctx, struct ka_span line)
{
	struct tally *t = ctx;

	t->all++;
	if (!ka_record_parse(line, t->old)) /* torn or foreign: counts, says nothing */
		return;
	t->overflowed |= t->old->is_overflow;
	t->net_ms += t->old->net_ms;
	if (t->r != NULL && !t->old->is_overflow && t->old->verdict == t->r->verdict && strcmp(t->old->type, t->r->type) == 0 &&
	    strcmp(t->old->fp, t->r->fp) == 0)
		t->same++;
}

int ka_attempt_net_ms(struct ka_attempt *a)
{
	struct tally t = { .old = &a->old };

	if (a->fd < 0 || !each_line(a, count_line, &t))
		return 0;
	if (t.overflowed)
		return KA_RECORD_NET_MAX_MS;
	return t.net_ms < KA_RECORD_NET_MAX_MS ? (int)t.net_ms : KA_RECORD_NET_MAX_MS;
}

struct said {
	struct ka_record *old;
	const char *source;
	enum ka_reason reason;
	bool found;
};

static void look_for_said(void *ctx, struct ka_span line)
{
	struct said *s = ctx;
	struct ka_recordsrc src;
	struct ka_span rest;

	if (s->found || !ka_record_parse(line, s->old))
		return;
	rest = ka_span_of(s->old->src);
	while (ka_recordsrc_next(&rest, &src))
		s->found |= src.reason == s->reason && strcmp(src.name, s->source) == 0;
}

bool ka_attempt_has_said(struct ka_attempt *a, const char *source, enum ka_reason reason)
{
	struct said s = { .old = &a->old, .source = source, .reason = reason };

	return a->fd >= 0 && each_line(a, look_for_said, &s) && s.found;
}

bool ka_attempt_append(struct ka_attempt *a, struct ka_record *r)
{
	bool over;
	struct ka_buf b;
	struct tally t = { .r = r, .old = &a->old };

	if (a->fd < 0 || !has_room(a) || !each_line(a, count_line, &t))
		return false;
	r->at_us = ka_clock_wall_us();
	r->took_us = ka_clock_boot_us();
	r->up_ms = r->took_us / 1000;
	r->took_us -= a->begin_us;
	if (r->took_us > KA_RECORD_TOOK_MAX_US)
		r->took_us = 0; /* suspended meanwhile: says nothing */
	r->pp = a->pp;
	r->pid = getpid();
	over = t.same >= KA_RECORDS_SAME_MAX || t.all >= KA_RECORDS_ALL_MAX;
	if (over && t.overflowed)
		return true;
	r->is_overflow = over;
	ka_buf_init_array(&b, a->line);
	ka_record_write(r, &b);
	if (ka_buf_check(&b) != KA_ERR_OK || b.len > KA_RECORD_MAX)
		return false;
	return write(a->fd, b.p, b.len) == (ssize_t)b.len;
}
