/* The rules of our own records and sources: what became of a key there, and what is wrong with a whole source. Pure. */
#ifndef KA_DIAG_RULESOURCE_H
#define KA_DIAG_RULESOURCE_H

#include <stdbool.h>

#include "diag/facts.h"
#include "diag/primary.h"

/** ka_rulesource_has_records() - is there a record of any key? Then what the configuration says now is for the tools only */
bool ka_rulesource_has_records(const struct ka_facts *facts);

/**
 * ka_rulesource_key() - what our own records or sources say about offer @i
 * @out:    out->settled is set for a key that a record says was served
 * @served: set when the sources would serve it now and sshd would take the line; otherwise left alone
 */
void ka_rulesource_key(const struct ka_facts *facts, size_t i, struct ka_primary *out, bool *served);

/** ka_rulesource_run() - our own configuration and sources, as they are now; nothing when sshd does not ask us */
void ka_rulesource_run(const struct ka_facts *facts, struct ka_primary *out);

#endif
