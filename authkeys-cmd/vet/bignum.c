/* Square roots. The start is above the root, from where Newton's steps only come down. */
#include "authkeys-cmd/vet/bignum.h"

#include "base/poison.h"

enum ka_err ka_bignum_root(BIGNUM *r, const BIGNUM *n, BN_CTX *ctx)
{
	KA_BNFRAME(ctx);
	BIGNUM *next = BN_CTX_get(ctx), *quotient = BN_CTX_get(ctx);

	if (quotient == NULL)
		return KA_ERR_NOMEM;
	BN_zero(r);
	if (BN_is_zero(n))
		return KA_ERR_OK;
	if (!BN_set_bit(r, (BN_num_bits(n) + 1) / 2)) /* 2^ceil(bits/2) > root */
		return KA_ERR_NOMEM;
	for (;;) {
		if (!BN_div(quotient, NULL, n, r, ctx) || !BN_add(next, r, quotient) || !BN_rshift1(next, next))
			return KA_ERR_NOMEM;
		if (BN_cmp(next, r) >= 0)
			return KA_ERR_OK;
		if (BN_copy(r, next) == NULL)
			return KA_ERR_NOMEM;
	}
}
