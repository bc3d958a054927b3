/*
 * Which of many moduli share a factor with another one: gcd(n, (P/n) mod n) for each n, P being the product of all, by a
 * tree of products going up and a tree of fractions going down.
 *
 * With P' = sum of P/n over all n (which the tree forms as it forms P: (ab)' = a'b + b'a), (P/n) mod n = P' mod n. The root
 * holds P'/P as a binary fraction; a child with sibling s has the fraction of its parent, times s, without what stands
 * before the point: so nobody divides but once, at the root.
 */
#ifndef KA_VET_GCDTREE_H
#define KA_VET_GCDTREE_H

#include <stddef.h>

#include "authkeys-cmd/vet/gcdmul.h"

/* called as the work goes on: step of steps; may be NULL */
typedef void ka_gcdtree_told(void *ctx, unsigned step, unsigned steps);

/**
 * ka_gcdtree_run() - what each modulus has in common with the product of the others
 * @n:      @count of them, odd, above 1, all different; together at most KA_GCD_BITS_MAX bits
 * @common: as many numbers, the caller's: 1, or the product of the factors that others have, too
 * @ctx:    libcrypto's scratch
 *
 * Each remainder is checked: its fraction times n must be a whole number but for the rounding. A fault anywhere above makes
 * it one by chance once in 2^15, so it is never missed for all of them: KA_ERR_CRYPTO then.
 * Memory: each level of the tree is as long as all moduli; transforms (gcdntt.h) of the root. KA_GCD_MEMORY_MAX holds it.
 * Errors: KA_ERR_NOMEM, KA_ERR_LIMIT, KA_ERR_CRYPTO.
 * Source: Bernstein, "How to find smooth parts of integers", and "Scaled remainder trees", 2004; Heninger and others,
 *         "Mining your Ps and Qs", USENIX Security 2012.
 */
KA_MUST_CHECK enum ka_err ka_gcdtree_run(BIGNUM *const *n, size_t count, BIGNUM **common, BN_CTX *ctx, ka_gcdtree_told *told,
					 void *told_ctx);

#endif
