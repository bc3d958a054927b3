/*
 * The trail: /var/log/keyaudit/audit.jsonl. Only root writes it, one write(2) per event, exactly once, each line bound to
 * the one before it (chain.h), over all its files.
 *
 * MUST: never lock the trail itself (any reader could hold that lock); never skip an event silently;
 * never truncate (a torn line is ended with a newline, described by a trail-recovery, and stays as evidence).
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

/** ka_trail_offset() - where the trail ends now, a position (trailback.h); 0 when there is none. What a claim carries in its name */
int64_t ka_trail_offset(const char *path);

/** ka_trail_is_writable() - without a lock: is it ours (or absent), and is there more free space than the floor? Makes its folder when that is missing */
bool ka_trail_is_writable(const char *path, unsigned min_free_mib);

/** ka_trail_near_end() - a position at most @back bytes before the end; 0 when there is none */
int64_t ka_trail_near_end(const char *path, int64_t back);

/**
 * ka_trail_find() - does an event with one of @ids (NULL-terminated) stand in a complete line behind the position @since?
 *
 * Without the lock: for ids that nobody can be writing now. A trail that is not there holds nothing.
 * Errors: KA_ERR_SYS (also for what is not ours), KA_ERR_NOMEM: nothing is known.
 */
KA_MUST_CHECK enum ka_err ka_trail_find(const char *path, int64_t since, const char *const *ids, bool *found);

struct ka_trail_job {
	const char *path;       /* absolute; all pointers are borrowed */
	const char *lock_path;  /* root-only lock file, 0600; not in a folder that others may write */
	const char *const *ids; /* event ids any of which makes this a repeat: NULL-terminated list, or NULL */
	int64_t since;          /* position where to begin to look; behind the end: the whole file */
	const char *line;       /* as ka_chain_put() takes it, KA_EVENT_BARE_MAX bytes at most */
	size_t len;
	unsigned min_free_mib;  /* floor of free space on its file system */
	bool is_synced;         /* WRITTEN means that it is on the disk */
	uint64_t *seq;          /* NULL, or set with WRITTEN: the number that the line was given */
};

/**
 * ka_trail_append() - under the lock: find the chain's end, look for the ids, describe a torn last line, append
 * @answer: set on KA_ERR_OK
 *
 * The lock is waited for at most KA_TRAIL_LOCK_MS. A missing or empty trail is made with its genesis, 0640 with its
 * folder's group, a missing folder 0750; one that has no chain is renamed aside first. Both must belong to the caller and be closed to other writers, the trail must be a regular file with
 * one name. Only complete lines count: what was torn and later ended with a newline is no event. When the byte before
 * @since ends no line (the file is another one now), the whole file is looked through.
 *
 * Errors: KA_ERR_TIMEOUT - somebody held the lock too long. KA_ERR_SYS - also errno EPERM for what is not ours.
 *         KA_ERR_SYNTAX, KA_ERR_LIMIT - @line is no line. KA_ERR_NOMEM. After any of them nothing may be assumed
 *         written: try again with the same ids.
 */
KA_MUST_CHECK enum ka_err ka_trail_append(const struct ka_trail_job *job, enum ka_trail_answer *answer);

#endif
