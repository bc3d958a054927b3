/*
 * What a source may answer, and the numbers that prove it. The five words stand in records and events, so they never
 * change. Pure.
 */
#ifndef KA_REASON_ANSWER_H
#define KA_REASON_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"

enum ka_source_answer {
	KA_SOURCE_FOUND,       /* keys were there */
	KA_SOURCE_NO_KEYS,     /* authoritative: nothing there */
	KA_SOURCE_REFUSED,     /* something was there that must not be believed; a reason says why */
	KA_SOURCE_UNAVAILABLE, /* could not be asked */
	KA_SOURCE_STALE,       /* from a cache past its freshness, inside its bound */
};

#define KA_ANSWER_UNKNOWN (-1)

/* KA_ANSWER_UNKNOWN where a source has no such number */
struct ka_source_evidence {
	int64_t age_sec; /* of what was served, since its store last confirmed it */
	int32_t status;  /* HTTP's, or the exit status of a command */
	int32_t mirror;  /* which of several, from 1 */
	int64_t serial;  /* of a signed document, or of the store's own count */
	int64_t served;  /* lines of this source that were printed */
	int32_t cause;   /* enum ka_reason: why its store could not be asked, where the reason is what became of that; or what is
	                    wrong with the serial of its list in the cache */
};

/** ka_source_evidence_none() - nothing is known */
static inline struct ka_source_evidence ka_source_evidence_none(void)
{
	return (struct ka_source_evidence){ .age_sec = KA_ANSWER_UNKNOWN, .status = KA_ANSWER_UNKNOWN, .mirror = KA_ANSWER_UNKNOWN,
					    .serial = KA_ANSWER_UNKNOWN, .served = KA_ANSWER_UNKNOWN, .cause = KA_ANSWER_UNKNOWN };
}

/** ka_answer_text() - "found", "no-keys", "refused", "unavailable", "stale" */
const char *ka_answer_text(enum ka_source_answer a);

/** ka_answer_find() - the answer with this name; false when there is none */
bool ka_answer_find(struct ka_span word, enum ka_source_answer *out);

#endif
