/* Where the events stand that were asked for: the last KA_LOGHITS_MAX of them, so that they are found again at once. */
#ifndef KA_LOGHITS_H
#define KA_LOGHITS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"

struct ka_loghits {
	uint64_t count;              /* all of them */
	int64_t at[KA_LOGHITS_MAX];  /* a ring of their offsets */
};

/** ka_loghits_add() - one more, behind all others */
void ka_loghits_add(struct ka_loghits *h, int64_t at);

/** ka_loghits_get() - the offset of number @i (from 0, of all); false when it is no longer held, or was never there */
bool ka_loghits_get(const struct ka_loghits *h, uint64_t i, int64_t *at);

#endif
