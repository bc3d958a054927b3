/* The rules of the method: is publickey on, may it be used alone, is the key of a kind that sshd takes. Pure. */
#ifndef KA_DIAG_RULEMETHOD_H
#define KA_DIAG_RULEMETHOD_H

#include "diag/facts.h"
#include "diag/primary.h"

/** ka_rulemethod_run() - what of the method or the key's algorithm keeps keys out, in sshd's order */
void ka_rulemethod_run(const struct ka_facts *f, struct ka_primary *out);

#endif
