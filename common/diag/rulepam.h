/* The rules of PAM's account and session phases, beside what the account itself says. Pure. */
#ifndef KA_DIAG_RULEPAM_H
#define KA_DIAG_RULEPAM_H

#include "diag/facts.h"
#include "diag/primary.h"

/**
 * ka_rulepam_run() - which module refuses, as far as the stack and its files say it; or that one did, as the log or the
 * phases say, and which may have been
 *
 * Called behind ka_ruleaccount_login(): where the account explains a refusal, PAM is not named again.
 */
void ka_rulepam_run(const struct ka_facts *f, struct ka_primary *out);

#endif
