/* Fixes for single lines of a key file: sed as the user where the damage is unmistakable, else advice. Pure. */
#ifndef KA_DIAG_MENDLINE_H
#define KA_DIAG_MENDLINE_H

#include "diag/facts.h"
#include "diag/fix.h"
#include "diag/primary.h"

/** ka_mendline_make() - the fix for a hit of the content pass */
void ka_mendline_make(const struct ka_facts *f, const struct ka_primary_item *item, const struct ka_evidence *e, struct ka_fix *out);

#endif
