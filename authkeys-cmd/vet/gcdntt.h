/*
 * Products of very long numbers in nearly linear time: a number-theoretic transform modulo p = 2^64 - 2^32 + 1, which has
 * roots of unity of every order 2^k up to 2^32. Digits have 20 bits, so that a sum of 2^24 products of two stays below p.
 */
#ifndef KA_VET_GCDNTT_H
#define KA_VET_GCDNTT_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/bn.h>

#include "base/err.h"

/* what the transforms work in; grows with the longest product and is kept. Zeroed it is ready */
struct ka_gcdntt {
	size_t len;       /* digits of the longest product so far, a power of two */
	uint64_t *roots;  /* of unity: those of order 2h begin at [h] */
	uint64_t *x, *y;  /* the transforms */
	uint8_t *bytes;   /* digits, packed */
};

/** ka_gcdntt_free() - what it has grown to */
void ka_gcdntt_free(struct ka_gcdntt *t);

/** ka_gcdntt_len() - digits of a product of numbers with so many bits, rounded up to a power of two */
size_t ka_gcdntt_len(size_t a_bits, size_t b_bits);

/**
 * ka_gcdntt_mul() - r = a * b, of any lengths
 * @a, @b: not negative, together at most KA_GCD_PRODUCT_BITS_MAX bits
 *
 * Memory: 24 bytes for each of ka_gcdntt_len() digits. Errors: KA_ERR_NOMEM, KA_ERR_LIMIT.
 * Source: Pollard, "The fast Fourier transform in a finite field", 1971.
 */
KA_MUST_CHECK enum ka_err ka_gcdntt_mul(struct ka_gcdntt *t, BIGNUM *r, const BIGNUM *a, const BIGNUM *b);

#endif
