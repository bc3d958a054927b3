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

/** ka_trail_is_writable() - without a lock: is it ours (or absent), and is there more free space than the floor? Makes its folder when that is missing */
bool ka_trail_is_writable(const char *path, unsigned min_free_mib);

/** ka_trail_near_end() - where a line begins at most @back bytes before the end; 0 when there is none */
int64_t ka_trail_near_end(const char *path, int64_t back);

/**
 * ka_trail_find() - does an event with one of @ids (NULL-terminated) stand in a complete line behind @since?
 *
 * Without the lock: for ids that nobody can be writing now. A trail that is not there holds nothing.
 * Errors: KA_ERR_SYS (also for what is not ours), KA_ERR_NOMEM: nothing is known.
 */
KA_MUST_CHECK enum ka_err ka_trail_find(const char *path, int64_t since, const char *const *ids, bool *found);

struct ka_trail_job {
	const char *path;       /* absolute; all pointers are borrowed */
	const char *lock_path;  /* root-only lock file, 0600; not in a folder that others may write */
	const char *const *ids; /* event ids any of which makes this a repeat: NULL-terminated list, or NULL */
	int64_t since;          /* where to begin to look; behind the end (it was rotated): the whole file */
	const char *line;       /* one JSON object with its newline, KA_EVENT_LINE_MAX bytes at most */
	size_t len;
	unsigned min_free_mib;  /* floor of free space on its file system */
};

/**
 * ka_trail_append() - under the lock: look for the ids, end a torn last line, append
 * @answer: set on KA_ERR_OK
 *
 * The lock is waited for at most KA_TRAIL_LOCK_MS. A missing trail is created 0640 with its folder's group, a missing
 * folder 0750. Both must belong to the caller and be closed to other writers, the trail must be a regular file with
 * one name. Only complete lines count: what was torn and later ended with a newline is no event. When the byte before
 * @since ends no line (the file is another one now), the whole file is looked through.
 *
 * Errors: KA_ERR_TIMEOUT - somebody held the lock too long. KA_ERR_SYS - also errno EPERM for what is not ours.
 *         KA_ERR_SYNTAX, KA_ERR_LIMIT - @line is no line. KA_ERR_NOMEM. After any of them nothing may be assumed
 *         written: try again with the same ids.
 */
KA_MUST_CHECK enum ka_err ka_trail_append(const struct ka_trail_job *job, enum ka_trail_answer *answer);

#endif
