/* Which events are asked for: by user, client, key, reason, outcome and time. Pure over parsed lines. */
#ifndef KA_LOGQUERY_H
#define KA_LOGQUERY_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/cursor.h"
#include "keyaudit/log/lognet.h"

struct ka_logquery {
	const char *user;               /* NULL: anybody */
	const char *source;             /* NULL: any; the name of a source that was asked about the key */
	const char *reason;             /* NULL: any; an id, or a family ("perm") */
	const char *event;              /* NULL: any; the id of an event, or the reference of its connection */
	const char *outcome;            /* NULL: any; success, failure, unknown */
	const char *key;                /* NULL: any; how the fingerprint of a key of the connection begins, behind "SHA256:" */
	struct ka_lognet from;          /* no bits: any client */
	char since[KA_CLOCK_TEXT_MAX];  /* "" = from the beginning */
	char until[KA_CLOCK_TEXT_MAX];  /* "" = to the end; what happened then is no longer asked for */
};

/**
 * ka_logquery_since() - read "90s", "15m", "2h", "7d", or a UTC date "2026-08-23[T10:15[:42]][Z]" (a blank may stand for T)
 * @now_us: what a span counts back from
 * @out:    as the trail writes times, to compare as text
 */
bool ka_logquery_since(const char *text, int64_t now_us, char out[static KA_CLOCK_TEXT_MAX]);

/** ka_logquery_is_reason() - an id of the vocabulary, or the family of one */
bool ka_logquery_is_reason(const char *text);

/** ka_logquery_is_outcome() - a word of the trail's: success, failure, unknown */
bool ka_logquery_is_outcome(const char *text);

/**
 * ka_logquery_key() - read a fingerprint as it was pasted: with or without "SHA256:", and whole or only its beginning, of
 * which the table shows eight characters
 *
 * Answers: what struct ka_logquery takes as key, borrowed from @text; NULL when it is none, or shorter than eight.
 */
const char *ka_logquery_key(const char *text);

/** ka_logquery_is_of_time() - does @at, as the trail writes times, lie between since and until? */
bool ka_logquery_is_of_time(const struct ka_logquery *q, const char *at);

/** ka_logquery_at() - the string at a dotted path, "" when there is none; borrowed */
const char *ka_logquery_at(const json_t *event, const char *path);

/** ka_logquery_source() - entry number @i of keyaudit.sources split into words; false behind the last. Spans borrow */
bool ka_logquery_source(const json_t *event, size_t i, struct ka_span *name, struct ka_span *answer, struct ka_span *rest);

/** ka_logquery_matches() - is this event asked for? Its own reason counts, not those found on the way */
bool ka_logquery_matches(const struct ka_logquery *q, const json_t *event);

#endif
