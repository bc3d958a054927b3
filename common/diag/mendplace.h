/*
 * Where a key has to be put: ssh-copy-id writes ~/.ssh/authorized_keys, and that helps only
 * where sshd reads it. Pure.
 */
#ifndef KA_DIAG_MENDPLACE_H
#define KA_DIAG_MENDPLACE_H

#include "diag/facts.h"
#include "diag/fix.h"
#include "diag/primary.h"

/**
 * ka_mendplace_make() - advice that names the place which is read, where the reason's own would send to another
 *
 * For a line of a source, and for reasons whose advice is ssh-copy-id while sshd does not read what it writes, or "the
 * source": the line's file, else the key file that the evidence names, else the first source's, else the first key file.
 * Nothing is written where the reason's own advice holds, or what is read is not known.
 */
void ka_mendplace_make(const struct ka_facts *f, const struct ka_primary_item *item, const struct ka_evidence *e, struct ka_fix *out);

#endif
