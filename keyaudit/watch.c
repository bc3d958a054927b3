/*
 * The collector's loop. MUST: take what only a living monitor shows (pidfd, executable, peer) at once and diagnose
 * later; never block on one connection; work from the directories alone after any crash.
 */
#include "keyaudit/watch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/paths.h"
#include "keyaudit/flood.h"

#include "base/poison.h"

#define KA_WATCH_TICK_MS 250
#define KA_WATCH_RESCAN_MS 5000
#define KA_WATCH_ORPHAN_MS 300 /* a command whose monitor is gone may still be writing its record */

enum slot_state { SLOT_FREE, SLOT_ALIVE, SLOT_QUEUED, SLOT_WORKING, SLOT_HELD };

struct slot {
	enum slot_state state;
	struct ka_conn conn;
	int fd;            /* pidfd of M (alive) or of the worker (working) */
	pid_t worker;
	int64_t due_ms;    /* queued: not before; working: killed then */
	char net[64];      /* peer address, for the flood gate */
};

struct watch {
	struct ka_writer *w;
	bool once, talk, stop;
	int inotify, signals;
	size_t workers, queued;
	unsigned long written;
	int64_t rescan_ms, sweep_ms;
	struct ka_flood flood;
	size_t slots; /* highest one in use, plus one */
	struct slot slot[KA_COLLECT_WATCH_MAX];
	struct pollfd poll[KA_COLLECT_WATCH_MAX + 2];
};

static struct slot *find_slot(struct watch *k, const struct ka_conn *conn)
{
	for (size_t i = 0; i < k->slots; i++)
		if (k->slot[i].state != SLOT_FREE && k->slot[i].conn.m == conn->m && k->slot[i].conn.start == conn->start)
			return &k->slot[i];
	return NULL;
}

static struct slot *new_slot(struct watch *k, const struct ka_conn *conn, enum slot_state state)
{
	for (size_t i = 0; i < KA_COLLECT_WATCH_MAX; i++) {
		struct slot *s = &k->slot[i];

		if (s->state != SLOT_FREE)
			continue;
		if (state == SLOT_QUEUED && k->queued >= KA_COLLECT_QUEUE_MAX)
			return NULL; /* the next rescan finds it again */
		memset(s, 0, sizeof(*s));
		s->conn = *conn;
		s->fd = -1;
		s->state = state;
		k->queued += state == SLOT_QUEUED;
		if (i >= k->slots)
			k->slots = i + 1;
		return s;
	}
	return NULL;
}

static void free_slot(struct watch *k, struct slot *s)
{
	if (s->state == SLOT_QUEUED)
		k->queued--;
	if (s->state == SLOT_WORKING)
		k->workers--;
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	s->state = SLOT_FREE;
	while (k->slots > 0 && k->slot[k->slots - 1].state == SLOT_FREE)
		k->slots--;
}

static void queue(struct watch *k, struct slot *s, int64_t due_ms)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	s->state = SLOT_QUEUED;
	s->due_ms = due_ms;
	k->queued++;
}

static void tampered(struct watch *k, int dir, const char *name, const char *what)
{
	ka_claim_reject(&k->w->dirs, dir, name);
	if (ka_caseevent_health(k->w, KA_EVENT_SPOOL_TAMPERED, NULL, 1, what) != KA_ERR_OK)
		return; /* a full disk: the entry is aside in any case */
}

/* the writer could not see M's start: give the file its full name, so that all witnesses meet */
static void rename_hidden(int dir, const char *name, const struct ka_conn *conn)
{
	char full[KA_CONN_NAME_MAX];

	ka_conn_name(conn, full);
	if (strcmp(full, name) != 0 && renameat2(dir, name, dir, full, RENAME_NOREPLACE) != 0)
		return; /* it stays under its short name and is handled as a connection of its own when M has gone */
}

/* a name appeared in the spool or phase directory, or was found there */
static void notice(struct watch *k, int dir, const char *name)
{
	struct ka_witness seen;
	struct ka_conn conn;
	struct slot *s;
	int pidfd = -1;

	if (name[0] == '.')
		return;
	if (!ka_conn_parse(ka_span_of(name), &conn)) {
		tampered(k, dir, name, "an entry of the spool that is named like no connection");
		return;
	}
	if (find_slot(k, &conn) != NULL)
		return;
	switch (ka_witness_look(&conn, &seen, &pidfd)) {
	case KA_WITNESS_IMPOSTOR:
		if (dir == k->w->dirs.spool)
			tampered(k, dir, name, "a record that names a process which is not sshd");
		return;
	case KA_WITNESS_SSHD:
		rename_hidden(dir, name, &conn);
		ka_witness_note(&k->w->dirs, &conn, &seen);
		s = find_slot(k, &conn) == NULL ? new_slot(k, &conn, SLOT_ALIVE) : NULL;
		if (s == NULL) {
			close(pidfd);
			return;
		}
		s->fd = pidfd;
		memcpy(s->net, seen.client, sizeof(s->net));
		return;
	case KA_WITNESS_GONE:
		ka_witness_recall(&k->w->dirs, &conn, &seen);
		s = new_slot(k, &conn, SLOT_QUEUED);
		if (s != NULL) {
			s->due_ms = ka_clock_boot_ms() + (k->once ? 0 : KA_WATCH_ORPHAN_MS);
			memcpy(s->net, seen.client, sizeof(s->net));
		}
		return;
	}
}

