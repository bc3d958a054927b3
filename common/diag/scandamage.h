/*
 * Lines that sshd does not take the offered key from: the whole key in a place
 * where sshd does not see it, or what is left of a damaged one. Pure.
 */
#ifndef KA_DIAG_SCANDAMAGE_H
#define KA_DIAG_SCANDAMAGE_H

#include "diag/keyscan.h"
#include "diag/keyview.h"

/**
 * ka_scandamage_hidden() - look for the text of the offered keys in a line
 * @raw:  the line as it is; @v: sshd's view of it
 * @from: offset behind which to look (behind a key that sshd reads)
 *
 * Answers: true when one was found; its hit (commented-out, joined, type-mismatch, bad-quoting ...) is remembered.
 */
bool ka_scandamage_hidden(struct ka_keyscan_work *w, struct ka_span raw, const struct ka_keyview *v, size_t from);

/** ka_scandamage_remains() - a line with part of a key at most: cut, wrapped, a bad character. Wrapped: takes the next lines too */
void ka_scandamage_remains(struct ka_keyscan_work *w, struct ka_span raw, const struct ka_keyview *v);

/** ka_scandamage_damaged() - count a damaged place, and remember @hit for whom it may concern: the offers of @fits, or those of @open if it stays the only one */
void ka_scandamage_damaged(struct ka_keyscan_work *w, struct ka_keyscan_hit *hit, uint64_t fits, uint64_t open);

#endif
