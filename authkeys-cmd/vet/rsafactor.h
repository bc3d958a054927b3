/* Small prime factors: a damaged modulus, or one that was never a product of two primes. */
#ifndef KA_VET_RSAFACTOR_H
#define KA_VET_RSAFACTOR_H

#include <stdint.h>

#include "authkeys-cmd/vet/bignum.h"
#include "base/limits.h"

#define KA_RSAFACTOR_PRIMES 6542 /* odd ones up to there */

struct ka_rsafactor {
	uint32_t prime[KA_RSAFACTOR_PRIMES];
	uint64_t product[KA_RSAFACTOR_PRODUCTS_MAX];
	uint16_t end[KA_RSAFACTOR_PRODUCTS_MAX]; /* of each product's primes; the first begin at 0 */
	size_t products;
};

/** ka_rsafactor_init() - the table, once for a process. Errors: KA_ERR_BUG - the counts above are wrong */
KA_MUST_CHECK enum ka_err ka_rsafactor_init(struct ka_rsafactor *f);

/**
 * ka_rsafactor_look() - has n a prime factor up to KA_RSAFACTOR_MAX?
 * @n:      odd, at most KA_RSA_BITS_HARD_MAX bits
 * @factor: the smallest one
 *
 * Cost: a remainder by a word for each product, 0.5 ms for 2,048 bits.
 */
enum ka_vetfound ka_rsafactor_look(const struct ka_rsafactor *f, const BIGNUM *n, uint32_t *factor);

#endif
