/* Primes that lie too close to each other (CVE-2022-26320): Fermat's way of factoring. */
#ifndef KA_VET_RSAFERMAT_H
#define KA_VET_RSAFERMAT_H

#include "authkeys-cmd/vet/bignum.h"

/**
 * ka_rsafermat_look() - is n the product of two close numbers, or a square?
 * @n:      odd, at most KA_RSA_BITS_HARD_MAX bits
 * @rounds: how far it looks: the sums p + q from 2*ceil(root(n)) on, that many
 *
 * Finds no key by mistake: what it finds it has factored.
 * Cost:   one root of n, then a few words for each round (3,000 of 3,001 are done by one BN_mod_word).
 * Source: CA/Browser Forum Baseline Requirements 6.1.1.3 (at least 100 rounds).
 */
enum ka_vetfound ka_rsafermat_look(const BIGNUM *n, unsigned rounds, BN_CTX *ctx);

#endif
