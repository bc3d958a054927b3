/* The rules of the proof: a signature that does not verify, and one that never came. Pure. */
#ifndef KA_DIAG_RULESIG_H
#define KA_DIAG_RULESIG_H

#include "diag/facts.h"
#include "diag/primary.h"

/**
 * ka_rulesig_run() - what the log and the number of runs say of a signature; called behind the rules of the command
 *
 * Nothing can be said of it before a login. Where sshd is known to have come further, or says why itself, nothing is added.
 */
void ka_rulesig_run(const struct ka_facts *f, struct ka_primary *out);

#endif
