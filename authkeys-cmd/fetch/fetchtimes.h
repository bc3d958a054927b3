/* How long an answer may be used: what the store said, within what the configuration allows. Pure. Source: RFC 9111 5.2, RFC 5861. */
#ifndef KA_FETCHTIMES_H
#define KA_FETCHTIMES_H

#include <stdint.h>

#include "authkeys-cmd/fetch/fetchhead.h"
#include "conf/conf.h"
#include "store/entry.h"

/**
 * ka_fetchtimes_set() - confirmed, fresh, swr and stale of an entry that the store has just confirmed
 *
 * A store's max-age, less the time for which the answer lay in a cache on its way, counts between KA_FETCH_FRESH_MIN_SEC and
 * KA_FETCH_FRESH_MAX_SEC; without one max_age of the source does. A "no keys" is believed for KA_FETCH_NEGATIVE_SEC.
 * What the store says of stale-if-error may shorten max_stale, not lengthen it.
 */
void ka_fetchtimes_set(struct ka_entry *e, const struct ka_fetchhead *h, const struct ka_conf_source *s, int64_t now);

#endif
