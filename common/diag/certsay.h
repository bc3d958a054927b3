/* Evidence and fix of a refused certificate: what stands in it, where its authority was looked for, how it is issued again. Pure. */
#ifndef KA_DIAG_CERTSAY_H
#define KA_DIAG_CERTSAY_H

#include "diag/facts.h"
#include "diag/primary.h"

/** ka_certsay_explain() - of an item whose offer is a certificate, as struct ka_primary_item wants it */
void ka_certsay_explain(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix);

#endif
