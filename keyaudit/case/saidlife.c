/* Lives of monitors, from the names in /run/keyaudit. MUST: give no line to a later life, and two lines of one life to one name. */
#include "keyaudit/case/saidlife.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/limits.h"
#include "keyaudit/case/casesaid.h"

#include "base/poison.h"

#define US ((int64_t)1000000)

static int64_t ticks_per_second(void)
{
	int64_t hz = sysconf(_SC_CLK_TCK);

	return hz > 0 ? hz : 100;
}

bool ka_saidlife_covers(const struct ka_saidlife *l, int64_t at_us)
{
	int64_t end = l->end_us != 0 ? l->end_us : l->begin_us + KA_SAID_LIFE_SEC * US;

	return at_us >= l->begin_us - KA_SAID_GRAIN_SEC * US && at_us <= end + KA_SAID_GRAIN_SEC * US;
}

uint64_t ka_saidlife_start(int64_t at_us)
{
	int64_t ago_ms = (ka_clock_wall_us() - at_us) / 1000, up_ms = ka_clock_boot_ms() - ago_ms;

	return up_ms * ticks_per_second() / 1000 > 0 ? (uint64_t)(up_ms * ticks_per_second() / 1000) : 1;
}

int64_t ka_saidlife_begin(uint64_t start)
{
	int64_t up_ms = start / (uint64_t)ticks_per_second() < INT64_MAX / 1000000 ?
				(int64_t)(start / (uint64_t)ticks_per_second()) * 1000 +
					(int64_t)(start % (uint64_t)ticks_per_second()) * 1000 / ticks_per_second() :
				INT64_MAX / 1000000;

	return ka_clock_wall_us() - (ka_clock_boot_ms() - up_ms) * 1000;
}

static bool exists(int dir, const char *name)
{
	struct stat st;

	return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* what is known of its end: the closing line, or when the collector noticed it (the marker is 0400 from then on) */
static void find_end(const struct ka_rundir *r, struct ka_saidlife *l)
{
	struct ka_casesaid_glance said;
	char name[KA_CONN_NAME_MAX];
	struct stat st;

	ka_conn_name(&l->conn, name);
	l->is_done = fstatat(r->done, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
	if (l->is_done && (st.st_mode & 0200) == 0)
		l->end_us = st.st_mtim.tv_sec * US;
	else if (ka_casesaid_look(r, &l->conn, &said) && said.is_closed)
		l->end_us = said.closed_us;
}

/* @only_true: not what only the log knows, for its start is made */
static bool search(const struct ka_rundir *r, const struct ka_conn *who, int64_t at_us, bool only_true, struct ka_saidlife *best)
{
	/* in the order in which a connection goes through them, each before the last is left: none slips by behind us */
	const int dirs[] = { r->spool, r->phase, r->seen, only_true ? -1 : r->said, r->claimed, r->done };
	bool any = false;

	for (size_t i = 0; i < KA_ARRAY_LEN(dirs); i++) {
		int again = dirs[i] >= 0 ? openat(dirs[i], ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
		KA_AUTOCLOSEDIR DIR *d = again >= 0 ? fdopendir(again) : NULL;
		const struct dirent *e;

		while (d != NULL && (e = readdir(d)) != NULL) {
			struct ka_saidlife l = { .is_done = false };

			if (!ka_conn_parse(ka_span_of(e->d_name), &l.conn) || l.conn.m != who->m || l.conn.start == 0 ||
			    l.conn.start == who->start || (any && l.conn.start <= best->conn.start))
				continue;
			l.begin_us = ka_saidlife_begin(l.conn.start);
			find_end(r, &l);
			if (!ka_saidlife_covers(&l, at_us))
				continue;
			*best = l;
			any = true;
		}
	}
	return any;
}

bool ka_saidlife_find(const struct ka_rundir *r, pid_t m, int64_t at_us, uint64_t except, struct ka_saidlife *out)
{
	return search(r, &(struct ka_conn){ m, except }, at_us, false, out);
}

bool ka_saidlife_settle(const struct ka_rundir *r, const struct ka_conn *conn)
{
	char name[KA_CONN_NAME_MAX], real[KA_CONN_NAME_MAX];
	struct ka_saidlife l;

	ka_conn_name(conn, name);
	if (!exists(r->said, name) || exists(r->seen, name) || exists(r->spool, name) || exists(r->phase, name) ||
	    exists(r->claimed, name) || !search(r, conn, ka_saidlife_begin(conn->start), true, &l))
		return false;
	ka_conn_name(&l.conn, real);
	/* what the other one's file holds already stays: the same lines, or earlier ones */
	if (l.is_done || exists(r->said, real) || renameat(r->said, name, r->said, real) != 0)
		unlinkat(r->said, name, 0);
	return true;
}
