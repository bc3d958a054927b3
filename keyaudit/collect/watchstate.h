/*
 * What the collector knows while it runs: a table of connections, each alive (watched by its pidfd), queued, worked on
 * by a child, or held back by the flood gate. Shared by the watch*.c files only.
 */
#ifndef KA_WATCHSTATE_H
#define KA_WATCHSTATE_H

#include <dirent.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "keyaudit/case/caseevent.h"
#include "keyaudit/collect/flood.h"
#include "keyaudit/collect/watchear.h"
#include "keyaudit/collect/watchhealth.h"

enum ka_watch_slot_state { KA_SLOT_FREE, KA_SLOT_ALIVE, KA_SLOT_QUEUED, KA_SLOT_WORKING, KA_SLOT_HELD };

struct ka_watch_slot {
	enum ka_watch_slot_state state;
	struct ka_conn conn;
	int fd;            /* pidfd of M (alive) or of the worker (working) */
	pid_t worker;
	uint64_t turn;     /* queued: first come, first served */
	bool seen;         /* root's own word stands behind it: goes before hearsay */
	int64_t due_ms;    /* queued: not before; working: killed then */
	int64_t plain_ms;  /* queued: when it were due if nothing more was to come of sshd's log */
	int64_t login_ms;  /* alive: the log says that it has logged in; looked at then. 0: it does not */
	int64_t ended_us;  /* wall clock: its monitor was seen to end; 0: nobody saw it */
	bool lives;        /* queued, working: its monitor lives on, so its end is still to come */
	char net[64];      /* peer address, for the flood gate */
};

enum ka_watch_stage { KA_SCAN_CLAIMS, KA_SCAN_SPOOL, KA_SCAN_PHASE, KA_SCAN_SAID, KA_SCAN_IDLE };

struct ka_watchstate {
	struct ka_writer *w;
	bool once, talk, stop, failed;
	int files_max; /* a living monitor's pidfd must be below that: the others are for our own work */
	int inotify, signals, spool_wd, said_wd;
	pid_t eye;              /* the child of watchlook.h */
	struct ka_watchear ear; /* the child of watchear.h */
	struct ka_watchhealth health; /* the child of watchhealth.h */
	size_t workers, hearsay_workers, queued;
	uint64_t turns;
	unsigned long written, waiting, finished;
	/* scans go on in steps, so that a full directory never keeps us from a living monitor */
	enum ka_watch_stage stage;
	DIR *scan;
	bool overfull;               /* something found no place: look again as soon as there is room */
	unsigned long finished_then; /* when the last scan began */
	int64_t rescan_ms, sweep_ms;
	int64_t drops_ms, drops_gather_ms; /* no event about dropped connections before; it counts them until then (0: none yet) */
	/* the trail cannot be written: since when (0: it can), not again before, the pause after that, said again when */
	int64_t shut_ms, shut_until_ms, shut_pause_ms, shut_said_ms;
	/* rejected entries not yet said */
	unsigned long tampered;
	char tampered_text[192]; /* of the last one */
	int64_t tampered_ms;
	bool gap_checked;
	struct ka_flood flood;
	size_t slots; /* highest one in use, plus one */
	struct ka_watch_slot slot[KA_COLLECT_WATCH_MAX];
	/* only those with a descriptor: poll(2) takes no more entries than there may be descriptors */
	struct pollfd poll[KA_COLLECT_WATCH_MAX + 2];
	struct ka_watch_slot *polled[KA_COLLECT_WATCH_MAX + 2];
};

/** ka_watchstate_find() - the slot of a connection, or NULL */
struct ka_watch_slot *ka_watchstate_find(struct ka_watchstate *k, const struct ka_conn *conn);

/**
 * ka_watchstate_add() - a new slot; NULL when there is no place (k->overfull is set)
 * @seen: root's own word stands behind it; hearsay gets no more than three quarters of the queue
 */
struct ka_watch_slot *ka_watchstate_add(struct ka_watchstate *k, const struct ka_conn *conn, enum ka_watch_slot_state state, bool seen);

/** ka_watchstate_next() - of the queued ones that are due, @seen or hearsay, the one that has waited longest; or NULL */
struct ka_watch_slot *ka_watchstate_next(struct ka_watchstate *k, bool seen, int64_t now_ms);

/** ka_watchstate_has_worker() - may one more be started for a connection that was @seen, or for hearsay? That never gets the last */
bool ka_watchstate_has_worker(const struct ka_watchstate *k, bool seen);

/** ka_watchstate_drop() - forget a slot; its descriptor is closed */
void ka_watchstate_drop(struct ka_watchstate *k, struct ka_watch_slot *s);

/** ka_watchstate_queue() - its monitor has ended: it waits for a worker from now on */
void ka_watchstate_queue(struct ka_watchstate *k, struct ka_watch_slot *s);

/** ka_watchstate_count() - count a spool entry that is not what it should be, and keep what it looks like */
void ka_watchstate_count(struct ka_watchstate *k, int dir, const char *name, const char *what);

/** ka_watchstate_tampered() - move a spool entry aside and count it; said in events of at most one per KA_COLLECT_TAMPER_MS */
void ka_watchstate_tampered(struct ka_watchstate *k, int dir, const char *name, const char *what);

/** ka_watchstate_say_tampered() - write the event when it is due; @now: also when it is not */
void ka_watchstate_say_tampered(struct ka_watchstate *k, bool now);

#endif
