/*
 * Names in, connections out. MUST: look at a living monitor at once; take every step in bounded time, whatever the
 * command's uid puts into the spool and however fast.
 */
#include "keyaudit/collect/watchscan.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/paths.h"
#include "keyaudit/case/case.h"
#include "keyaudit/case/casesaid.h"
#include "keyaudit/case/sweep.h"
#include "keyaudit/case/witnessnote.h"

#include "base/poison.h"


static bool is_done(const struct ka_watchstate *k, const struct ka_conn *conn)
{
	char name[KA_CONN_NAME_MAX];
	struct stat st;

	ka_conn_name(conn, name);
	return fstatat(k->w->dirs.done, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
}

/* a session whose event is not written yet had begun just now: why it is over already only the log may know */
static bool is_short_session(const struct ka_watchstate *k, const struct ka_conn *conn)
{
	struct ka_case *c = ka_case_new(conn);
	bool is = c != NULL && ka_case_read_open(&k->w->dirs, c) == KA_ERR_OK && c->session;

	ka_case_free(&c);
	return is;
}

static bool has_said_all(const struct ka_casesaid_glance *said)
{
	return said->is_closed || said->is_session_lost;
}

/* its monitor is gone. Where the log is heard its last words are waited for, until they are there */
static void make_due(const struct ka_watchstate *k, struct ka_watch_slot *s, int64_t plain_ms)
{
	struct ka_casesaid_glance said;
	int64_t heard_ms;

	s->plain_ms = s->due_ms = plain_ms;
	if (k->once || !ka_casesaid_is_heard(&k->w->dirs, &k->w->conf) || is_done(k, &s->conn))
		return;
	heard_ms = ka_clock_boot_ms() + (is_short_session(k, &s->conn) ? KA_SAID_SESSION_MS : KA_SAID_WAIT_MS);
	if (plain_ms < heard_ms && !(ka_casesaid_look(&k->w->dirs, &s->conn, &said) && has_said_all(&said)))
		s->due_ms = heard_ms;
}

/* after `Accepted` the session's own witness has its time; a line that anybody can write has to wait until it must be true */
static int64_t login_due(const struct ka_casesaid_glance *said)
{
	int64_t since_ms = (ka_clock_wall_us() - said->accepted_us) / 1000;
	int64_t after_ms = said->is_accepted_sure ? KA_SAID_OPEN_MS : (int64_t)KA_SAID_LIFE_SEC * 1000;

	return ka_clock_boot_ms() + (since_ms > 0 && said->accepted_us != 0 ? after_ms - since_ms : after_ms);
}

/* the log has said something of a connection that we know */
static void hear(struct ka_watchstate *k, const struct ka_conn *conn)
{
	struct ka_watch_slot *s = ka_watchstate_find(k, conn);
	struct ka_casesaid_glance said;

	if (s == NULL || (s->state != KA_SLOT_ALIVE && s->state != KA_SLOT_QUEUED) ||
	    !ka_casesaid_look(&k->w->dirs, conn, &said))
		return;
	if (s->state == KA_SLOT_ALIVE && said.is_accepted && (s->login_ms == 0 || said.is_accepted_sure))
		s->login_ms = login_due(&said);
	if (s->state == KA_SLOT_QUEUED && has_said_all(&said))
		s->due_ms = s->plain_ms;
}

static void notice_gone(struct ka_watchstate *k, struct ka_conn *conn)
{
	struct ka_casesaid_glance said;
	struct ka_witness seen;
	struct ka_watch_slot *s;

	ka_claim_resolve(&k->w->dirs, conn);
	if (ka_watchstate_find(k, conn) != NULL)
		return;
	ka_witness_recall(&k->w->dirs, conn, &seen);
	s = ka_watchstate_add(k, conn, KA_SLOT_QUEUED, seen.seen || (ka_casesaid_look(&k->w->dirs, conn, &said) && said.is_sure));
	if (s == NULL)
		return;
	make_due(k, s, k->once ? 0 : ka_clock_boot_ms() + KA_WATCHSCAN_ORPHAN_MS);
	memcpy(s->net, seen.client, sizeof(s->net));
}

static void notice_alive(struct ka_watchstate *k, const struct ka_conn *conn, const struct ka_witness *seen, int *pidfd)
{
	struct ka_watch_slot *s;

	ka_witness_note(&k->w->dirs, conn, seen);
	if (*pidfd >= k->files_max) { /* its end is found by a scan */
		k->overfull = true;
		return;
	}
	/* a name without a start time (hidepid) has got its start only now */
	s = ka_watchstate_find(k, conn) == NULL ? ka_watchstate_add(k, conn, KA_SLOT_ALIVE, true) : NULL;
	if (s == NULL)
		return;
	s->fd = ka_steal_fd(pidfd);
	memcpy(s->net, seen->client, sizeof(s->net));
}

/* a living monitor's file: too large for records, it takes the room of others'. What is recorded later counts again */
static void keep_small(struct ka_watchstate *k, int dir, const char *name)
{
	if (dir != k->w->dirs.spool || !ka_sweep_is_swollen(dir, name))
		return;
	ka_watchstate_count(k, dir, name, "a record file larger than records can be was emptied");
	ka_sweep_empty(dir, name);
}

/* a name appeared in the spool, phase or said directory, or was found there */
static void notice_name(struct ka_watchstate *k, int dir, const char *name)
{
	struct ka_witness seen;
	struct ka_conn conn;
	KA_AUTOCLOSE int pidfd = -1;

	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return;
	if (!ka_conn_parse(ka_span_of(name), &conn)) {
		ka_watchstate_tampered(k, dir, name, "an entry of the spool that is named like no connection");
		return;
	}
	if (ka_watchstate_find(k, &conn) != NULL) {
		keep_small(k, dir, name);
		return;
	}
	switch (ka_witness_look(&conn, &seen, &pidfd)) {
	case KA_WITNESS_IMPOSTOR:
		if (dir == k->w->dirs.spool)
			ka_watchstate_tampered(k, dir, name, "a record that names a process which is no monitor of sshd");
		return;
	case KA_WITNESS_SSHD:
		notice_alive(k, &conn, &seen, &pidfd);
		keep_small(k, dir, name);
		return;
	case KA_WITNESS_GONE:
		notice_gone(k, &conn);
		return;
	case KA_WITNESS_UNKNOWN: /* the next scan finds it again */
		return;
	}
}

static void notice(struct ka_watchstate *k, int dir, const char *name)
{
	struct ka_conn conn;

	notice_name(k, dir, name);
	if (dir == k->w->dirs.said && ka_conn_parse(ka_span_of(name), &conn))
		hear(k, &conn);
}

void ka_watchscan_logins(struct ka_watchstate *k)
{
	int64_t now = ka_clock_boot_ms();

	for (size_t i = 0; i < k->slots; i++) {
		struct ka_watch_slot *s = &k->slot[i];

		if (s->state != KA_SLOT_ALIVE || s->login_ms == 0 || now < s->login_ms)
			continue;
		s->login_ms = 0;
		if (is_done(k, &s->conn)) /* PAM's session phase has said it */
			continue;
		ka_watchstate_queue(k, s);
		s->lives = true;
	}
}

void ka_watchscan_ended(struct ka_watchstate *k, struct ka_watch_slot *s)
{
	char name[KA_CONN_NAME_MAX];
	struct stat st;

	ka_watchstate_queue(k, s);
	s->ended_us = ka_clock_wall_us();
	ka_conn_name(&s->conn, name);
	if (!k->once && fstatat(k->w->dirs.spool, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_size == 0)
		make_due(k, s, ka_clock_boot_ms() + KA_WATCHSCAN_ORPHAN_MS);
	else
		make_due(k, s, 0);
}

/* a claim that somebody left behind: its monitor may still live (a session whose recorder died) */
static void notice_claim(struct ka_watchstate *k, const char *name)
{
	struct ka_witness seen;
	struct ka_conn conn;
	struct ka_watch_slot *s;

	if (!ka_conn_parse(ka_span_of(name), &conn) || ka_watchstate_find(k, &conn) != NULL)
		return;
	ka_witness_recall(&k->w->dirs, &conn, &seen);
	s = ka_watchstate_add(k, &conn, KA_SLOT_QUEUED, seen.seen);
	if (s == NULL)
		return;
	memcpy(s->net, seen.client, sizeof(s->net));
}

static int dir_of(const struct ka_watchstate *k)
{
	if (k->stage == KA_SCAN_CLAIMS)
		return k->w->dirs.claimed;
	if (k->stage == KA_SCAN_SAID)
		return k->w->dirs.said;
	return k->stage == KA_SCAN_SPOOL ? k->w->dirs.spool : k->w->dirs.phase;
}

static void open_stage(struct ka_watchstate *k)
{
	int again = openat(dir_of(k), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	k->scan = again >= 0 ? fdopendir(again) : NULL;
	if (k->scan == NULL && again >= 0)
		close(again);
}

static bool is_due(const struct ka_watchstate *k)
{
	/* if nothing moved since, a scan would find the same again */
	if (k->overfull && k->queued < KA_COLLECT_QUEUE_MAX / 2 && k->finished != k->finished_then)
		return true;
	return !k->once && ka_clock_boot_ms() >= k->rescan_ms;
}

/* without an inode no claim can be made, and no claim could ever make room */
static void make_room(struct ka_watchstate *k)
{
	unsigned long gone = ka_sweep_make_room(&k->w->dirs);
	struct ka_buf b;

	if (gone == 0)
		return;
	k->tampered += gone;
	k->finished++; /* what waits may go on */
	ka_buf_init_array(&b, k->tampered_text);
	ka_buf_text(&b, "the spool had no inode left: names that nobody vouches for were dropped");
}

static void begin(struct ka_watchstate *k)
{
	make_room(k);
	k->overfull = false;
	k->finished_then = k->finished;
	k->rescan_ms = ka_clock_boot_ms() + KA_WATCHSCAN_RESCAN_MS;
	k->stage = KA_SCAN_CLAIMS;
	open_stage(k);
	ka_sweep_rejected(&k->w->dirs);
}

void ka_watchscan_step(struct ka_watchstate *k)
{
	if (k->stage == KA_SCAN_IDLE) {
		if (!is_due(k))
			return;
		begin(k);
	}
	for (int n = 0; n < KA_COLLECT_SCAN_STEP; n++) {
		const struct dirent *e = k->scan != NULL ? readdir(k->scan) : NULL;

		if (e != NULL && k->stage == KA_SCAN_CLAIMS) {
			notice_claim(k, e->d_name);
		} else if (e != NULL) {
			notice(k, dir_of(k), e->d_name);
		} else {
			if (k->scan != NULL)
				closedir(k->scan);
			k->scan = NULL;
			k->stage++;
			if (k->stage == KA_SCAN_IDLE)
				return;
			open_stage(k);
		}
	}
}

static int dir_of_watch(const struct ka_watchstate *k, int wd)
{
	if (wd == k->said_wd)
		return k->w->dirs.said;
	return wd == k->spool_wd ? k->w->dirs.spool : k->w->dirs.phase;
}

void ka_watchscan_events(struct ka_watchstate *k)
{
	char block[2048] __attribute__((aligned(__alignof__(struct inotify_event))));

	for (int n = 0; n < KA_WATCHSCAN_EVENT_BLOCKS_MAX; n++) {
		ssize_t got = read(k->inotify, block, sizeof(block));

		if (got <= 0)
			return;
		for (char *p = block; p < block + got;) {
			struct inotify_event e;

			memcpy(&e, p, sizeof(e));
			if ((e.mask & IN_Q_OVERFLOW) != 0)
				k->rescan_ms = 0;
			else if (e.len > 0)
				notice(k, dir_of_watch(k, e.wd), p + sizeof(e));
			p += sizeof(e) + e.len;
		}
	}
}

enum ka_err ka_watchscan_open(struct ka_watchstate *k)
{
	const uint32_t what = IN_CREATE | IN_MOVED_TO | IN_ONLYDIR;

	k->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (k->inotify < 0)
		return KA_ERR_SYS;
	k->spool_wd = inotify_add_watch(k->inotify, KA_PATH_SPOOL, what);
	k->said_wd = inotify_add_watch(k->inotify, KA_PATH_SAID, what | IN_MODIFY);
	if (k->spool_wd < 0 || k->said_wd < 0 || inotify_add_watch(k->inotify, KA_PATH_PHASE, what) < 0)
		return KA_ERR_SYS;
	begin(k);
	return KA_ERR_OK;
}

void ka_watchscan_close(struct ka_watchstate *k)
{
	if (k->scan != NULL)
		closedir(k->scan);
	k->scan = NULL;
	if (k->inotify >= 0)
		close(k->inotify);
	k->inotify = -1;
}
