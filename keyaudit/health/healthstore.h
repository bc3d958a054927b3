/*
 * How each key store is, from the cache: what the fetcher last brought for each entry, or why it did not.
 *
 *   fine       nothing below
 *   degraded   it could not be asked (or said so itself, or would not let us in), and no entry was confirmed since; or its
 *              revoked list has expired
 *   rejected   something it answered is not taken: a bad signature, another user or host, a serial below the one that is
 *              remembered, a certificate of somebody else ...; a rejected answer is worse than none
 *
 * A failure of one entry is over when that entry is confirmed; one of the whole store when any is. A failure that nobody
 * repeated for a day is over too. Times are seconds since 1970 UTC. Pure but for the telling.
 */
#ifndef KA_HEALTHSTORE_H
#define KA_HEALTHSTORE_H

#include "keyaudit/cache/cachelist.h"
#include "keyaudit/health/health.h"

enum ka_healthstore_state { KA_HEALTHSTORE_FINE, KA_HEALTHSTORE_DEGRADED, KA_HEALTHSTORE_REJECTED };

struct ka_healthstore {
	enum ka_healthstore_state state;
	enum ka_reason reason;   /* of the newest failure of the worst kind */
	unsigned status, mirror; /* 0: none */
	uint64_t serial;         /* of a document that is below what is remembered; 0: none */
	int64_t at;              /* of that failure; 0: not known */
	int64_t success;         /* when any entry was confirmed last; 0: never */
	unsigned long entries;   /* that fail so */
};

/** ka_healthstore_judge() - look through the rows of one source */
void ka_healthstore_judge(const struct ka_cachelist *all, const char *source, int64_t now, struct ka_healthstore *out);

/** ka_healthstore_tell() - what is another than what was told. Errors: as ka_health_tell() */
KA_MUST_CHECK enum ka_err ka_healthstore_tell(struct ka_health *h, const char *source, int64_t now, const struct ka_healthstore *s);

/** ka_healthstore_look() - all stores of a configuration, from the cache @path; sources that are not asked any more are forgotten */
KA_MUST_CHECK enum ka_err ka_healthstore_look(struct ka_health *h, const char *path, const char *serials, const struct ka_conf *conf);

#endif
