/*
 * Keys whose private half everybody can know: tiny private numbers, seeds and
 * keys printed in standards and manuals. The table is data made by
 * mk/gen-vettables.py and committed (vettables.inc).
 *
 * Format: records of 16 bytes, ascending: the first 15 bytes of SHA-256 over the
 * deciding number (RSA n; ECDSA x; the 32 Ed25519 bytes read as a big-endian
 * number), big-endian without leading zero bytes; then the number of the list.
 * It is the format of badkeys' blocklist, so a site's own list may follow later.
 */
#ifndef KA_VET_VETTABLES_H
#define KA_VET_VETTABLES_H

#include "key/keyblob.h"
#include "vet/vetnote.h"

/** ka_vettables_judge() - key.ecdsa-trivial, key.ed25519-trivial, key.known-compromised, with the list's name as detail */
void ka_vettables_judge(const struct ka_keyblob *key, struct ka_vetnote *note);

/** ka_vettables_count() - records in the built-in table */
size_t ka_vettables_count(void);

#endif
