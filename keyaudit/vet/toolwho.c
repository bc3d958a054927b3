/* A user's profile and one that is named, on top of what was loaded. Pure. */
#include "keyaudit/vet/toolwho.h"

#include "conf/confprofile.h"
#include "vet/vetprofile.h"

#include "base/poison.h"

void ka_toolwho_tighten(struct ka_vetpolicy *p, const struct ka_toolpolicy *t, const char *user, enum ka_conf_profile profile)
{
	if (user != NULL && t->conf.user_profiles != NULL) /* NULL: no configuration was read */
		ka_vetprofile_tighten(p, ka_confprofile_of_user(&t->conf, user, NULL));
	ka_vetprofile_tighten(p, profile);
}
