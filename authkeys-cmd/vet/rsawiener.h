/* A private exponent that is too small: Wiener's way of finding it from the public key. */
#ifndef KA_VET_RSAWIENER_H
#define KA_VET_RSAWIENER_H

#include "authkeys-cmd/vet/bignum.h"

/**
 * ka_rsawiener_look() - is there a d below about n^(1/4) / 3 with e*d = 1 modulo lcm(p-1, q-1)?
 * @n: odd, at most KA_RSA_BITS_HARD_MAX bits
 * @e: below n
 *
 * Such a d is the denominator of a convergent of the continued fraction of e/n. Finds no key by mistake: what it finds it has
 * factored.
 * Cost:   a division for each of the convergents, about 0.15 for each bit of n: 2 ms for 2,048 bits, 7 ms for 4,096. An e of at most
 *         KA_VETRSA_E_BITS_MAX bits has no such d, so whoever asks first looks at that.
 * Source: Wiener, Cryptanalysis of short RSA secret exponents (1990).
 */
enum ka_vetfound ka_rsawiener_look(const BIGNUM *n, const BIGNUM *e, BN_CTX *ctx);

#endif
