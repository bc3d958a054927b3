/*
 * Rotation: under the trail's lock a last line, a rename to a dated name, and a new file whose genesis goes on with the
 * chain. Whoever is killed in between leaves a trail that the next writer goes on with.
 */
#ifndef KA_AUDIT_TRAILROTATE_H
#define KA_AUDIT_TRAILROTATE_H

#include <stdbool.h>
#include <stdint.h>

#include "audit/chain.h"
#include "base/err.h"
#include "base/limits.h"

enum ka_trailrotate_answer {
	KA_TRAILROTATE_DONE,
	KA_TRAILROTATE_NOTHING, /* there is no trail, or nothing but its genesis in it */
	KA_TRAILROTATE_EARLY,   /* neither large nor old enough */
	KA_TRAILROTATE_FULL,    /* no room for the last line or the new file: try again later */
};

struct ka_trailrotate_job {
	const char *path, *lock_path; /* as in struct ka_trail_job */
	unsigned min_free_mib;
	int64_t larger;     /* bytes from which on it is large enough; 0 is no bound */
	const char *older;  /* as the trail writes times: what began before it is old enough; NULL is no bound */
	/*
	 * Called when the last line stands on the disk, before the rename, with the lock held (it must not take it again): the
	 * place for a seal over @seq and @hash. NULL: none. What it answers stands in the result and stops nothing.
	 */
	bool (*seal)(void *ctx, const char *chain, uint64_t seq, const char *hash);
	void *ctx;
};

struct ka_trailrotate_result {
	char file[KA_TRAIL_NAME_MAX]; /* what the old file is called now, in the trail's folder */
	uint64_t last;                /* number of its last line */
	bool is_sealed;
};

/**
 * ka_trailrotate() - rotate the trail if it is large or old enough, or no bound is given
 * @answer, @result: set on KA_ERR_OK; the result with DONE only
 *
 * Errors: KA_ERR_TIMEOUT - the lock was held too long; KA_ERR_SYS (EPERM: not ours), KA_ERR_NOMEM, KA_ERR_LIMIT.
 */
KA_MUST_CHECK enum ka_err ka_trailrotate(const struct ka_trailrotate_job *job, enum ka_trailrotate_answer *answer,
					 struct ka_trailrotate_result *result);

#endif
