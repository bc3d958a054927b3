/* The doctor without a user: connections that sshd's listener dropped not long ago. */
#ifndef KA_INSTALLDROPS_H
#define KA_INSTALLDROPS_H

#include "diag/sshdconf.h"
#include "keyaudit/doctor/install_check.h"

/** ka_installdrops_check() - a warning, with the setting that made it; @trail is read as ka_lastdrop_find() does */
void ka_installdrops_check(const char *trail, const struct ka_sshdconf *sshd, struct ka_install *out);

#endif
