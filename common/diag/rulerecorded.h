/*
 * What the trail has of the last refusal, asked about afterwards: some causes leave nothing that could be looked at (a signature
 * that never came, a second factor), and of a key that was offered then only the fingerprint is left, which a damaged line
 * cannot be compared with. The record is believed where the facts cannot speak, and nowhere else: what they can judge may have
 * been mended since. Pure.
 */
#ifndef KA_DIAG_RULERECORDED_H
#define KA_DIAG_RULERECORDED_H

#include "diag/facts.h"
#include "diag/primary.h"

/** ka_rulerecorded_run() - add what subject.recorded says; behind all other rules. Nothing without it */
void ka_rulerecorded_run(const struct ka_facts *f, struct ka_primary *out);

#endif
