/* The equation of ECDSA. It must never compute with an r or s that is zero or not below the group's order. */
#include "authkeys-cmd/vet/ecverify.h"

#include <openssl/err.h>

#include "authkeys-cmd/vet/ecpoint.h"

#include "base/poison.h"

static void free_point(EC_POINT **p)
{
	EC_POINT_free(*p);
}
#define AUTO_POINT __attribute__((cleanup(free_point))) EC_POINT

struct numbers {
	const BIGNUM *order;
	BIGNUM *r, *s, *u1, *u2, *x;
};

static bool take_numbers(const EC_GROUP *group, struct numbers *k, BN_CTX *ctx)
{
	k->order = EC_GROUP_get0_order(group);
	k->r = BN_CTX_get(ctx);
	k->s = BN_CTX_get(ctx);
	k->u1 = BN_CTX_get(ctx);
	k->u2 = BN_CTX_get(ctx);
	k->x = BN_CTX_get(ctx);
	return k->order != NULL && k->x != NULL;
}

/* a positive mpint in its shortest form */
static bool is_formed(struct ka_span s, size_t most)
{
	if (s.len == 0 || s.len > most || s.p[0] >= 0x80)
		return false;
	return s.p[0] != 0 || (s.len > 1 && s.p[1] >= 0x80);
}

/* KA_VETFOUND_YES: both are numbers from 1 to order - 1 */
static enum ka_vetfound read_value(struct ka_span value, struct numbers *k)
{
	size_t most = (size_t)BN_num_bytes(k->order) + 1;
	struct ka_span r, s;
	struct ka_cursor c;

	ka_cursor_init(&c, value.p, value.len);
	if (!ka_cursor_string(&c, &r) || !ka_cursor_string(&c, &s) || ka_cursor_left(&c) != 0 || !is_formed(r, most) || !is_formed(s, most))
		return KA_VETFOUND_NO;
	if (BN_bin2bn(r.p, (int)r.len, k->r) == NULL || BN_bin2bn(s.p, (int)s.len, k->s) == NULL)
		return KA_VETFOUND_FAULT;
	if (BN_is_zero(k->r) || BN_is_zero(k->s) || BN_cmp(k->r, k->order) >= 0 || BN_cmp(k->s, k->order) >= 0)
		return KA_VETFOUND_NO;
	return KA_VETFOUND_YES;
}

/* u1 = z/s, u2 = r/s modulo the order; z: as many of the digest's first bits as the order has */
static bool divide(struct ka_span digest, struct numbers *k, BN_CTX *ctx)
{
	int over = (int)digest.len * 8 - BN_num_bits(k->order);

	return BN_bin2bn(digest.p, (int)digest.len, k->u1) != NULL && (over <= 0 || BN_rshift(k->u1, k->u1, over) == 1) &&
	       BN_mod_inverse(k->x, k->s, k->order, ctx) != NULL && BN_mod_mul(k->u1, k->u1, k->x, k->order, ctx) == 1 &&
	       BN_mod_mul(k->u2, k->r, k->x, k->order, ctx) == 1;
}

/* sum = u1*G + u2*Q, bit by bit for both at once; EC_POINT_mul() hides its numbers by random ones, and these are public */
static bool multiply(const EC_GROUP *group, EC_POINT *sum, const EC_POINT *q, const struct numbers *k, BN_CTX *ctx)
{
	const EC_POINT *g = EC_GROUP_get0_generator(group);
	AUTO_POINT *both = EC_POINT_new(group);

	if (g == NULL || both == NULL || EC_POINT_add(group, both, g, q, ctx) != 1 || EC_POINT_set_to_infinity(group, sum) != 1)
		return false;
	for (int i = BN_num_bits(k->order) - 1; i >= 0; i--) {
		bool has_g = BN_is_bit_set(k->u1, i) != 0, has_q = BN_is_bit_set(k->u2, i) != 0;
		const EC_POINT *what = has_g && has_q ? both : has_g ? g : q;

		if (EC_POINT_dbl(group, sum, sum, ctx) != 1 || ((has_g || has_q) && EC_POINT_add(group, sum, sum, what, ctx) != 1))
			return false;
	}
	return true;
}

/* is the x of that sum, modulo the order, the r of the signature? */
static enum ka_vetfound compare(const EC_GROUP *group, struct ka_span point, struct numbers *k, BN_CTX *ctx)
{
	AUTO_POINT *q = EC_POINT_new(group);
	AUTO_POINT *sum = EC_POINT_new(group);

	if (q == NULL || sum == NULL || EC_POINT_oct2point(group, q, point.p, point.len, ctx) != 1 || !multiply(group, sum, q, k, ctx))
		return KA_VETFOUND_FAULT;
	if (EC_POINT_is_at_infinity(group, sum) != 0)
		return KA_VETFOUND_NO;
	if (EC_POINT_get_affine_coordinates(group, sum, k->x, NULL, ctx) != 1 || BN_nnmod(k->x, k->x, k->order, ctx) != 1)
		return KA_VETFOUND_FAULT;
	return BN_cmp(k->x, k->r) == 0 ? KA_VETFOUND_YES : KA_VETFOUND_NO;
}

enum ka_vetfound ka_ecverify_look(const EC_GROUP *group, struct ka_span point, struct ka_span digest, struct ka_span value, BN_CTX *ctx)
{
	KA_BNFRAME(ctx);
	enum ka_vetfound bad = ka_ecpoint_look(group, point, ctx), found;
	struct numbers k;

	if (bad != KA_VETFOUND_NO)
		return bad == KA_VETFOUND_YES ? KA_VETFOUND_NO : KA_VETFOUND_FAULT;
	if (!take_numbers(group, &k, ctx))
		return KA_VETFOUND_FAULT;
	found = read_value(value, &k);
	if (found == KA_VETFOUND_YES)
		found = divide(digest, &k, ctx) ? compare(group, point, &k, ctx) : KA_VETFOUND_FAULT;
	ERR_clear_error();
	return found;
}
