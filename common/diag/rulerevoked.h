/* The rules of RevokedKeys: the key, the authority of a certificate, and a file that sshd cannot read. Pure. */
#ifndef KA_DIAG_RULEREVOKED_H
#define KA_DIAG_RULEREVOKED_H

#include "diag/facts.h"
#include "diag/primary.h"

/** ka_rulerevoked_run() - before any key file is looked at; source: auth.c auth_key_is_revoked() */
void ka_rulerevoked_run(const struct ka_facts *f, struct ka_primary *out);

#endif
