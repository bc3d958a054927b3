/* The policy of a verb, for one user and one profile. */
#ifndef KA_TOOLWHO_H
#define KA_TOOLWHO_H

#include "keyaudit/vet/toolpolicy.h"
#include "vet/vetconf.h"

/**
 * ka_toolwho_tighten() - the policy of @t, made as strict as it is for @user and @profile
 * @p: a copy of that policy, or that policy itself
 * @t: loaded
 * @user: for user_profiles; NULL: nobody. Without a configuration nobody has a profile
 * @profile: KA_CONF_PROFILE_NONE: none besides
 */
void ka_toolwho_tighten(struct ka_vetpolicy *p, const struct ka_toolpolicy *t, const char *user, enum ka_conf_profile profile);

#endif
