/* The end of the trail, event by event: what happened lately, whatever the trail's length. */
#ifndef KA_TRAILTAIL_H
#define KA_TRAILTAIL_H

#include <stdbool.h>

#include <jansson.h>

#include "base/cursor.h"

/* is the line worth parsing? it may be anything */
typedef bool ka_trailtail_wants(const void *ctx, struct ka_span line);
/* one event, in the trail's order; borrowed */
typedef void ka_trailtail_take(void *ctx, const json_t *event);

/**
 * ka_trailtail_each() - the events of the last KA_TRAIL_TAIL_MAX bytes, over the trail's files; of a compressed one more
 *
 * Nothing is given out when there is no trail, or it is no regular file, or cannot be read. Everything read is hostile text.
 */
void ka_trailtail_each(const char *trail, ka_trailtail_wants *wants, ka_trailtail_take *take, void *ctx);

#endif
