/*
 * The trail while its lock is held: the file that is to be written into, with the chain's end, and lines behind it. For
 * trail.c and trailrotate.c.
 */
#ifndef KA_AUDIT_TRAILWRITE_H
#define KA_AUDIT_TRAILWRITE_H

#include <stdbool.h>

#include "audit/trailhead.h"
#include "base/cursor.h"
#include "base/err.h"

struct ka_trailwrite {
	int dirfd;         /* the trail's folder; borrowed */
	const char *name;  /* the trail in it */
	unsigned min_free_mib;
	bool is_synced;    /* each line goes to the disk before it counts as written */
	char *block;       /* KA_TRAILSCAN_BLOCK bytes of scratch */
	int fd;            /* the trail; the caller's to close; -1 at first */
	struct ka_trailhead head;
};

/**
 * ka_trailwrite_open() - open the trail and find the chain's end
 * @full: set when there is no room for what has to be written first; then w->fd may be -1
 *
 * One that is missing or empty is made, with its genesis. One without an intact line near its end is renamed aside, and a
 * new one made, whose genesis names it and its SHA-256. A last line that lacks nothing but its newline is given one.
 * Errors: KA_ERR_SYS (errno EPERM for what is not ours), KA_ERR_LIMIT.
 */
KA_MUST_CHECK enum ka_err ka_trailwrite_open(struct ka_trailwrite *w, bool *full);

/**
 * ka_trailwrite_line() - one write: what a fragment behind the last line needs (a newline, a trail-recovery), and @line
 * @line: as ka_chain_put() takes it
 * @full: set when there was not enough room: what was cut off is a fragment now
 *
 * On success w->head is the line's. Errors: KA_ERR_SYS; KA_ERR_SYNTAX for what is no line; KA_ERR_LIMIT.
 */
KA_MUST_CHECK enum ka_err ka_trailwrite_line(struct ka_trailwrite *w, struct ka_span line, bool *full);

#endif
