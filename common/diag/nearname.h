/* Files whose name is nearly the one that sshd looks for: mistyped, with an ending, or the default where it is not configured. */
#ifndef KA_DIAG_NEARNAME_H
#define KA_DIAG_NEARNAME_H

#include <stdbool.h>

#include "diag/userfiles.h"

struct ka_nearname {
	char path[KA_TEXT_PATH_MAX];
	char expected[KA_TEXT_PATH_MAX];
};

/** ka_nearname_is() - is @name a slip or an ending away from @wanted (authorised_keys, authorized_key, authorized_keys.pub)? Pure */
bool ka_nearname_is(const char *name, const char *wanted);

/** ka_nearname_find() - look into the directories of the configured files below the home; at most KA_DIAG_NEAR_MAX; how many */
size_t ka_nearname_find(const struct ka_userfiles_query *query, struct ka_nearname *out);

#endif
