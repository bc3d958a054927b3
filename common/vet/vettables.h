/*
 * Keys whose private half everybody can know: tiny private numbers, seeds and
 * keys printed in standards and manuals. The table is data made by
 * mk/gen-vettables.py and committed (vettables.inc).
 *
 * Format: the records of a blocklist (blocklist.h), ascending: the hash of bkhash.h, then the number of the list.
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
