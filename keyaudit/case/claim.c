/*
 * Claims and done-markers. MUST: change them only under the lock; leave, at every step, a state that the
 * next process can go on from; never follow a link or open a file here (names only).
 */
#include "keyaudit/case/claim.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/trail.h"
#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/proc.h"
#include "base/text.h"
#include "keyaudit/case/removal.h"
#include "keyaudit/case/saidlife.h"

#include "base/poison.h"

static bool exists(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

struct mark {
	int64_t offset;
	unsigned tries;
	pid_t owner;
	uint64_t owner_start;
	struct ka_conn sum;
	char name[96];
};

static void mark_name(struct mark *m)
{
	struct ka_buf b;

	ka_buf_init_array(&b, m->name);
	ka_buf_i64(&b, m->offset);
	ka_buf_char(&b, '.');
	ka_buf_u64(&b, m->tries);
	ka_buf_char(&b, '.');
	ka_buf_i64(&b, m->owner);
	ka_buf_char(&b, '.');
	ka_buf_u64(&b, m->owner_start);
	if (m->sum.m == 0)
		return;
	ka_buf_char(&b, '.');
	ka_buf_i64(&b, m->sum.m);
	ka_buf_char(&b, '.');
	ka_buf_u64(&b, m->sum.start);
}

static bool mark_parse(const char *name, struct mark *m)
{
	struct ka_span rest = ka_span_of(name), part;
	uint64_t v[6] = { 0 };
	size_t n = 0;

	for (; n < KA_ARRAY_LEN(v) && ka_text_split(&rest, '.', &part); n++)
		if (!ka_text_to_u64(part, INT64_MAX, &v[n]))
			return false;
	if (rest.p != NULL || (n != 4 && n != 6) || v[1] > 1000 || v[2] > INT32_MAX || v[4] > INT32_MAX)
		return false;
	*m = (struct mark){ .offset = (int64_t)v[0], .tries = (unsigned)v[1], .owner = (pid_t)v[2], .owner_start = v[3],
			    .sum = { (pid_t)v[4], v[5] } };
	mark_name(m);
	return true;
}

/* the mark in an open claim; false when there is none (killed between two steps: begin again at offset 0) */
static bool mark_find(int claim, struct mark *m)
{
	int again = openat(claim, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	KA_AUTOCLOSEDIR DIR *d = again >= 0 ? fdopendir(again) : NULL;
	const struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL)
		if (mark_parse(e->d_name, m))
			return true;
	return false;
}

static bool owner_lives(const struct mark *m)
{
	struct ka_proc_stat stat;

	return m->owner > 0 && m->owner != getpid() && ka_proc_stat(m->owner, &stat) && stat.start == m->owner_start && stat.state != 'Z';
}

/* write who we are into the claim */
static enum ka_err mark_ours(int claim, const struct mark *old, struct mark *new)
{
	struct ka_proc_stat self;
	KA_AUTOCLOSE int fd = -1;

	if (!ka_proc_stat(getpid(), &self))
		return KA_ERR_SYS;
	new->owner = getpid();
	new->owner_start = self.start;
	mark_name(new);
	if (old != NULL)
		return renameat(claim, old->name, claim, new->name) == 0 ? KA_ERR_OK : KA_ERR_SYS;
	fd = openat(claim, new->name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	return fd >= 0 ? KA_ERR_OK : KA_ERR_SYS;
}

/* a writer that could not see M's start used this name for the same connection; "" when @conn is itself such a one */
static void hidden_name(const struct ka_conn *conn, char out[static KA_CONN_NAME_MAX])
{
	out[0] = '\0';
	if (conn->start != 0)
		ka_conn_name(&(struct ka_conn){ conn->m, 0 }, out);
}

static void drop_leftovers(const struct ka_rundir *r, const struct ka_conn *conn)
{
	char name[KA_CONN_NAME_MAX], hidden[KA_CONN_NAME_MAX];

	ka_conn_name(conn, name);
	hidden_name(conn, hidden);
	ka_removal_entry(r->spool, name);
	if (hidden[0] != '\0')
		ka_removal_entry(r->spool, hidden);
	ka_removal_entry(r->phase, name);
	ka_removal_entry(r->said, name);
	ka_removal_entry(r->claimed, name);
}

/* take @name out of @from into the claim; absent, or taken before, is fine */
static enum ka_err take_file(int from, const char *name, int claim, const char *as)
{
	if (name[0] == '\0' || exists(claim, as) || renameat(from, name, claim, as) == 0 || errno == ENOENT)
		return KA_ERR_OK;
	return KA_ERR_SYS;
}

bool ka_claim_has_records(const struct ka_rundir *r, const struct ka_conn *conn)
{
	char name[KA_CONN_NAME_MAX], hidden[KA_CONN_NAME_MAX];

	ka_conn_name(conn, name);
	hidden_name(conn, hidden);
	return exists(r->spool, name) || exists(r->phase, name) || exists(r->said, name) || (hidden[0] != '\0' && exists(r->spool, hidden));
}

void ka_claim_drop(const struct ka_rundir *r, const struct ka_conn *conn)
{
	KA_AUTOCLOSE int lock = ka_rundir_lock(r);
	char name[KA_CONN_NAME_MAX];

	if (lock < 0 || ka_claim_is_begun(r, conn))
		return;
	ka_conn_name(conn, name);
	ka_removal_entry(r->said, name);
}

bool ka_claim_is_begun(const struct ka_rundir *r, const struct ka_conn *conn)
{
	char name[KA_CONN_NAME_MAX];

	ka_conn_name(conn, name);
	return exists(r->claimed, name);
}

static uint64_t latest_start(int dir_fd, pid_t m, uint64_t best)
{
	int again = openat(dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	KA_AUTOCLOSEDIR DIR *d = again >= 0 ? fdopendir(again) : NULL;
	const struct dirent *e;
	struct ka_conn conn;

	while (d != NULL && (e = readdir(d)) != NULL)
		if (ka_conn_parse(ka_span_of(e->d_name), &conn) && conn.m == m && conn.start > best)
			best = conn.start;
	return best;
}

void ka_claim_resolve(const struct ka_rundir *r, struct ka_conn *conn)
{
	const int dirs[] = { r->phase, r->said, r->claimed, r->seen, r->done };
	uint64_t best = 0;

	if (conn->start != 0)
		return;
	for (size_t i = 0; i < KA_ARRAY_LEN(dirs); i++)
		best = latest_start(dirs[i], conn->m, best);
	conn->start = best;
}

static enum ka_err take(const struct ka_rundir *r, const struct ka_conn *conn, const struct ka_conn *sum, const char *trail,
			enum ka_claim_answer *answer, struct ka_claim *claim)
{
	KA_AUTOCLOSE int lock = ka_rundir_lock(r);
	KA_AUTOCLOSE int dir = -1;
	char name[KA_CONN_NAME_MAX], hidden[KA_CONN_NAME_MAX];
	struct mark old, mine = { .tries = 1 };
	bool had, begun;

	*claim = (struct ka_claim){ .conn = *conn, .dir = -1 };
	if (lock < 0)
		return KA_ERR_TIMEOUT;
	ka_conn_name(conn, name);
	if (exists(r->done, name)) {
		drop_leftovers(r, conn);
		*answer = KA_CLAIM_DONE;
		return KA_ERR_OK;
	}
	*answer = KA_CLAIM_NOTHING;
	if (ka_saidlife_settle(r, conn) || (!exists(r->claimed, name) && !ka_claim_has_records(r, conn)))
		return KA_ERR_OK;
	begun = mkdirat(r->claimed, name, 0700) != 0;
	if (begun && errno != EEXIST)
		return KA_ERR_SYS;
	dir = openat(r->claimed, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0)
		return KA_ERR_SYS;
	had = mark_find(dir, &old);
	if (had && (sum != NULL || owner_lives(&old))) {
		claim->owner = old.owner;
		*answer = KA_CLAIM_BUSY;
		return KA_ERR_OK;
	}
	/* a claim without its mark was left between two steps: look through the whole trail */
	mine.offset = had ? old.offset : begun ? 0 : ka_trail_offset(trail);
	mine.tries = had ? old.tries + (old.tries < 1000) : 1;
	mine.sum = sum != NULL ? *sum : had ? old.sum : (struct ka_conn){ 0, 0 };
	hidden_name(conn, hidden);
	/* phase and said records stay where they are: nobody else can reach them */
	if (take_file(r->spool, name, dir, "a") != KA_ERR_OK || take_file(r->spool, hidden, dir, "b") != KA_ERR_OK)
		return KA_ERR_SYS;
	/* last: what is marked for a summary is counted in it, and what is not is not */
	if (mark_ours(dir, had ? &old : NULL, &mine) != KA_ERR_OK)
		return KA_ERR_SYS;
	claim->offset = mine.offset;
	claim->tries = mine.tries;
	claim->owner = mine.owner;
	claim->sum = mine.sum;
	claim->dir = ka_steal_fd(&dir);
	*answer = KA_CLAIM_TAKEN;
	return KA_ERR_OK;
}

enum ka_err ka_claim_take(const struct ka_rundir *r, const struct ka_conn *conn, const char *trail,
			  enum ka_claim_answer *answer, struct ka_claim *claim)
{
	return take(r, conn, NULL, trail, answer, claim);
}

enum ka_err ka_claim_take_for(const struct ka_rundir *r, const struct ka_conn *conn, const struct ka_conn *sum, const char *trail,
			      enum ka_claim_answer *answer, struct ka_claim *claim)
{
	return take(r, conn, sum, trail, answer, claim);
}

void ka_claim_release(const struct ka_rundir *r, struct ka_claim *claim)
{
	KA_AUTOCLOSE int lock = ka_rundir_lock(r);
	KA_AUTOCLOSE int dir = ka_steal_fd(&claim->dir);
	struct mark old, new;

	if (lock < 0 || !mark_find(dir, &old))
		return;
	new = (struct mark){ .offset = old.offset, .tries = old.tries > 0 ? old.tries - 1 : 0, .sum = old.sum };
	mark_name(&new);
	renameat(dir, old.name, dir, new.name);
}

enum ka_err ka_claim_finish(const struct ka_rundir *r, const struct ka_conn *conn, bool monitor_lives)
{
	KA_AUTOCLOSE int lock = ka_rundir_lock(r);
	KA_AUTOCLOSE int fd = -1;
	char name[KA_CONN_NAME_MAX];

	if (lock < 0)
		return KA_ERR_TIMEOUT;
	ka_conn_name(conn, name);
	fd = openat(r->done, name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || fchmod(fd, monitor_lives ? 0600 : 0400) != 0)
		return KA_ERR_SYS;
	drop_leftovers(r, conn);
	ka_removal_entry(r->seen, name);
	return KA_ERR_OK;
}
