/* The rules of DenyUsers, AllowUsers, DenyGroups and AllowGroups. Pure. */
#ifndef KA_DIAG_RULELISTS_H
#define KA_DIAG_RULELISTS_H

#include "diag/facts.h"
#include "diag/primary.h"

/** ka_rulelists_run() - what keeps the user out, each list by itself, in sshd's order. A list of which nobody can tell is left out */
void ka_rulelists_run(const struct ka_facts *f, struct ka_primary *out);

#endif
