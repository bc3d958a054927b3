/* The sshd that runs, as checks of an installation: who listens and where, and has it read its files as they are? */
#ifndef KA_INSTALLDAEMON_H
#define KA_INSTALLDAEMON_H

#include "diag/daemonjudge.h"
#include "keyaudit/doctor/install_check.h"

/** ka_installdaemon_check() - one or two checks more; nothing of an sshd that cannot be seen. Looks at what @j holds only */
void ka_installdaemon_check(const struct ka_daemonjudge *j, struct ka_install *out);

#endif
