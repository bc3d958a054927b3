/*
 * The revoked lists of all sources: a list that one store signed revokes a key on this host, wherever the key comes from.
 *
 * MUST: put a list in force before the first key is judged by it; serve no key when nobody can tell whether it is revoked.
 */
#ifndef KA_SOURCE_SOURCEREVOKED_H
#define KA_SOURCE_SOURCEREVOKED_H

#include <stddef.h>

#include "conf/conf.h"
#include "source/sourcehttp.h"
#include "store/revoked.h"

/* about 50 KiB, of which each list in use touches a page */
struct ka_sourcerevoked {
	size_t count;
	const struct ka_conf_source *source[KA_SOURCES_MAX];
	bool refresh_later[KA_SOURCES_MAX]; /* its list in the cache is no longer fresh: ka_sourcefetch_later() */
	enum ka_reason notice[KA_SOURCES_MAX]; /* of ka_sourcerevoked_notice() */
	struct ka_revoked list[KA_SOURCES_MAX];
};

/**
 * ka_sourcerevoked_open() - open the list of each source that has a revoked_url; a newer one in the cache is verified and
 * put in force first
 * @h: scratch
 */
void ka_sourcerevoked_open(const struct ka_conf *c, const struct ka_sourcehttp_env *env, struct ka_sourcehttp *h, struct ka_sourcerevoked *out);
void ka_sourcerevoked_close(struct ka_sourcerevoked *r);

/** ka_sourcerevoked_judge() - KA_REASON_NONE; revoked.store; store.cache-invalid when nobody can tell. @fp: "SHA256:..." */
enum ka_reason ka_sourcerevoked_judge(const struct ka_sourcerevoked *r, const char *fp);

/** ka_sourcerevoked_may_serve() - store.revoked-stale when the source demands a current list and has none; else KA_REASON_NONE */
enum ka_reason ka_sourcerevoked_may_serve(const struct ka_sourcerevoked *r, const struct ka_conf_source *s, int64_t now);

/**
 * ka_sourcerevoked_notice() - what is wrong with the serial of the list that lies in the cache for a source, so that it is not
 * the one in force: store.serial-lower, store.serial-reused, which the fetcher cannot tell; else KA_REASON_NONE
 */
enum ka_reason ka_sourcerevoked_notice(const struct ka_sourcerevoked *r, const struct ka_conf_source *s);

#endif
