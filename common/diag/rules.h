/* The rules: facts in, candidates out. Pure. */
#ifndef KA_DIAG_RULES_H
#define KA_DIAG_RULES_H

#include "diag/facts.h"
#include "diag/primary.h"

/**
 * ka_rules_run() - judge the facts
 * @out: zeroed by the caller; large: allocate it
 * @would_login: at least one offered key would be let in by what the facts show
 *
 * What must not be reported as a cause is not: a key that is listed in a usable file makes every trouble of
 * other files secondary, and a key that we served makes every file secondary.
 */
void ka_rules_run(const struct ka_facts *f, struct ka_primary *out, bool *would_login);

#endif
