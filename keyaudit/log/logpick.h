/*
 * The last events that a query asks for, or all of them: found once, from the newest file back until there are enough, and
 * then visited as often as a table needs, the oldest first. Memory is bounded: places are remembered, not events.
 */
#ifndef KA_LOGPICK_H
#define KA_LOGPICK_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "base/cursor.h"
#include "base/err.h"
#include "keyaudit/log/loghits.h"
#include "keyaudit/log/trailread.h"

/* one event, and its line; both borrowed */
typedef void ka_logpick_take(void *ctx, struct ka_span raw, const json_t *event);

struct ka_logpick_part; /* what is known of one file */

struct ka_logpick {
	struct ka_trailread *t;   /* borrowed */
	uint64_t wanted;
	uint64_t enough;
	uint64_t found;           /* events that are asked for, in what was read */
	bool is_cut;              /* there were enough of them before the end: nothing can be visited */
	struct ka_loghits *hits;
	struct ka_logpick_part *part; /* of each file */
};

/**
 * ka_logpick_find() - look for the last @wanted events (UINT64_MAX: all)
 * @enough: look for no more when so many were found; UINT64_MAX: find them all
 * @each: gets each of them when all are wanted, the newest file first; NULL: nobody
 * @p:    ka_logpick_free() in any case
 *
 * A plain file is read from its end on in growing pieces when not all are wanted. Errors: KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_logpick_find(struct ka_logpick *p, struct ka_trailread *t, uint64_t wanted, uint64_t enough,
					 ka_logpick_take *each, void *ctx);

/** ka_logpick_visit() - the events that were found and are wanted, the oldest first, as long as standard output takes them */
void ka_logpick_visit(const struct ka_logpick *p, ka_logpick_take *take, void *ctx);

/** ka_logpick_end() - where the reading of the last file has ended */
int64_t ka_logpick_end(const struct ka_logpick *p);

void ka_logpick_free(struct ka_logpick *p);

#endif
