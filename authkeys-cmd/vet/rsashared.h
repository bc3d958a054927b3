/*
 * A prime in common with keys that were published: bad generators drew the same one again and again, and who has two such
 * moduli has both private keys. The data are one number, the product of all primes that are known to be shared, in a file as
 * raw big-endian bytes.
 *
 * MUST: read the file before the first byte of a key, and never act on one that others could have written.
 */
#ifndef KA_VET_RSASHARED_H
#define KA_VET_RSASHARED_H

#include "authkeys-cmd/vet/bignum.h"

/**
 * ka_rsashared_read() - the product in the file at @path
 * @out: the caller's to BN_free(); NULL when it cannot be had
 *
 * Answers: NULL, or what is wrong, static text. A regular file, no link, of root or of the effective user, that nobody else may
 *          write to, of 1 to KA_RSASHARED_BYTES_MAX bytes; the number is odd and above 1.
 */
KA_MUST_CHECK const char *ka_rsashared_read(const char *path, BIGNUM **out);

/**
 * ka_rsashared_look() - has n a factor in common with the product?
 * @n: odd, above 1, at most KA_RSA_BITS_HARD_MAX bits
 *
 * Cost:   the remainder of the product, 0.9 ms for 79,000 bytes and 2,048 bits, and one gcd of the size of n, 0.5 ms.
 * Source: Heninger and others, "Mining Your Ps and Qs" (2012); the idea of one product is badkeys'.
 */
enum ka_vetfound ka_rsashared_look(const BIGNUM *product, const BIGNUM *n, BN_CTX *ctx);

#endif
