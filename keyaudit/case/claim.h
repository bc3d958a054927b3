/*
 * Claims: a connection's records taken out of the reach of everybody but root, so
 * that exactly one final event is made of them, whoever is killed when.
 *
 * claimed/M.START/ holds `a` (attempt records), `b` (those of writers that could not see M's start: spool/M.0)
 * and one empty file
 * OFFSET.TRIES.OWNER.OWNERSTART[.SUM]: where the trail ended when the claim was first made, how
 * often a diagnosis was begun, and whose it is. SUM, a connection's M.START, is there when the connection is counted in
 * the summary of that name. done/M.START says that the event stands in
 * the trail (mode 0600 while M lives, 0400 from when its end was noticed).
 */
#ifndef KA_CLAIM_H
#define KA_CLAIM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "keyaudit/case/rundir.h"
#include "spool/conn.h"

enum ka_claim_answer {
	KA_CLAIM_TAKEN,
	KA_CLAIM_DONE,    /* the event is written already; leftovers were removed */
	KA_CLAIM_BUSY,    /* another living process has it: claim->owner */
	KA_CLAIM_NOTHING, /* no record of this connection anywhere */
};

struct ka_claim {
	struct ka_conn conn;
	int64_t offset;   /* of the trail */
	unsigned tries;   /* this one counted */
	pid_t owner;
	struct ka_conn sum; /* m 0: it is to have an event of its own. Else that is so only when this summary is not in the trail */
	int dir;          /* descriptor of claimed/M.START, or -1 */
};

/** ka_claim_take() - under the lock; @trail is the trail's path. claim->dir is owned by the caller when taken */
KA_MUST_CHECK enum ka_err ka_claim_take(const struct ka_rundir *r, const struct ka_conn *conn, const char *trail,
					enum ka_claim_answer *answer, struct ka_claim *claim);

/**
 * ka_claim_take_for() - the same for a connection that is to be counted in the summary @sum
 *
 * When it is taken its mark says so, and when it is not there is no such mark. A claim that somebody has begun is
 * KA_CLAIM_BUSY, whether he lives or not: it may have an event.
 */
KA_MUST_CHECK enum ka_err ka_claim_take_for(const struct ka_rundir *r, const struct ka_conn *conn, const struct ka_conn *sum,
					    const char *trail, enum ka_claim_answer *answer, struct ka_claim *claim);

/** ka_claim_release() - give a taken claim back without counting this try (the trail was full); closes claim->dir */
void ka_claim_release(const struct ka_rundir *r, struct ka_claim *claim);

/** ka_claim_finish() - the event is in the trail: leave a done-marker, remove the claim and every leftover */
KA_MUST_CHECK enum ka_err ka_claim_finish(const struct ka_rundir *r, const struct ka_conn *conn, bool monitor_lives);

/** ka_claim_has_records() - whether spool, phase or said hold records of the connection, under whichever name */
bool ka_claim_has_records(const struct ka_rundir *r, const struct ka_conn *conn);

/**
 * ka_claim_resolve() - a start of 0 (hidden from the writer) of a monitor that is gone: the start that root's own notes
 * know for this pid, the latest one; 0 stays when there is none
 */
void ka_claim_resolve(const struct ka_rundir *r, struct ka_conn *conn);

/** ka_claim_drop() - nobody tried anything in @conn: what was said of it goes, without an event */
void ka_claim_drop(const struct ka_rundir *r, const struct ka_conn *conn);

/** ka_claim_is_begun() - whether there is a claim of it, finished by nobody yet */
bool ka_claim_is_begun(const struct ka_rundir *r, const struct ka_conn *conn);

#endif
