/* `keyaudit doctor --undo [ID]`: the list of notes, or one of them put back, the newest change first. */
#ifndef KA_MEND_FIXBACK_H
#define KA_MEND_FIXBACK_H

#include "keyaudit/mend/fixrun.h"

/** ka_fixback_list() - every note: id, time, user, number of changes. Answers: an exit status */
int ka_fixback_list(const struct ka_fixrun_how *how);

/**
 * ka_fixback_run() - undo one; it asks as ka_fixrun_user() does
 *
 * Answers: FINE - everything is as it was, and the note is gone; FINDINGS - something was not put back; UNKNOWN - there is
 *          no such note; UNDECIDED - it is damaged, or somebody else could have written it.
 */
int ka_fixback_run(const struct ka_fixrun_how *how, const char *id);

#endif
