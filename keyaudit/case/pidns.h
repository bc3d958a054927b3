/*
 * Whose process ids are the names in /run/keyaudit? A pid means a process only inside its pid namespace: looked at from
 * another one, each living monitor seems to have ended. So the first that works in the directory notes its namespace in
 * /run/keyaudit/pidns (root only), and who comes from another one keeps its hands off.
 */
#ifndef KA_PIDNS_H
#define KA_PIDNS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "keyaudit/case/rundir.h"

/* numbers of namespaces are given again, but not while the first lives, and not to another boot's */
struct ka_pidns {
	char boot[33]; /* 32 hex digits */
	uint64_t dev, ino;
};

enum ka_pidns_answer {
	KA_PIDNS_OURS,
	KA_PIDNS_UNNOTED, /* nobody has worked there in this boot, or there was no room for the note: nothing is known against us */
	KA_PIDNS_OTHER,   /* keep off */
	KA_PIDNS_BLIND,   /* /proc is another namespace's: what it says of pids is not about those we mean */
};

/** ka_pidns_self() - the namespace of this process; false when /proc is not ours or not there */
bool ka_pidns_self(struct ka_pidns *self);

/**
 * ka_pidns_look() - does the run directory belong to our namespace? Changes nothing
 * @why: for OTHER and BLIND what is wrong, where, and behind KA_RUNDIR_MEND how to mend it
 */
enum ka_pidns_answer ka_pidns_look(const struct ka_rundir *r, char *why, size_t size);

/** ka_pidns_settle() - the same before work begins: when nothing of this boot is noted, it is noted that it is ours */
enum ka_pidns_answer ka_pidns_settle(const struct ka_rundir *r, char *why, size_t size);

/** ka_pidns_settle_as() - the same for a namespace that is given */
enum ka_pidns_answer ka_pidns_settle_as(const struct ka_rundir *r, const struct ka_pidns *self, char *why, size_t size);

#endif
