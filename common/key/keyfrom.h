/* The pattern list of from=: addresses, networks, globs, and "!" in front of each. */
#ifndef KA_KEY_KEYFROM_H
#define KA_KEY_KEYFROM_H

#include <stdbool.h>

#include "base/cursor.h"

/** ka_keyfrom_is_valid() - no empty pattern, no network with host bits set or a mask that is too long */
bool ka_keyfrom_is_valid(struct ka_span list);

/** ka_keyfrom_matches() - 1 admitted, 0 not, -1 the list is invalid; @host or @address may be NULL */
int ka_keyfrom_matches(struct ka_span list, const char *host, const char *address);

#endif
