/*
 * What a fetch came to when it brought nothing: one line, beside the entry ("<name>.try") and on the fetcher's stdout.
 *
 *   ka1 fail at= reason=ID status= mirror= until=
 *
 * reason: one of store.*; conf.* or internal.* when it is the fetcher that could not.
 * until: no lookup goes to the network before (seconds since 1970 UTC). Pure; hostile bytes.
 */
#ifndef KA_STORE_LASTTRY_H
#define KA_STORE_LASTTRY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "reason/reason.h"

struct ka_lasttry {
	int64_t at, until;
	enum ka_reason reason;   /* store.*, conf.*, internal.* */
	unsigned status, mirror; /* 0: none */
};

/** ka_lasttry_parse() - false when it is not exactly one line of that form with a reason of those families */
bool ka_lasttry_parse(struct ka_span bytes, struct ka_lasttry *out);

/** ka_lasttry_write() - with its newline */
void ka_lasttry_write(const struct ka_lasttry *t, struct ka_buf *out);

/**
 * ka_lasttry_is_off() - whether lookups stay off the network @now
 *
 * A time that lies farther ahead than any store may ask for was written under another clock, and counts for nothing.
 */
bool ka_lasttry_is_off(const struct ka_lasttry *t, int64_t now);

/**
 * ka_lasttry_is_unavailable() - whether the store could not be asked, or said so itself (5xx, 408): an entry may then be
 * served stale. Otherwise it answered something unacceptable
 */
bool ka_lasttry_is_unavailable(const struct ka_lasttry *t);

#endif
