/*
 * Putting a new revoked list in force (store/revoked.h has the file and its rules). Off the hot path: allocates.
 *
 * MUST: be given only lists that ka_signedcheck() accepted; leave the old list in force when anything goes wrong.
 */
#ifndef KA_STORE_REVOKEDKEEP_H
#define KA_STORE_REVOKEDKEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/revoked.h"

/* an accepted list; borrowed */
struct ka_revokedkeep_new {
	const char *source;
	const struct ka_signeddoc *doc;
	const uint8_t *sha512; /* 64 bytes, of its signed text */
	int64_t now;
};

/* what became of it */
struct ka_revokedkeep {
	enum ka_reason reason; /* KA_REASON_NONE; store.serial-lower, store.serial-reused: another process was faster */
	bool is_first;         /* nothing of this source was known before: to be said, once */
	size_t count;          /* entries in force */
	size_t wrong;          /* lines of the new list that could not be read: the old entries stay beside the new ones */
};

/**
 * ka_revokedkeep_accept() - put a list in force
 *
 * Nothing is written when this very list is in force already.
 *
 * Errors: KA_ERR_TIMEOUT, KA_ERR_SYS, KA_ERR_NOMEM; KA_ERR_LIMIT - more than KA_REVOKED_ENTRIES_MAX, or a name that cannot
 *         be; KA_ERR_SYNTAX - what is there is broken, and stays. The old list is in force then.
 */
KA_MUST_CHECK enum ka_err ka_revokedkeep_accept(const struct ka_serialdir *d, const struct ka_revokedkeep_new *n,
						struct ka_revokedkeep *kept);

/**
 * ka_revokedkeep_forget_serial() - an admin's reset: the next list counts, whatever its serial; the entries stay until then
 * @was_there: was there a list? It counts as expired from now on
 */
KA_MUST_CHECK enum ka_err ka_revokedkeep_forget_serial(const struct ka_serialdir *d, const char *source, bool *was_there);

#endif
