/*
 * Opening the trail, its folder and its lock file, each judged on its descriptor. For trail.c; on a fault errno says
 * how, EPERM for what is not ours.
 */
#ifndef KA_AUDIT_TRAILOPEN_H
#define KA_AUDIT_TRAILOPEN_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/err.h"

/** ka_trailopen_refused() - the fault for what is not ours: KA_ERR_SYS with errno EPERM */
KA_MUST_CHECK enum ka_err ka_trailopen_refused(void);

/** ka_trailopen_is_full() - an errno that says that there is no room */
bool ka_trailopen_is_full(int errnum);

/** ka_trailopen_is_ours() - a regular file of the caller's with one name and none of the @forbidden mode bits */
bool ka_trailopen_is_ours(const struct stat *st, mode_t forbidden);

/**
 * ka_trailopen_lock() - open the lock file (0600, made when it is missing) and lock it within KA_TRAIL_LOCK_MS
 * @out: owned by the caller; closing it gives the lock back
 *
 * Errors: KA_ERR_TIMEOUT; KA_ERR_SYS.
 */
KA_MUST_CHECK enum ka_err ka_trailopen_lock(const char *path, int *out);

/**
 * ka_trailopen_folder() - the folder of @path, made 0750 when it is missing
 * @name: the last component, inside @path
 * @out:  owned by the caller
 */
KA_MUST_CHECK enum ka_err ka_trailopen_folder(const char *path, const char **name, int *out);

/** ka_trailopen_file() - the trail @name in that folder, for reading and appending; *out is -1 when it is missing or empty */
KA_MUST_CHECK enum ka_err ka_trailopen_file(int dirfd, const char *name, int *out);

/** ka_trailopen_new() - make @name in that folder anew, 0640 and of the folder's group, for a trail that is not there yet */
KA_MUST_CHECK enum ka_err ka_trailopen_new(int dirfd, const char *name, int *out);

/** ka_trailopen_floor() - is there less free space on @fd's file system than that? */
KA_MUST_CHECK enum ka_err ka_trailopen_floor(int fd, unsigned min_free_mib, bool *below);

#endif
