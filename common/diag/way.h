/*
 * The way in, as sshd walks it: one line for each thing that sshd looks at, in its order, with how it stands. It is made of
 * the same facts and candidates as the findings and judges nothing itself. For people.
 */
#ifndef KA_DIAG_WAY_H
#define KA_DIAG_WAY_H

#include <stddef.h>

#include "base/limits.h"
#include "diag/wayline.h"

struct ka_facts;
struct ka_primary;

/** ka_way_make() - all of them; @out is begun anew. Pure */
void ka_way_make(const struct ka_facts *f, const struct ka_primary *p, struct ka_way *out);

#endif
