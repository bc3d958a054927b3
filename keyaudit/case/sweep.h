/* What is left over, and what should never have been there. */
#ifndef KA_SWEEP_H
#define KA_SWEEP_H

#include <stdbool.h>

#include "keyaudit/case/rundir.h"

/**
 * ka_sweep_run() - remove done-markers and notes of connections that ended more than KA_DONE_KEEP_SEC ago
 *
 * A note stays as long as its event waits, a marker as long as anything lies there that would make another event.
 */
void ka_sweep_run(const struct ka_rundir *r);

/** ka_sweep_rejected() - empty what has grown in rejected/ since, and go on with folders that were too full for one attempt */
void ka_sweep_rejected(const struct ka_rundir *r);

/**
 * ka_sweep_make_room() - when hardly an inode is left, remove names from the spool behind which only the command's uid stands:
 * no living monitor, no note, no phase record, no claim
 *
 * Answers: how many went; at most KA_SPOOL_ROOM_STEPS_MAX are looked at, so call again.
 */
unsigned long ka_sweep_make_room(const struct ka_rundir *r);

/** ka_sweep_is_swollen() - a plain file that is larger than the records of one connection can be */
bool ka_sweep_is_swollen(int dir, const char *name);

/** ka_sweep_empty() - cut a plain file to nothing where it stands */
void ka_sweep_empty(int dir, const char *name);

/**
 * ka_sweep_reject() - take away an entry that is no record file
 *
 * It has left @dir afterwards. KA_REJECTED_MAX small ones are kept in rejected/, of a large one only the empty file.
 */
void ka_sweep_reject(const struct ka_rundir *r, int dir, const char *name);

#endif
