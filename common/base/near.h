/* "Did you mean": which of the known words is a typing slip away from a stranger's word. Pure; for messages only. */
#ifndef KA_BASE_NEAR_H
#define KA_BASE_NEAR_H

#include "base/cursor.h"
#include "base/limits.h"


struct ka_near {
	struct ka_span word; /* borrowed */
	const char *best;    /* borrowed; NULL while nothing is near */
	unsigned slips;
};

/** ka_near_init() - look for @word */
void ka_near_init(struct ka_near *n, struct ka_span word);

/**
 * ka_near_try() - remember @candidate when it is nearer than the best so far; of equals the first stays
 *
 * A slip is a letter lost, added or changed, or two neighbours swapped; ASCII case ignored. Afterwards
 * n->best is the answer.
 */
void ka_near_try(struct ka_near *n, const char *candidate);

#endif
