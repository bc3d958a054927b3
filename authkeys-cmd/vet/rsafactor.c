/* The primes by division, multiplied in their order as long as 64 bits hold them. */
#include "authkeys-cmd/vet/rsafactor.h"

#include <stdbool.h>
#include <stddef.h>

#include "base/poison.h"

static bool is_prime(uint32_t v, const uint32_t *prime, size_t count)
{
	for (size_t i = 0; i < count && prime[i] * prime[i] <= v; i++)
		if (v % prime[i] == 0)
			return false;
	return true;
}

static size_t list(uint32_t prime[static KA_RSAFACTOR_PRIMES])
{
	size_t count = 0;

	for (uint32_t v = 3; v <= KA_RSAFACTOR_MAX && count < KA_RSAFACTOR_PRIMES; v += 2)
		if (is_prime(v, prime, count))
			prime[count++] = v;
	return count;
}

enum ka_err ka_rsafactor_init(struct ka_rsafactor *f)
{
	size_t count = list(f->prime);
	uint64_t product = 1;

	f->products = 0;
	KA_BUG_IF(count != KA_RSAFACTOR_PRIMES || f->prime[count - 1] != KA_RSAFACTOR_MAX);
	for (size_t i = 0; i <= count; i++) {
		if (i < count && product <= UINT64_MAX / f->prime[i]) {
			product *= f->prime[i];
			continue;
		}
		KA_BUG_IF(f->products == KA_RSAFACTOR_PRODUCTS_MAX);
		f->product[f->products] = product;
		f->end[f->products++] = (uint16_t)i;
		product = i < count ? f->prime[i] : 1;
	}
	return KA_ERR_OK;
}

enum ka_vetfound ka_rsafactor_look(const struct ka_rsafactor *f, const BIGNUM *n, uint32_t *factor)
{
	size_t begin = 0;

	for (size_t i = 0; i < f->products; begin = f->end[i++]) {
		BN_ULONG rest = BN_mod_word(n, f->product[i]);

		if (rest >= f->product[i]) /* (BN_ULONG)-1 is its error */
			return KA_VETFOUND_FAULT;
		for (size_t p = begin; p < f->end[i]; p++)
			if (rest % f->prime[p] == 0) {
				*factor = f->prime[p];
				return KA_VETFOUND_YES;
			}
	}
	return KA_VETFOUND_NO;
}