static void scan_dir(struct watch *k, int dir)
{
	int again = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	KA_AUTOCLOSEDIR DIR *d = again >= 0 ? fdopendir(again) : NULL;
	const struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL)
		notice(k, dir, e->d_name);
}

/* a claim that somebody left behind: its monitor may still live (a session whose recorder died) */
static void scan_claims(struct watch *k)
{
	int again = openat(k->w->dirs.claimed, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	KA_AUTOCLOSEDIR DIR *d = again >= 0 ? fdopendir(again) : NULL;
	const struct dirent *e;

	while (d != NULL && (e = readdir(d)) != NULL) {
		struct ka_witness seen;
		struct ka_conn conn;
		struct slot *s;

		if (e->d_name[0] == '.' || !ka_conn_parse(ka_span_of(e->d_name), &conn) || find_slot(k, &conn) != NULL)
			continue;
		ka_witness_recall(&k->w->dirs, &conn, &seen);
		s = new_slot(k, &conn, SLOT_QUEUED);
		if (s != NULL)
			memcpy(s->net, seen.client, sizeof(s->net));
	}
}

static void rescan(struct watch *k)
{
	scan_claims(k);
	scan_dir(k, k->w->dirs.spool);
	scan_dir(k, k->w->dirs.phase);
	k->rescan_ms = ka_clock_boot_ms() + KA_WATCH_RESCAN_MS;
}

static void read_inotify(struct watch *k, int spool_wd)
{
	char block[2048] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t got;

	while ((got = read(k->inotify, block, sizeof(block))) > 0)
		for (char *p = block; p < block + got;) {
			struct inotify_event e;

			memcpy(&e, p, sizeof(e));
			if ((e.mask & IN_Q_OVERFLOW) != 0)
				k->rescan_ms = 0;
			else if (e.len > 0)
				notice(k, e.wd == spool_wd ? k->w->dirs.spool : k->w->dirs.phase, p + sizeof(e));
			p += sizeof(e) + e.len;
		}
}

/* is this one held back because its network floods us? Only refusals are */
static bool gate_holds(struct watch *k, const struct slot *s)
{
	struct ka_case *c;
	struct ka_outcome o;
	bool held = false;

	if (k->flood.limit == 0)
		return false;
	c = ka_case_new(&s->conn);
	if (c != NULL && ka_case_read_open(&k->w->dirs, c) == KA_ERR_OK && c->offers_count > 0) {
		ka_outcome_judge(c, KA_REASON_NONE, &o);
		held = o.action == KA_EVENT_KEY_REFUSED &&
		       ka_flood_take(&k->flood, s->net, &s->conn, ka_clock_boot_ms()) != NULL;
	}
	ka_case_free(&c);
	return held;
}

static void start_worker(struct watch *k, struct slot *s)
{
	pid_t pid = fork();

	if (pid == 0) {
		enum ka_case_answer answer;
		sigset_t none;

		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		if (ka_caseevent_finish(k->w, &s->conn, KA_REASON_NONE, false, &answer) != KA_ERR_OK)
			_exit(100);
		_exit((int)answer);
	}
	if (pid < 0) {
		s->due_ms = ka_clock_boot_ms() + 1000;
		return;
	}
	k->queued--;
	k->workers++;
	s->state = SLOT_WORKING;
	s->worker = pid;
	s->fd = (int)syscall(SYS_pidfd_open, pid, 0);
	s->due_ms = ka_clock_boot_ms() + KA_COLLECT_WORKER_MS;
}

static int reap(pid_t pid)
{
	int status = -1;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return status;
}

static void end_worker(struct watch *k, struct slot *s)
{
	int status = reap(s->worker);
	int answer = status >= 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 100;
	char name[KA_CONN_NAME_MAX];

	ka_conn_name(&s->conn, name);
	if (answer == KA_CASE_WRITTEN)
		k->written++;
	if (k->talk && answer != KA_CASE_NOTHING)
		fprintf(stderr, "keyaudit collect: connection %s: %s\n", name,
			answer == KA_CASE_WRITTEN ? "written" : answer == KA_CASE_BUSY ? "another process has it" :
			answer == KA_CASE_LATER ? "waits: the trail cannot be written now" : "failed, will be tried again");
	free_slot(k, s);
}

static void run_queue(struct watch *k)
{
	int64_t now = ka_clock_boot_ms();

	for (size_t i = 0; i < k->slots && k->workers < KA_COLLECT_WORKERS; i++) {
		struct slot *s = &k->slot[i];

		if (s->state != SLOT_QUEUED || s->due_ms > now)
			continue;
		if (gate_holds(k, s)) {
			k->queued--;
			s->state = SLOT_HELD; /* until the summary that counts it is written */
		} else {
			start_worker(k, s);
		}
	}
}

static void write_floods(struct watch *k, bool all)
{
	struct ka_flood_net *n;

	while ((n = ka_flood_due(&k->flood, ka_clock_boot_ms(), all)) != NULL) {
		if (ka_caseevent_health(k->w, KA_EVENT_KEY_SUMMARY, &n->conns[0], n->held, n->net) == KA_ERR_OK)
			for (size_t i = 0; i < n->held; i++)
				if (ka_claim_finish(&k->w->dirs, &n->conns[i], false) != KA_ERR_OK)
					break; /* it lies there still and is found by the next rescan */
		for (size_t i = 0; i < n->held; i++) {
			struct slot *s = find_slot(k, &n->conns[i]);

			if (s != NULL)
				free_slot(k, s);
		}
		n->held = 0;
	}
}

static void kill_overdue(struct watch *k)
{
	int64_t now = ka_clock_boot_ms();

	for (size_t i = 0; i < k->slots; i++)
		if (k->slot[i].state == SLOT_WORKING && k->slot[i].due_ms < now)
			kill(k->slot[i].worker, SIGKILL);
}

static void wait_for_something(struct watch *k, int spool_wd)
{
	size_t n = 2, last = k->slots;

	k->poll[0] = (struct pollfd){ .fd = k->inotify, .events = POLLIN };
	k->poll[1] = (struct pollfd){ .fd = k->signals, .events = POLLIN };
	for (size_t i = 0; i < last; i++)
		k->poll[n++] = (struct pollfd){ .fd = k->slot[i].fd, .events = POLLIN };
	if (poll(k->poll, n, k->once ? 10 : KA_WATCH_TICK_MS) < 0 && errno != EINTR)
		k->stop = true;
	/* first of all what may vanish: monitors that just appeared */
	if (k->poll[0].revents != 0)
		read_inotify(k, spool_wd);
	if (k->poll[1].revents != 0)
		k->stop = true;
	for (size_t i = 0; i < last; i++) {
		struct slot *s = &k->slot[i];

		if (k->poll[i + 2].revents == 0 || s->fd != k->poll[i + 2].fd)
			continue;
		if (s->state == SLOT_ALIVE)
			queue(k, s, 0);
		else if (s->state == SLOT_WORKING)
			end_worker(k, s);
	}
}

/* nothing left that this run could finish (connections that live on are not its business) */
static bool is_drained(const struct watch *k)
{
	return k->queued == 0 && k->workers == 0;
}

static enum ka_err open_watch(struct watch *k, int *spool_wd)
{
	sigset_t mask;

	sigemptyset(&mask);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGINT);
	if (!k->once)
		sigprocmask(SIG_BLOCK, &mask, NULL);
	else
		sigemptyset(&mask);
	k->signals = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	k->inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (k->signals < 0 || k->inotify < 0)
		return KA_ERR_SYS;
	*spool_wd = inotify_add_watch(k->inotify, KA_PATH_SPOOL, IN_CREATE | IN_MOVED_TO | IN_ONLYDIR);
	if (*spool_wd < 0 || inotify_add_watch(k->inotify, KA_PATH_PHASE, IN_CREATE | IN_MOVED_TO | IN_ONLYDIR) < 0)
		return KA_ERR_SYS;
	return KA_ERR_OK;
}

