/* A modulus that is a prime, or a power of one: its private key is public knowledge. */
#ifndef KA_VET_RSAPRIME_H
#define KA_VET_RSAPRIME_H

#include "authkeys-cmd/vet/bignum.h"

enum ka_rsaprime {
	KA_RSAPRIME_NO,
	KA_RSAPRIME_PRIME,
	KA_RSAPRIME_POWER, /* of a prime, or a product with a factor that behaves like one: the factor was found */
	KA_RSAPRIME_FAULT,
};

/**
 * ka_rsaprime_look() - what 2^n mod n tells of n
 * @n: odd, at most KA_RSA_BITS_HARD_MAX bits
 *
 * For a prime p, 2^p = 2 (mod p); so for n = p the power is 2 itself, and for n = p^k the difference is a multiple of p.
 * Neither is ever missed, whatever the number: nothing here is drawn by chance. A product of two primes is found by mistake
 * when the order of 2 modulo one of them divides the other one less one, which no honest generator will ever meet.
 * Cost:   one power (1.5 ms for 2,048 bits, 11 ms for 4,096) and one gcd.
 * Source: Fermat's little theorem.
 */
enum ka_rsaprime ka_rsaprime_look(const BIGNUM *n, BN_CTX *ctx);

#endif
