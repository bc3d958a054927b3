/* The rules of key files: can sshd open them, does StrictModes refuse, and what does their line do to the key. Pure. */
#ifndef KA_DIAG_RULEFILE_H
#define KA_DIAG_RULEFILE_H

#include <stdbool.h>

#include "diag/facts.h"
#include "diag/primary.h"

/**
 * ka_rulefile_run() - the configured files one by one, then the home in which none could be looked for
 * @listed: one for each offered key; set for those that sshd would take from a file, otherwise left alone
 *
 * A key in a file that sshd does not look at is named too. When nobody asks for a key and one file has usable ones, what is wrong
 * with another file is secondary.
 */
void ka_rulefile_run(const struct ka_facts *f, struct ka_primary *out, bool *listed);

#endif
