/* The convergents k/d of e/n, one after the other. It must not go on behind d^4 > n: nothing is found there but time is spent. */
#include "authkeys-cmd/vet/rsawiener.h"

#include <stdbool.h>

#include "base/poison.h"

/* e/n as a continued fraction: what is left of it, and the last two convergents */
struct fraction {
	BIGNUM *over, *under, *quotient, *rest;
	BIGNUM *k, *k_before, *d, *d_before;
};

static bool begin(struct fraction *f, const BIGNUM *n, const BIGNUM *e, BN_CTX *ctx)
{
	BIGNUM **all[] = { &f->over, &f->under, &f->quotient, &f->rest, &f->k, &f->k_before, &f->d, &f->d_before };

	for (size_t i = 0; i < KA_ARRAY_LEN(all); i++)
		if ((*all[i] = BN_CTX_get(ctx)) == NULL)
			return false;
	BN_zero(f->k_before);
	BN_zero(f->d);
	return BN_copy(f->over, e) != NULL && BN_copy(f->under, n) != NULL && BN_one(f->k) && BN_one(f->d_before);
}

/* *before = quotient * *now + *before, and it is the one of now */
static bool advance(BIGNUM **now, BIGNUM **before, const BIGNUM *quotient, BIGNUM *scratch, BN_CTX *ctx)
{
	BIGNUM *old = *now;

	if (!BN_mul(scratch, quotient, old, ctx) || !BN_add(*before, *before, scratch))
		return false;
	*now = *before;
	*before = old;
	return true;
}

/* the next convergent; under is zero behind the last one */
static bool step(struct fraction *f, BN_CTX *ctx)
{
	BIGNUM *old = f->over;

	if (!BN_div(f->quotient, f->rest, f->over, f->under, ctx))
		return false;
	f->over = f->under;
	f->under = f->rest;
	f->rest = old;
	return advance(&f->k, &f->k_before, f->quotient, f->rest, ctx) && advance(&f->d, &f->d_before, f->quotient, f->rest, ctx);
}

/* n from the (p-1)(q-1) that k and d would mean: then p + q = n + 1 - that, and (p+q)^2 - 4n is the square of p - q */
static enum ka_vetfound factors(const struct fraction *f, const BIGNUM *n, const BIGNUM *e, BN_CTX *ctx)
{
	KA_BNFRAME(ctx);
	BIGNUM *sum = BN_CTX_get(ctx), *square = BN_CTX_get(ctx), *root = BN_CTX_get(ctx), *four_n = BN_CTX_get(ctx);

	if (BN_is_zero(f->k))
		return KA_VETFOUND_NO;
	if (four_n == NULL || !BN_mul(square, e, f->d, ctx) || !BN_sub_word(square, 1) || !BN_div(sum, NULL, square, f->k, ctx) ||
	    !BN_sub(sum, n, sum) || !BN_add_word(sum, 1))
		return KA_VETFOUND_FAULT;
	if (BN_is_odd(sum) || BN_is_negative(sum))
		return KA_VETFOUND_NO;
	if (!BN_sqr(square, sum, ctx) || !BN_lshift(four_n, n, 2) || !BN_sub(square, square, four_n))
		return KA_VETFOUND_FAULT;
	if (BN_is_negative(square) || BN_num_bits(square) > BN_num_bits(n) + 2) /* p and q are of about one size, or another rule finds them */
		return KA_VETFOUND_NO;
	if (ka_bignum_root(root, square, ctx) != KA_ERR_OK || !BN_sqr(four_n, root, ctx))
		return KA_VETFOUND_FAULT;
	return BN_cmp(four_n, square) == 0 ? KA_VETFOUND_YES : KA_VETFOUND_NO;
}

enum ka_vetfound ka_rsawiener_look(const BIGNUM *n, const BIGNUM *e, BN_CTX *ctx)
{
	KA_BNFRAME(ctx);
	const int far = BN_num_bits(n) / 4 + 1;
	enum ka_vetfound found = KA_VETFOUND_NO;
	struct fraction f;

	if (!begin(&f, n, e, ctx))
		return KA_VETFOUND_FAULT;
	while (found == KA_VETFOUND_NO && !BN_is_zero(f.under)) {
		if (!step(&f, ctx))
			return KA_VETFOUND_FAULT;
		if (BN_num_bits(f.d) > far)
			break;
		found = factors(&f, n, e, ctx);
	}
	return found;
}
