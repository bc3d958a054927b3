/*
 * Doing one fix that was planned and agreed to, change by change, each looked at again
 * right before.
 *
 * MUST: all of it or nothing: what was begun and cannot be finished is put back. No
 * change without its undo note. Nothing that was listed for a person to vouch for may
 * have changed since, nor may anybody be able to write to it any more.
 */
#ifndef KA_MEND_FIXACT_H
#define KA_MEND_FIXACT_H

#include "keyaudit/mend/fixnote.h"
#include "keyaudit/mend/fixturn.h"

/* where a run keeps what it has done; to be zeroed but for dir, and freed by ka_fixact_forget() */
struct ka_fixact_log {
	int dir;                         /* of notes (fixnotes.h) */
	struct ka_fixnote note;
	size_t kept_count;
	char *kept[KA_FIXNOTE_OPS_MAX];  /* old contents that the note borrows */
};

/** ka_fixact_run() - a turn that is READY: DONE, or FAILED with everything put back that could be. SIGIO must be ignored */
void ka_fixact_run(struct ka_fixturn *t, const struct ka_fixworld *world, struct ka_fixact_log *log);

/** ka_fixact_forget() - the old contents */
void ka_fixact_forget(struct ka_fixact_log *log);

#endif
