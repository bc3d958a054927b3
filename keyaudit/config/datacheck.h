/*
 * Can the files that [policy] judges keys by be relied on, before somebody logs in? Looked at with the rights of sshd's
 * command. Changes nothing.
 */
#ifndef KA_DATACHECK_H
#define KA_DATACHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cursor.h"
#include "base/err.h"
#include "base/limits.h"
#include "conf/conf.h"

struct ka_datacheck {
	const char *key;              /* of [policy], which names the file */
	struct ka_span path;          /* borrowed */
	enum ka_reason reason;        /* KA_REASON_NONE: fine. Else every key is refused; of trusted_ca see trustedcheck.h */
	bool is_warning;              /* fine in so far, and the text says what to think of */
	char text[KA_CONF_ERROR_MAX]; /* what was seen, and behind "; mend: " how to mend it; escaped */
	size_t cause;                 /* where in the text the cause begins, which says neither what follows of it nor which file */
};

/**
 * ka_datacheck_each() - every file of `revoked` and of `blocklist`, each read to its end
 *
 * A list that is not required, or of which severity makes less, is a warning at most.
 *
 * Errors: KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_datacheck_each(const struct ka_conf *conf, void (*take)(void *ctx, const struct ka_datacheck *c), void *ctx);

#endif
