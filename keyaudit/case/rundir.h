/*
 * /run/keyaudit: the directories in which connections become events. The spool can be written, but not listed, by the
 * command's group, and eye/ entered, where it waits for the collector's look; the others are root's alone.
 */
#ifndef KA_RUNDIR_H
#define KA_RUNDIR_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

#define KA_RUNDIR_MEND "; mend: " /* in a complaint: the command follows */

struct ka_rundir {
	int run, spool, phase, said, claimed, done, seen, rejected, eye; /* O_DIRECTORY descriptors; run is the folder of the others */
	uid_t command_uid; /* owner that spool files must have */
};

/**
 * ka_rundir_open() - open and judge all of them, in KA_PATH_RUN, for the installed KA_COMMAND_USER
 * @why: what is wrong, where and how to mend it, when the answer is not KA_ERR_OK
 *
 * Errors: KA_ERR_SYS (missing), KA_ERR_SYNTAX (wrong owner or mode).
 */
KA_MUST_CHECK enum ka_err ka_rundir_open(struct ka_rundir *r, char *why, size_t size);

/** ka_rundir_open_at() - the same in the folder @path, for the command's @uid and the spool's @gid; the rest is the caller's own */
KA_MUST_CHECK enum ka_err ka_rundir_open_at(struct ka_rundir *r, const char *path, uid_t uid, gid_t gid, char *why, size_t size);

/** ka_rundir_close() - for tests; programs end with them open */
void ka_rundir_close(struct ka_rundir *r);

/** ka_rundir_lock() - the claims' lock; released by closing the descriptor. -1 when it was not to be had in time */
int ka_rundir_lock(const struct ka_rundir *r);

#endif
