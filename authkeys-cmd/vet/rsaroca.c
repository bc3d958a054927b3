/* A filter by small primes, then the exact test. It must never call a modulus one of these for the filter alone. */
#include "authkeys-cmd/vet/rsaroca.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/poison.h"

#define GENERATOR 65537

/* the primes p below 168 where 65537 does not reach every residue, each with its order r: a power v of it has v^r = 1 (mod p) */
static const struct { uint8_t order, prime; } filters[] = {
	{ 2, 11 }, { 6, 13 }, { 8, 17 }, { 9, 19 }, { 3, 37 }, { 26, 53 }, { 20, 61 }, { 35, 71 }, { 24, 73 }, { 13, 79 }, { 6, 97 },
	{ 51, 103 }, { 53, 107 }, { 54, 109 }, { 42, 127 }, { 50, 151 }, { 78, 157 },
};

/* the product of the 39 primes up to 167, halved: n is odd, and Montgomery's method wants an odd modulus */
static const char half_m[] = "49265D3574CEFD04229BFD662A4A46F8611ED0226C655F076EBADE3";

/* the order of 65537 modulo M, and the powers of primes that it is the product of */
#define ORDER 2454106387091158800ULL
static const uint8_t order_parts[] = { 16, 81, 25, 7, 11, 13, 17, 23, 29, 37, 41, 53, 83 };

static unsigned power_mod(unsigned base, unsigned exponent, unsigned m)
{
	unsigned v = 1;

	while (exponent-- > 0)
		v = v * base % m;
	return v;
}

static bool passes(const BIGNUM *n)
{
	for (size_t i = 0; i < KA_ARRAY_LEN(filters); i++) {
		BN_ULONG rest = BN_mod_word(n, filters[i].prime);

		if (rest >= filters[i].prime || power_mod((unsigned)rest, filters[i].order, filters[i].prime) != 1)
			return false;
	}
	return true;
}

/* the numbers of one exact test, lent by one frame */
struct exact {
	BIGNUM *m, *n, *exponent, *v, *step, *power;
	BN_CTX *ctx;
};

static bool raise_to(const struct exact *x, BIGNUM *out, const BIGNUM *base, uint64_t exponent)
{
	return BN_set_word(x->exponent, exponent) == 1 && BN_mod_exp(out, base, x->exponent, x->m, x->ctx) == 1;
}

/* is n^(ord/q) one of the q powers of 65537^(ord/q)? */
static enum ka_vetfound fits_part(const struct exact *x, unsigned q)
{
	if (!BN_set_word(x->power, GENERATOR) || !raise_to(x, x->step, x->power, ORDER / q) || !raise_to(x, x->v, x->n, ORDER / q))
		return KA_VETFOUND_FAULT;
	BN_one(x->power);
	for (unsigned i = 0; i < q; i++) {
		if (BN_cmp(x->power, x->v) == 0)
			return KA_VETFOUND_YES;
		if (!BN_mod_mul(x->power, x->power, x->step, x->m, x->ctx))
			return KA_VETFOUND_FAULT;
	}
	return KA_VETFOUND_NO;
}

static enum ka_vetfound fits_all(const struct exact *x)
{
	if (!raise_to(x, x->v, x->n, ORDER))
		return KA_VETFOUND_FAULT;
	if (!BN_is_one(x->v))
		return KA_VETFOUND_NO;
	for (size_t i = 0; i < KA_ARRAY_LEN(order_parts); i++) {
		enum ka_vetfound fits = fits_part(x, order_parts[i]);

		if (fits != KA_VETFOUND_YES)
			return fits;
	}
	return KA_VETFOUND_YES;
}

enum ka_vetfound ka_rsaroca_look(const BIGNUM *n, BN_CTX *ctx)
{
	KA_BNFRAME(ctx);
	struct exact x = { .m = BN_CTX_get(ctx), .n = BN_CTX_get(ctx), .exponent = BN_CTX_get(ctx), .v = BN_CTX_get(ctx),
			   .step = BN_CTX_get(ctx), .power = BN_CTX_get(ctx), .ctx = ctx };

	if (x.power == NULL)
		return KA_VETFOUND_FAULT;
	if (!passes(n))
		return KA_VETFOUND_NO;
	if (!BN_hex2bn(&x.m, half_m) || !BN_mod(x.n, n, x.m, ctx))
		return KA_VETFOUND_FAULT;
	return fits_all(&x);
}
