/* Which multiplication, and Newton's steps. Nothing here is secret: the numbers are public keys. */
#include "authkeys-cmd/vet/gcdmul.h"

#include <stdbool.h>
#include <stddef.h>

#include "base/poison.h"

#define GUARD_BITS 64        /* beyond the precision that a step reaches */
#define DIVIDED_BITS 2048    /* up to this precision libcrypto divides */
#define WORD_BITS 64
#define WORDS_PER_DIGIT 40   /* products of words in the time of a transform's digit: measured, docs/adr */

/* libcrypto multiplies by Karatsuba's method when both have about the same length, else word by word */
static bool is_short(int a_bits, int b_bits)
{
	size_t a = (size_t)a_bits / WORD_BITS + 1, b = (size_t)b_bits / WORD_BITS + 1;

	return a * b < WORDS_PER_DIGIT * ka_gcdntt_len((size_t)a_bits, (size_t)b_bits);
}

enum ka_err ka_gcdmul(struct ka_gcdmul *m, BIGNUM *r, const BIGNUM *a, const BIGNUM *b)
{
	int is_negative = BN_is_negative(a) != BN_is_negative(b);
	enum ka_err err;

	if (is_short(BN_num_bits(a), BN_num_bits(b)))
		return BN_mul(r, a, b, m->ctx) == 1 ? KA_ERR_OK : KA_ERR_NOMEM;
	err = ka_gcdntt_mul(&m->ntt, r, a, b);
	if (err == KA_ERR_OK)
		BN_set_negative(r, is_negative);
	return err;
}

/* the first @bits bits of d; *cut: how many are not there */
static bool front(BIGNUM *r, const BIGNUM *d, int bits, int *cut)
{
	*cut = BN_num_bits(d) > bits ? BN_num_bits(d) - bits : 0;
	return BN_rshift(r, d, *cut) == 1;
}

static enum ka_err divide(struct ka_gcdmul *m, BIGNUM *r, const BIGNUM *d, int precision)
{
	KA_BNFRAME(m->ctx);
	BIGNUM *top = BN_CTX_get(m->ctx), *one = BN_CTX_get(m->ctx);
	int cut;

	if (one == NULL || !front(top, d, precision + GUARD_BITS, &cut))
		return KA_ERR_NOMEM;
	BN_zero(one);
	return BN_set_bit(one, BN_num_bits(top) + precision) && BN_div(r, NULL, one, top, m->ctx) ? KA_ERR_OK : KA_ERR_NOMEM;
}

/* r from half as precise a reciprocal: r' = r + r (1 - d r) */
static enum ka_err step(struct ka_gcdmul *m, BIGNUM *r, const BIGNUM *d, int precision, int half)
{
	KA_BNFRAME(m->ctx);
	BIGNUM *top = BN_CTX_get(m->ctx), *rest = BN_CTX_get(m->ctx), *one = BN_CTX_get(m->ctx);
	int cut, bits, less;
	enum ka_err err;

	if (one == NULL || !front(top, d, precision + GUARD_BITS, &cut))
		return KA_ERR_NOMEM;
	bits = BN_num_bits(top);
	BN_zero(one);
	err = ka_gcdmul(m, rest, top, r);
	if (err != KA_ERR_OK)
		return err;
	if (!BN_set_bit(one, bits + half) || !BN_sub(rest, one, rest)) /* (1 - d r) * 2^(bits + half) */
		return KA_ERR_NOMEM;
	less = bits > half ? bits - half : 0; /* of the rest only as many bits count as r has */
	if (!BN_rshift(rest, rest, less))
		return KA_ERR_NOMEM;
	err = ka_gcdmul(m, rest, rest, r);
	if (err != KA_ERR_OK)
		return err;
	return BN_rshift(rest, rest, bits + 2 * half - precision - less) && BN_lshift(r, r, precision - half) && BN_add(r, r, rest) ?
		       KA_ERR_OK : KA_ERR_NOMEM;
}

enum ka_err ka_gcdmul_reciprocal(struct ka_gcdmul *m, BIGNUM *r, const BIGNUM *d, int precision)
{
	int steps[32], count = 0;
	enum ka_err err;

	while (precision > DIVIDED_BITS && count < 32) {
		steps[count++] = precision;
		precision = precision / 2 + GUARD_BITS / 2;
	}
	for (err = divide(m, r, d, precision); err == KA_ERR_OK && count > 0; precision = steps[count])
		err = step(m, r, d, steps[--count], precision);
	return err;
}
