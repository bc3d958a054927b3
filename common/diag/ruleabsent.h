/* The rule of a key that neither a file nor a source of ours has. Pure. */
#ifndef KA_DIAG_RULEABSENT_H
#define KA_DIAG_RULEABSENT_H

#include "diag/facts.h"
#include "diag/primary.h"

/**
 * ka_ruleabsent_run() - one item for every key: no file at all, no usable line, no keys in our sources, or just not listed
 *
 * It is the weakest class: what another rule knows of a key beats it. Nothing is said where the key may stand in a file that was
 * not looked at, unless sshd itself has looked.
 */
void ka_ruleabsent_run(const struct ka_facts *facts, struct ka_primary *out);

#endif
