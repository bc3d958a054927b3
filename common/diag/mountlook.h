/* On what a home and a key file lie: file system, encryption, label. With the rights of whoever calls: in the child the user's. */
#ifndef KA_DIAG_MOUNTLOOK_H
#define KA_DIAG_MOUNTLOOK_H

#include "diag/userfiles.h"

/** ka_mountlook_home() - sets fs_type (of the nearest directory that there is) and is_locked of a home that was looked at */
void ka_mountlook_home(const struct ka_userfiles_query *q, struct ka_userfiles_home *home);

/** ka_mountlook_file() - sets fs_type, and label and dir_label while SELinux enforces its policy */
void ka_mountlook_file(struct ka_userfile *f);

#endif
