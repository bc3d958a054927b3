/*
 * From a candidate to its fix. Pure. Where a command can be said safely it is
 * one; where the cure is a decision, or the path cannot be written down, a sentence.
 *
 * MUST: never a command that adds a key, drops a restriction in front of one, or
 * lets root act through a path that the user controls (only chown -h does).
 */
#ifndef KA_DIAG_MEND_H
#define KA_DIAG_MEND_H

#include "diag/facts.h"
#include "diag/fix.h"
#include "diag/primary.h"

/**
 * ka_mend_make() - fill @out for one item with its evidence; there is always at least advice
 * @out: zeroed by the caller, or what item->explain has put there, which stays
 */
void ka_mend_make(const struct ka_facts *f, const struct ka_primary_item *item, const struct ka_evidence *e, struct ka_fix *out);

#endif
