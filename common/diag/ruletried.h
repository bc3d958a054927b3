/* The rules of another program that is sshd's command: when it may be asked, and what its answer means. Pure. */
#ifndef KA_DIAG_RULETRIED_H
#define KA_DIAG_RULETRIED_H

#include <stdbool.h>

#include "diag/facts.h"
#include "diag/primary.h"

/**
 * ka_ruletried_is_due() - would sshd run it, as far as is known: another program than ours, which sshd can run by its own checks,
 * for a user whom nothing before has turned away, and a key that no file holds
 * @p: what the rules said without it
 */
bool ka_ruletried_is_due(const struct ka_facts *f, const struct ka_primary *p);

/** ka_ruletried_serves() - it printed offer @i, in a line that sshd takes, and ended well. Of a certificate nothing is said */
bool ka_ruletried_serves(const struct ka_facts *f, size_t i);

/** ka_ruletried_run() - what is wrong with its answer keeps out every key that no file holds. sshd's own word for its end goes first */
void ka_ruletried_run(const struct ka_facts *f, struct ka_primary *out);

#endif
