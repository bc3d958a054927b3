/* The pattern list of from=: addresses, networks, globs, and "!" in front of each. */
#ifndef KA_KEY_KEYFROM_H
#define KA_KEY_KEYFROM_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/cursor.h"

/** ka_keyfrom_is_valid() - no empty pattern, no network with host bits set or a mask that is too long */
bool ka_keyfrom_is_valid(struct ka_span list);

/**
 * ka_keyfrom_correct() - the list again, with the host bits of every network cleared ("10.0.0.1/8" as "10.0.0.0/8")
 *
 * Answers: false when that does not make it valid, or nothing was to be cleared: @out is then of no use.
 */
bool ka_keyfrom_correct(struct ka_span list, struct ka_buf *out);

/** ka_keyfrom_matches() - 1 admitted, 0 not, -1 the list is invalid; @host or @address may be NULL */
int ka_keyfrom_matches(struct ka_span list, const char *host, const char *address);

#endif
