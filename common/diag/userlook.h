/* What the child does: open the key files as sshd would, judge them, scan them, write the facts to a pipe. */
#ifndef KA_DIAG_USERLOOK_H
#define KA_DIAG_USERLOOK_H

#include "base/err.h"
#include "diag/userfiles.h"

/** ka_userlook_all() - look at everything @query names, and at files with similar names; one record each to @fd */
KA_MUST_CHECK enum ka_err ka_userlook_all(const struct ka_userfiles_query *query, int fd);

#endif
