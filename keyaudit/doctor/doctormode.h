/* The modes of `keyaudit doctor` that are not about one USER. */
#ifndef KA_DOCTORMODE_H
#define KA_DOCTORMODE_H

#include "keyaudit/doctor/doctorargs.h"

/**
 * ka_doctormode_all() - --all-users: a table, or one JSON object per account and the sum
 *
 * Answers: an exit status: FINDINGS - some account's keys are kept out, or with --strict there is a warning; UNDECIDED - one
 *          could not be looked at, no root, no memory or processes (said on standard error).
 */
int ka_doctormode_all(const struct ka_doctorargs *args);

/** ka_doctormode_install() - without any user: the installation. Answers: FINE, FINDINGS - a check failed, UNDECIDED */
int ka_doctormode_install(const struct ka_doctorargs *args);

#endif
