/* a = ceil(root(n)), and up: is a*a - n a square? It must never look less far than it was told. */
#include "authkeys-cmd/vet/rsafermat.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/poison.h"

/* coprime, so that one remainder by their product gives that by each */
#define MODULI_PRODUCT 19253807052480ULL

static const uint64_t moduli[] = { 64, 63, 65, 11, 17, 19, 23, 29, 31 };

static bool is_square_mod(uint64_t v, uint64_t m)
{
	for (uint64_t x = 0; 2 * x <= m; x++)
		if (x * x % m == v)
			return true;
	return false;
}

/* one number in about 3,000 that is none passes */
static bool may_be_square(const BIGNUM *n)
{
	BN_ULONG rest = BN_mod_word(n, MODULI_PRODUCT);

	for (size_t i = 0; i < KA_ARRAY_LEN(moduli); i++)
		if (!is_square_mod(rest % moduli[i], moduli[i]))
			return false;
	return true; /* an error of BN_mod_word, all ones, may end here too: the root decides */
}

static enum ka_vetfound is_square(const BIGNUM *n, BN_CTX *ctx)
{
	KA_BNFRAME(ctx);
	BIGNUM *root = BN_CTX_get(ctx), *square = BN_CTX_get(ctx);

	if (square == NULL || ka_bignum_root(root, n, ctx) != KA_ERR_OK || !BN_sqr(square, root, ctx))
		return KA_VETFOUND_FAULT;
	return BN_cmp(square, n) == 0 ? KA_VETFOUND_YES : KA_VETFOUND_NO;
}

enum ka_vetfound ka_rsafermat_look(const BIGNUM *n, unsigned rounds, BN_CTX *ctx)
{
	KA_BNFRAME(ctx);
	BIGNUM *a = BN_CTX_get(ctx), *rest = BN_CTX_get(ctx);

	if (rest == NULL || ka_bignum_root(a, n, ctx) != KA_ERR_OK || !BN_sqr(rest, a, ctx))
		return KA_VETFOUND_FAULT;
	if (BN_cmp(rest, n) == 0)
		return KA_VETFOUND_YES;
	/* a = ceil(root), rest = a*a - n */
	if (!BN_add_word(a, 1) || !BN_sqr(rest, a, ctx) || !BN_sub(rest, rest, n))
		return KA_VETFOUND_FAULT;
	for (unsigned i = 0; i < rounds; i++) {
		enum ka_vetfound found = may_be_square(rest) ? is_square(rest, ctx) : KA_VETFOUND_NO;

		if (found != KA_VETFOUND_NO)
			return found;
		/* (a+1)^2 - n = rest + 2a + 1 */
		if (!BN_add(rest, rest, a) || !BN_add_word(a, 1) || !BN_add(rest, rest, a))
			return KA_VETFOUND_FAULT;
	}
	return KA_VETFOUND_NO;
}
