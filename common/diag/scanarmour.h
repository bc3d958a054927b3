/*
 * Blocks with -----BEGIN lines, and PuTTY files, in a place where key lines belong:
 * private keys and public keys of other formats. The offered key is recognised in
 * them by its number or point. Pure; nothing of a block is ever copied out.
 */
#ifndef KA_DIAG_SCANARMOUR_H
#define KA_DIAG_SCANARMOUR_H

#include "diag/keyscan.h"

/** ka_scanarmour_take() - if a block begins at @line take it whole (the next lines too) and answer true */
bool ka_scanarmour_take(struct ka_keyscan_work *w, struct ka_span line);

#endif
