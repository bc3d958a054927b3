/* Are the modules of a PAM stack installed? Looks for files where Linux-PAM looks for them; loads nothing. */
#ifndef KA_DIAG_PAMMODULE_H
#define KA_DIAG_PAMMODULE_H

#include "diag/pamline.h"

/**
 * ka_pammodule_look() - set is_missing of each line
 * @root: "" or a folder that stands for /, without a slash at its end
 *
 * A name without a slash is looked for in the folders `security` below /usr/lib, /usr/lib64, /lib, /lib64 and their
 * sub-folders of one architecture each. When there is no such folder, or a path has a $, nothing is called missing.
 */
void ka_pammodule_look(const char *root, struct ka_pamlines *l);

#endif
