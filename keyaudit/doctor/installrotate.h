/* The doctor without a user: does logrotate touch the trail itself? */
#ifndef KA_INSTALLROTATE_H
#define KA_INSTALLROTATE_H

#include "keyaudit/doctor/install_check.h"

/**
 * ka_installrotate_check() - a failure for copytruncate, a warning for a rename, each with file and line
 * @root: "" or another /, for tests
 * @trail: its path, and so that of its seals
 *
 * Reads logrotate.conf and what it includes, or without one the files of logrotate.d; at most KA_LOGROTATE_FILES_READ_MAX of
 * at most KA_LOGROTATE_FILE_MAX bytes. What cannot be read says nothing.
 */
void ka_installrotate_check(const char *root, const char *trail, struct ka_install *out);

#endif
