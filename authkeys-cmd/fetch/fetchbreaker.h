/*
 * A circuit breaker for each mirror: after KA_FETCH_BREAKER_FAILURES failures in a row nobody asks it for a while, then one
 * request tries, and a success closes it. The judgement is pure; the state is one line in the cache's own folder, because
 * a state that others may write lets any of them stop all lookups.
 */
#ifndef KA_FETCHBREAKER_H
#define KA_FETCHBREAKER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/buf.h"

struct ka_fetchbreaker {
	unsigned failures; /* in a row */
	int64_t until;     /* open until; 0: closed */
};

/** ka_fetchbreaker_may() - whether @now may ask; a half-open breaker lets one through by moving @b->until (write it back) */
bool ka_fetchbreaker_may(struct ka_fetchbreaker *b, int64_t now);

/** ka_fetchbreaker_note() - how it went; true when the state changed and is to be written */
bool ka_fetchbreaker_note(struct ka_fetchbreaker *b, bool success, int64_t now);

/** ka_fetchbreaker_parse() - anything that is not exactly a state is a closed breaker */
void ka_fetchbreaker_parse(struct ka_span text, struct ka_fetchbreaker *out);
void ka_fetchbreaker_write(const struct ka_fetchbreaker *b, struct ka_buf *out);

#endif
