/*
 * One object as its descriptor shows it: which it is, whose, who may write. Fixed-width
 * fields only, since it travels and is compared again later.
 */
#ifndef KA_MEND_FIXSTAT_H
#define KA_MEND_FIXSTAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct ka_fixstat {
	uint64_t dev, ino, mount; /* mount: 0 when the kernel does not tell */
	uint32_t mode, uid, gid, links;
	int64_t size, mtime_ns, ctime_ns;
	uint32_t has_acl;         /* an access list of its own */
	uint32_t acl_writes;      /* which lets somebody write whom the mode does not name */
};

/** ka_fixstat_take() - of a descriptor, O_PATH or not. Errors: KA_ERR_SYS */
KA_MUST_CHECK enum ka_err ka_fixstat_take(int fd, struct ka_fixstat *out);

/** ka_fixstat_is_same() - the same object */
bool ka_fixstat_is_same(const struct ka_fixstat *a, const struct ka_fixstat *b);

/** ka_fixstat_is_unchanged() - and nothing about it has changed: owner, mode, links, and for a file size and times */
bool ka_fixstat_is_unchanged(const struct ka_fixstat *a, const struct ka_fixstat *b);

/** ka_fixstat_others() - could somebody who is neither root nor @uid have written it, or put something into it? */
bool ka_fixstat_others(const struct ka_fixstat *st, uint32_t uid);

/**
 * ka_fixstat_acl_writes() - does an access list let a named user or group write? Pure
 * @xattr: the value of system.posix_acl_access
 *
 * Answers: true also for a list that cannot be read.
 * Source:  acl(5); linux/posix_acl_xattr.h.
 */
bool ka_fixstat_acl_writes(const uint8_t *xattr, size_t len);

#endif
