/*
 * Can the files that [policy] judges keys by be relied on, before somebody logs in? Looked at with the rights of sshd's
 * command. Changes nothing.
 */
#ifndef KA_DATACHECK_H
#define KA_DATACHECK_H

#include "base/err.h"
#include "base/limits.h"
#include "conf/conf.h"

struct ka_datacheck {
	const char *key;              /* of [policy], which names the file */
	enum ka_reason reason;        /* KA_REASON_NONE: fine */
	char text[KA_CONF_ERROR_MAX]; /* what was seen, and behind "; mend: " how to mend it; escaped */
};

/**
 * ka_datacheck_each() - every file of `revoked`
 *
 * Errors: KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_datacheck_each(const struct ka_conf *conf, void (*take)(void *ctx, const struct ka_datacheck *c), void *ctx);

#endif
