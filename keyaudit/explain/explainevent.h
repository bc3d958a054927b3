/* One event of the trail for people: what happened, to whom, what was offered, why, and how to mend it. */
#ifndef KA_EXPLAINEVENT_H
#define KA_EXPLAINEVENT_H

#include <stdbool.h>

#include <jansson.h>

#include "base/err.h"
#include "keyaudit/log/trailread.h"
#include "keyaudit/screen/out_text.h"

/** ka_explainevent_is_name() - has it the form of an event's id (26 characters of base32) or of a connection's reference (8)? */
bool ka_explainevent_is_name(const char *word);

/**
 * ka_explainevent_find() - the last event that @t asks for, from the newest file on
 *
 * Answers: the caller's reference; NULL when there is none.
 */
json_t *ka_explainevent_find(struct ka_trailread *t);

/** ka_explainevent_text() - the event's own words, then what its reason means. All of it is escaped: the trail may be anybody's */
void ka_explainevent_text(const struct ka_out *o, const json_t *event);

#endif
