/* The greatest common divisor of two moduli, quickly: libcrypto's takes the same time for all numbers, 0.5 ms for 2,048 bits. */
#ifndef KA_VET_GCDWORD_H
#define KA_VET_GCDWORD_H

#include "authkeys-cmd/vet/bignum.h"

/**
 * ka_gcdword() - g = gcd(a, n), by the binary method
 * @a: from 0 to below 2^KA_RSA_BITS_HARD_MAX
 * @n: odd, of at most KA_RSA_BITS_HARD_MAX bits
 *
 * Time: depends on the numbers, which are public. Errors: KA_ERR_NOMEM, KA_ERR_BUG.
 * Source: Stein, "Computational problems associated with Racah algebra", 1967.
 */
KA_MUST_CHECK enum ka_err ka_gcdword(BIGNUM *g, const BIGNUM *a, const BIGNUM *n);

#endif
