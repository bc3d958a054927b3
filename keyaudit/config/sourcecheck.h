/*
 * Are the sources as they must be, before somebody logs in? What a source needs besides the configuration itself is
 * looked at with the rights of sshd's command; nothing is run and no store is asked.
 */
#ifndef KA_SOURCECHECK_H
#define KA_SOURCECHECK_H

#include "base/err.h"
#include "base/limits.h"
#include "conf/conf.h"

struct ka_sourcecheck {
	const char *source;
	enum ka_reason reason;        /* KA_REASON_NONE: fine */
	bool is_warning;              /* fine, and the text says what to think of */
	char text[KA_CONF_ERROR_MAX]; /* what was seen, and how to mend it; escaped */
};

/**
 * ka_sourcecheck_each() - every source that is asked and needs something; key files do not, since each user has others
 *
 * Errors: KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_sourcecheck_each(const struct ka_conf *conf, void (*take)(void *ctx, const struct ka_sourcecheck *c), void *ctx);

#endif
