/*
 * A new file of the trail: under the trail's lock, in one step, and never without its genesis. For trail.c and
 * trailrotate.c.
 */
#ifndef KA_AUDIT_TRAILNEW_H
#define KA_AUDIT_TRAILNEW_H

#include "audit/trailself.h"
#include "base/err.h"

/**
 * ka_trailnew_name() - a name that nothing in the folder has: NAME-20260823T101542Z, and -2, -3 ... behind it when it must be
 * @infix: "" or "-unchained"
 *
 * Errors: KA_ERR_LIMIT when there are too many of that second, or the name is too long.
 */
KA_MUST_CHECK enum ka_err ka_trailnew_name(int dirfd, const char *name, const char *infix, int64_t at_us,
					   char out[static KA_TRAIL_NAME_MAX]);

/** ka_trailnew_aside() - rename @from to @to, where nothing may be. Errors: KA_ERR_SYS */
KA_MUST_CHECK enum ka_err ka_trailnew_aside(int dirfd, const char *from, const char *to);

/**
 * ka_trailnew_make() - make the trail @name, which is missing or empty, with the genesis as its only line
 * @origin: what it follows; a new chain's id is drawn for it when that is ""
 * @block:  KA_TRAILSCAN_BLOCK bytes of scratch
 * @full:   set when there was no room: then nothing was changed
 *
 * Written beside it, synced, and renamed: whoever is killed leaves either no trail or one with a genesis. Errors: KA_ERR_SYS.
 */
KA_MUST_CHECK enum ka_err ka_trailnew_make(int dirfd, const char *name, struct ka_trailorigin *origin, char *block, bool *full);

#endif
