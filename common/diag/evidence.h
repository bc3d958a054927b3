/* From a candidate to its evidence: what was seen, where. Pure; names of owners and groups are added by the caller. */
#ifndef KA_DIAG_EVIDENCE_H
#define KA_DIAG_EVIDENCE_H

#include "base/paths.h"
#include "diag/facts.h"
#include "diag/primary.h"

/* a program that may be read and not run; mend.c looks for it */
#define KA_EVIDENCE_NOT_EXECUTABLE "the program cannot be executed by " KA_COMMAND_USER

/** ka_evidence_make() - fill @out for one item; never the content of a private key, never a whole line */
void ka_evidence_make(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *out);

#endif
