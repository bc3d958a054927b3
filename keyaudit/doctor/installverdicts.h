/* The doctor without a user: can the command keep what authkeys-vet says? */
#ifndef KA_INSTALLVERDICTS_H
#define KA_INSTALLVERDICTS_H

#include "keyaudit/doctor/install_check.h"

/**
 * ka_installverdicts_check() - one check more: how many are kept, or what is in the way. Nothing for who may not look (root may)
 * @dir: KA_PATH_VERDICTS
 * @user: KA_COMMAND_USER, who must own it
 *
 * Never a failure: without verdicts keys are judged at each offer, which takes longer and lets nobody in.
 */
void ka_installverdicts_check(const char *dir, const char *user, struct ka_install *out);

#endif
