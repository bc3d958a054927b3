/*
 * How long an entry may be used: fresh; then while it is refreshed; then only while the store cannot be asked; then no
 * more. Pure. Source: RFC 5861, RFC 9111 4.2; keyaudit-keys(5).
 */
#ifndef KA_STORE_FRESH_H
#define KA_STORE_FRESH_H

#include <stdint.h>

#include "store/entry.h"

enum ka_fresh {
	KA_FRESH_YES,     /* the store need not be asked */
	KA_FRESH_REFRESH, /* served now, and asked for behind the answer */
	KA_FRESH_STALE,   /* served only when the store cannot be asked */
	KA_FRESH_DEAD,    /* not served any more */
};

/**
 * ka_fresh_of() - the state of an entry at @now
 * @max_stale: seconds behind the last confirmation
 *
 * A clock before the time at which the entry was fetched makes it stale, never fresh. A "no keys" is never stale: it is
 * fresh or dead.
 */
enum ka_fresh ka_fresh_of(const struct ka_entry *e, int64_t now, int64_t max_stale);

/** ka_fresh_text() - "fresh", "swr", "stale", "dead" */
const char *ka_fresh_text(enum ka_fresh f);

#endif
