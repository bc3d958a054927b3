/* What the doctor sees and no connection can tell of stands in the trail all the same: one event of health, not one per look. */
#ifndef KA_HEALTHNOTE_H
#define KA_HEALTHNOTE_H

#include "diag/diagnosis.h"
#include "keyaudit/doctor/allusers.h"
#include "keyaudit/doctor/doctorask.h"

/**
 * ka_healthnote_user() - note what a diagnosis found
 *
 * conn.banned, conn.not-running: no client gets as far as sshd (sshd-unavailable; the collector may have noted the second from
 * sshd's log). sshd.config-shadowed, sshd.config-stale, perm.acl: the login works, or another cause stands in front of it
 * (config-unsafe).
 *
 * Only for root and with a sound configuration. What the trail's end already says in the same words, not longer ago than
 * KA_HEALTHNOTE_SEC, is not said again. That it cannot be noted is said on standard error, and is no fault of the look.
 */
void ka_healthnote_user(const struct ka_doctorask *q, const struct ka_diagnosis *d);

/** ka_healthnote_all() - the same of all accounts: one event per reason, which counts them and names the first file */
void ka_healthnote_all(const struct ka_doctorask *q, const struct ka_allusers *all);

#endif
