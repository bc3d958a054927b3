/* Access lists on the way to a key file, looked at with the rights of whoever calls: in the child those of the user. */
#ifndef KA_DIAG_ACLOOK_H
#define KA_DIAG_ACLOOK_H

#include <sys/types.h>

#include "diag/userfiles.h"
#include "perm/permcollect.h"

/**
 * ka_aclook_run() - the first object on the way that an access list lets others write to
 * @way:  the file and its directories, up to the home
 * @user: the uid of the account
 * @f:    acl_open, acl_who and acl_only_mask are set; acl is the first object whose list could not be judged (NFSv4, or no
 *        list of version 2)
 */
void ka_aclook_run(const struct ka_permcollect *way, uid_t user, struct ka_userfile *f);

#endif
