/*
 * The trail: /var/log/keyaudit/audit.jsonl. Only root writes it, one write(2) per event, exactly once.
 *
 * MUST: never lock the trail itself (any reader could hold that lock); never skip an event silently;
 * never truncate (a torn line is ended with a newline and stays as evidence).
 */
#ifndef KA_AUDIT_TRAIL_H
#define KA_AUDIT_TRAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/limits.h"

enum ka_trail_answer {
	KA_TRAIL_WRITTEN,
	KA_TRAIL_ALREADY, /* one of @ids stands in a complete line behind @since: nothing was written */
	KA_TRAIL_FULL,    /* below the free-space floor, or ENOSPC: try again later */
};

/** ka_trail_offset() - size of the trail now; 0 when there is none. What a claim carries in its name */
int64_t ka_trail_offset(const char *path);

/**
 * ka_trail_append() - under the lock: end a torn last line, look for @ids, append
 * @lock_path: root-only lock file (0600), waited for at most KA_TRAIL_LOCK_MS (KA_ERR_TIMEOUT)
 * @ids:      event ids any of which makes this a repeat (NULL-terminated list; may be NULL)
 * @since:    where to begin to look; larger than the file (it was rotated): the whole file
 * @line:     one complete line with its newline
 * @min_free_mib: floor of free space on its file system
 *
 * The trail is opened O_RDWR|O_APPEND|O_NOFOLLOW, created 0640 (directory 0750), must be a regular file of root's.
 * Errors: KA_ERR_SYS, KA_ERR_TIMEOUT.
 */
struct ka_trail_job {
	const char *path, *lock_path;
	const char *const *ids;
	int64_t since;
	const char *line;
	size_t len;
	unsigned min_free_mib;
};
KA_MUST_CHECK enum ka_err ka_trail_append(const struct ka_trail_job *job, enum ka_trail_answer *answer);

#endif
