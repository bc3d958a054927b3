/* The effective configuration as a list of settings, each with its place. Printing it is cmd_config.c's business. */
#ifndef KA_CONFSHOW_H
#define KA_CONFSHOW_H

#include "base/limits.h"
#include "conf/conf.h"


struct ka_confshow {
	const char *section;                 /* "policy" */
	const char *source;                  /* name in [source NAME], else NULL */
	bool is_asked;                       /* of a source: it is in [lookup] sources */
	const char *of;                      /* a value of [policy] as it is for this source, which changes it; else NULL */
	char key[KA_REASON_ID_MAX + 16];     /* "rsa_min_bits", "severity.key.rsa-e-small" */
	char value[KA_CONF_TEXT_MAX];
	char origin[KA_CONFSHOW_ORIGIN_MAX]; /* "FILE:LINE", escaped, or "default"; of the policy see policyshow.h */
	struct ka_conf_at at;
};

/**
 * ka_confshow_each() - call @take for every setting, in the order of conf.def; @take borrows
 *
 * What is part of the policy is shown as it is in force: from [policy] with its profile (see policyshow.h); behind [policy], for
 * each source, what its own lists and its profile change in it.
 */
void ka_confshow_each(const struct ka_conf *c, void (*take)(void *ctx, const struct ka_confshow *s), void *ctx);

#endif
