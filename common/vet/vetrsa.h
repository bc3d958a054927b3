/* RSA by looking at the numbers: what needs no big-number arithmetic. */
#ifndef KA_VET_VETRSA_H
#define KA_VET_VETRSA_H

#include "key/keyblob.h"
#include "vet/vetnote.h"

/**
 * ka_vetrsa_judge() - sizes first, then e, parity and the weight of n
 *
 * Above KA_RSA_BITS_HARD_MAX the key is refused and nothing is computed,
 * whatever the policy allows. An e of 1 would let everybody sign: s^1 = s.
 *
 * Safe:   pure; time linear in the length of n.
 * Source: FIPS 186-5 5.1, SP 800-56B 6.2, SP 800-131A; CompleteFTP before 26.1 for the weight.
 */
void ka_vetrsa_judge(const struct ka_keyblob *key, struct ka_vetnote *note);

#endif
