/*
 * Taking entries out of the cache, or making them old. Done with the rights of the fetcher's user (keyaudit/cache/fetchuser.h).
 */
#ifndef KA_CACHEEDIT_H
#define KA_CACHEEDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

struct ka_cacheedit {
	const char *source, *user; /* NULL: all */
	int64_t now;
	/* what became of it */
	/* done: without those that were old already; busy: being asked for right now, with or without an entry: as they were */
	size_t done, busy, failed;
};

/**
 * ka_cacheedit_clear() - entries, notes of failures, and of whole sources the breakers of their mirrors
 *
 * Locks stay, since others may hold them. The serial memory is elsewhere and stays too.
 *
 * Errors: KA_ERR_NOMEM; KA_ERR_SYS - @cache cannot be read. Nothing was done then.
 */
KA_MUST_CHECK enum ka_err ka_cacheedit_clear(int cache, uid_t owner, struct ka_cacheedit *e);

/**
 * ka_cacheedit_expire() - from now on the store is asked first; an entry may still be served while it cannot be asked
 *
 * A "no keys" goes, and so do notes of failures: nothing keeps the next one off the network.
 *
 * Errors: as ka_cacheedit_clear().
 */
KA_MUST_CHECK enum ka_err ka_cacheedit_expire(int cache, uid_t owner, struct ka_cacheedit *e);

#endif
