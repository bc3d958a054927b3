/* What sshd's own log says of the connection, as candidates. Pure. */
#ifndef KA_DIAG_RULESAID_H
#define KA_DIAG_RULESAID_H

#include "diag/facts.h"
#include "diag/primary.h"

/**
 * ka_rulesaid_run() - one candidate for each cause that the log names
 * @out: what the facts gave is in it already: where they name the cause of a line more exactly, the line adds nothing
 *
 * A line about a key that is among the offers is about that key alone.
 */
void ka_rulesaid_run(const struct ka_facts *f, struct ka_primary *out);

/** ka_rulesaid_find() - the last line of @kind about the key @fp (NULL: about any); NULL when there is none */
const struct ka_said *ka_rulesaid_find(const struct ka_facts *f, enum ka_sshdsay_kind kind, const char *fp);

/** ka_rulesaid_cause() - the last line that tells @reason, or NULL */
const struct ka_said *ka_rulesaid_cause(const struct ka_facts *f, enum ka_reason reason);

#endif
