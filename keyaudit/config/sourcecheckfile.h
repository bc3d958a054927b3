/*
 * Files that the fetcher alone reads: can it, on the way on which it will be started, and can nobody else? The kernel is
 * asked, as the fetcher and as the command, so that access lists and directories count as well.
 *
 * On a miss the command starts the fetcher through a set-user-ID bit: it has the uid of its own user and the groups of the
 * command's. What is open to that group is open to the command, which must not know a store's secret.
 */
#ifndef KA_SOURCECHECKFILE_H
#define KA_SOURCECHECKFILE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"
#include "reason/reason.h"

struct ka_sourcecheckfile {
	const char *key;  /* of the configuration: "token_file" */
	const char *path; /* "" is fine: none is named */
	bool is_secret;
	bool on_miss;     /* else it is read by the timer alone, with the fetcher's own groups */
};

/**
 * ka_sourcecheckfile_look() - look at one file
 * @out: gets what is wrong with it, and how to mend it; escaped
 *
 * Not root sees with its own eyes: what it may not look at is passed over.
 *
 * Answers: KA_REASON_NONE; conf.unsafe - others may write it, or read the secret in it; conf.invalid - the fetcher cannot
 *          read it.
 * Errors:  KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_sourcecheckfile_look(const struct ka_sourcecheckfile *f, enum ka_reason *reason, struct ka_buf *out);

#endif
