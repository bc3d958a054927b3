/* One power and one gcd, both by libcrypto. */
#include "authkeys-cmd/vet/rsaprime.h"

#include "base/poison.h"

enum ka_rsaprime ka_rsaprime_look(const BIGNUM *n, BN_CTX *ctx)
{
	KA_BNFRAME(ctx);
	BIGNUM *two = BN_CTX_get(ctx), *power = BN_CTX_get(ctx), *common = BN_CTX_get(ctx);

	if (common == NULL || !BN_set_word(two, 2) || !BN_mod_exp(power, two, n, n, ctx) || !BN_mod_sub(power, power, two, n, ctx))
		return KA_RSAPRIME_FAULT;
	if (BN_is_zero(power))
		return KA_RSAPRIME_PRIME;
	if (!BN_gcd(common, power, n, ctx))
		return KA_RSAPRIME_FAULT;
	return BN_is_one(common) ? KA_RSAPRIME_NO : KA_RSAPRIME_POWER;
}
