/* Keys of Infineon's library (ROCA, CVE-2017-15361): primes k*M + (65537^a mod M), factored by Coppersmith's method. */
#ifndef KA_VET_RSAROCA_H
#define KA_VET_RSAROCA_H

#include "authkeys-cmd/vet/bignum.h"

/**
 * ka_rsaroca_look() - is n, modulo the product M of the 39 primes up to 167, a power of 65537?
 * @n: odd, at most KA_RSA_BITS_HARD_MAX bits
 *
 * A modulus made otherwise is found by mistake once in 2^155.
 * Cost:   17 remainders by words; for one honest modulus in 2^27.8 some powers of 220 bits.
 * Source: Nemec and others, "The Return of Coppersmith's Attack", CCS 2017, section 2.
 */
enum ka_vetfound ka_rsaroca_look(const BIGNUM *n, BN_CTX *ctx);

#endif
