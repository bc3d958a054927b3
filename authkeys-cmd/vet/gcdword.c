/* Words, the lowest first. Both numbers are odd in the loop, so their difference is even and loses at least one bit. */
#include "authkeys-cmd/vet/gcdword.h"

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/limits.h"

#include "base/poison.h"

#define WORDS (KA_RSA_BITS_HARD_MAX / 64)

/* the words above len are not looked at; the highest one below is not 0 */
struct words {
	uint64_t w[WORDS];
	size_t len;
};

static void trim(struct words *v)
{
	while (v->len > 0 && v->w[v->len - 1] == 0)
		v->len--;
}

static bool load(struct words *v, const BIGNUM *n)
{
	if (BN_is_negative(n) || BN_bn2lebinpad(n, (uint8_t *)v->w, sizeof(v->w)) < 0)
		return false;
	for (size_t i = 0; i < WORDS; i++)
		v->w[i] = le64toh(v->w[i]);
	v->len = WORDS;
	trim(v);
	return true;
}

/* v is used up */
static bool store(BIGNUM *n, struct words *v)
{
	for (size_t i = 0; i < v->len; i++)
		v->w[i] = htole64(v->w[i]);
	return BN_lebin2bn((const uint8_t *)v->w, (int)(8 * v->len), n) != NULL;
}

/* v is not 0 */
static void make_odd(struct words *v)
{
	size_t skipped = 0;
	unsigned bits;

	while (v->w[skipped] == 0)
		skipped++;
	bits = (unsigned)__builtin_ctzll(v->w[skipped]);
	for (size_t i = 0; i + skipped < v->len; i++) {
		uint64_t low = v->w[i + skipped], high = i + skipped + 1 < v->len ? v->w[i + skipped + 1] : 0;

		v->w[i] = bits == 0 ? low : low >> bits | high << (64 - bits);
	}
	v->len -= skipped;
	trim(v);
}

static int compare(const struct words *a, const struct words *b)
{
	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	for (size_t i = a->len; i-- > 0;)
		if (a->w[i] != b->w[i])
			return a->w[i] < b->w[i] ? -1 : 1;
	return 0;
}

/* a -= b, which is not larger */
static void subtract(struct words *a, const struct words *b)
{
	uint64_t borrow = 0;

	for (size_t i = 0; i < a->len; i++) {
		uint64_t take = i < b->len ? b->w[i] : 0, was = a->w[i];

		a->w[i] = was - take - borrow;
		borrow = was < take || (borrow && was == take);
	}
	trim(a);
}

enum ka_err ka_gcdword(BIGNUM *g, const BIGNUM *a, const BIGNUM *n)
{
	KA_AUTOFREE struct words *both = malloc(2 * sizeof(*both)); /* too large for a stack frame */
	struct words *u = both, *v = both + 1;

	KA_BUG_IF(!BN_is_odd(n));
	if (both == NULL)
		return KA_ERR_NOMEM;
	if (!load(u, a) || !load(v, n))
		return KA_ERR_BUG;
	while (u->len > 0) {
		make_odd(u);
		if (compare(u, v) < 0) {
			struct words *other = u;

			u = v;
			v = other;
		}
		subtract(u, v);
	}
	return store(g, v) ? KA_ERR_OK : KA_ERR_NOMEM;
}
