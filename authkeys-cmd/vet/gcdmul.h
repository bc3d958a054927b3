/* Multiplication and reciprocals for numbers of millions of bits: libcrypto's own are quadratic where they are not balanced. */
#ifndef KA_VET_GCDMUL_H
#define KA_VET_GCDMUL_H

#include "authkeys-cmd/vet/bignum.h"
#include "authkeys-cmd/vet/gcdntt.h"

/* what the arithmetic needs; zeroed but for ctx it is ready */
struct ka_gcdmul {
	BN_CTX *ctx; /* borrowed */
	struct ka_gcdntt ntt;
};

/**
 * ka_gcdmul() - r = a * b by whatever is quicker: libcrypto for short numbers, ka_gcdntt_mul() for long ones
 * @a, @b: of any sign
 *
 * Errors: KA_ERR_NOMEM, KA_ERR_LIMIT.
 */
KA_MUST_CHECK enum ka_err ka_gcdmul(struct ka_gcdmul *m, BIGNUM *r, const BIGNUM *a, const BIGNUM *b);

/**
 * ka_gcdmul_reciprocal() - r = 2^(bits of d + precision) / d, wrong by less than 8
 * @d: positive
 *
 * Newton's method, each step at the precision that it can reach. Errors: KA_ERR_NOMEM, KA_ERR_LIMIT.
 * Source: Brent and Zimmermann, "Modern Computer Arithmetic", 3.4.1.
 */
KA_MUST_CHECK enum ka_err ka_gcdmul_reciprocal(struct ka_gcdmul *m, BIGNUM *r, const BIGNUM *d, int precision);

#endif