static enum ka_err loop(struct watch *k)
{
	int spool_wd = -1;
	enum ka_err err = open_watch(k, &spool_wd);

	if (err != KA_ERR_OK)
		return err;
	rescan(k);
	while (!k->stop && !(k->once && is_drained(k))) {
		int64_t now;

		run_queue(k);
		wait_for_something(k, spool_wd);
		kill_overdue(k);
		write_floods(k, false);
		now = ka_clock_boot_ms();
		if (!k->once && now >= k->rescan_ms)
			rescan(k);
		if (now >= k->sweep_ms) {
			ka_claim_sweep(&k->w->dirs);
			k->sweep_ms = now + KA_DONE_KEEP_SEC * 1000 / 4;
		}
	}
	write_floods(k, true);
	return KA_ERR_OK;
}

enum ka_err ka_watch_run(struct ka_writer *w, bool once, bool talk, unsigned long *written)
{
	KA_AUTOFREE struct watch *k = calloc(1, sizeof(*k));
	enum ka_err err;

	*written = 0;
	if (k == NULL)
		return KA_ERR_NOMEM;
	k->w = w;
	k->once = once;
	k->talk = talk;
	k->flood.limit = once ? 0 : w->conf.flood_limit;
	err = loop(k);
	for (size_t i = 0; i < k->slots; i++) {
		if (k->slot[i].state == SLOT_WORKING)
			reap(k->slot[i].worker);
		if (k->slot[i].fd >= 0)
			close(k->slot[i].fd);
	}
	if (k->inotify >= 0)
		close(k->inotify);
	if (k->signals >= 0)
		close(k->signals);
	*written = k->written;
	return err;
}
