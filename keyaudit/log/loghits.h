/*
 * Where the events stand that were asked for, file by file, so that they are found again at once. All files share
 * KA_LOGHITS_MAX places; of one whose events find no room the last ones are remembered, and the rest is read again.
 */
#ifndef KA_LOGHITS_H
#define KA_LOGHITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"

struct ka_loghits {
	size_t used;
	int64_t at[KA_LOGHITS_MAX];
};

/* what is known of one file */
struct ka_loghits_file {
	uint64_t count;       /* all of them */
	size_t first, room;   /* its part of the places, a ring */
};

/** ka_loghits_begin() - another file, of which the last @wanted may be looked up (UINT64_MAX: all) */
void ka_loghits_begin(struct ka_loghits *h, struct ka_loghits_file *f, uint64_t wanted);

/** ka_loghits_add() - one more of the file that was begun last, behind all others */
void ka_loghits_add(struct ka_loghits *h, struct ka_loghits_file *f, int64_t at);

/** ka_loghits_end() - the file's events have all been added: what room it does not need is free for others */
void ka_loghits_end(struct ka_loghits *h, const struct ka_loghits_file *f);

/** ka_loghits_get() - the offset of number @i (from 0, of all); false when it is no longer held, or was never there */
bool ka_loghits_get(const struct ka_loghits *h, const struct ka_loghits_file *f, uint64_t i, int64_t *at);

#endif
