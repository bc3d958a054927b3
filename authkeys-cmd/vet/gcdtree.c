/* Up and down the tree. A level is a row of numbers; an odd one at its end goes up as it is. */
#include "authkeys-cmd/vet/gcdtree.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "authkeys-cmd/vet/gcdword.h"
#include "base/cleanup.h"
#include "base/limits.h"

#include "base/poison.h"

#define GUARD_BITS 64   /* of a fraction, behind what its remainder needs: each level may lose two of them */
#define CHECKED_BITS 15 /* that must be 0 behind the point of a remainder */
#define LEVELS 33

/* numbers of its own */
struct row {
	BIGNUM **at;
	size_t count;
};

struct tree {
	struct ka_gcdmul mul;
	BIGNUM *const *leaves;
	struct row products[LEVELS]; /* [0] is empty: those are the leaves */
	struct row sums;             /* P' of the highest level that is done */
	struct row fractions;        /* of the level that is done on the way down */
	unsigned levels;             /* above the leaves */
	unsigned step;
	ka_gcdtree_told *told;
	void *told_ctx;
};

static void free_row(struct row *r)
{
	for (size_t i = 0; i < r->count; i++)
		BN_free(r->at[i]);
	free(r->at);
	*r = (struct row){ NULL, 0 };
}

static enum ka_err make_row(struct row *r, size_t count)
{
	*r = (struct row){ calloc(count, sizeof(BIGNUM *)), 0 };
	if (r->at == NULL)
		return KA_ERR_NOMEM;
	for (; r->count < count; r->count++) {
		r->at[r->count] = BN_new();
		if (r->at[r->count] == NULL)
			return KA_ERR_NOMEM;
	}
	return KA_ERR_OK;
}

static void free_tree(struct tree *t)
{
	for (size_t i = 0; i < LEVELS; i++)
		free_row(&t->products[i]);
	free_row(&t->sums);
	free_row(&t->fractions);
	ka_gcdntt_free(&t->mul.ntt);
}

static const BIGNUM *product(const struct tree *t, unsigned level, size_t i)
{
	return level == 0 ? t->leaves[i] : t->products[level].at[i];
}

static size_t width(const struct tree *t, unsigned level, size_t leaves)
{
	return level == 0 ? leaves : t->products[level].count;
}

static void tell(struct tree *t)
{
	if (t->told != NULL)
		t->told(t->told_ctx, ++t->step, 2 * t->levels + 1);
}

/* P and P' of a pair */
static enum ka_err join(struct tree *t, const BIGNUM *a, const BIGNUM *b, const struct row *below, size_t i, BIGNUM *p, BIGNUM *sum)
{
	KA_BNFRAME(t->mul.ctx);
	BIGNUM *other = BN_CTX_get(t->mul.ctx);
	enum ka_err err = other != NULL ? ka_gcdmul(&t->mul, p, a, b) : KA_ERR_NOMEM;

	if (err == KA_ERR_OK)
		err = ka_gcdmul(&t->mul, sum, below->at[i], b);
	if (err == KA_ERR_OK)
		err = ka_gcdmul(&t->mul, other, below->at[i + 1], a);
	if (err == KA_ERR_OK && !BN_add(sum, sum, other))
		err = KA_ERR_NOMEM;
	return err;
}

/* one level of products and of sums from the one below */
static enum ka_err go_up(struct tree *t, unsigned level, size_t count)
{
	struct row below = t->sums, *up = &t->products[level];
	enum ka_err err = make_row(up, (count + 1) / 2);

	t->sums = (struct row){ NULL, 0 };
	if (err == KA_ERR_OK)
		err = make_row(&t->sums, (count + 1) / 2);
	for (size_t i = 0; err == KA_ERR_OK && i < count; i += 2) {
		const BIGNUM *a = product(t, level - 1, i);

		if (i + 1 < count)
			err = join(t, a, product(t, level - 1, i + 1), &below, i, up->at[i / 2], t->sums.at[i / 2]);
		else if (BN_copy(up->at[i / 2], a) == NULL || BN_copy(t->sums.at[i / 2], below.at[i]) == NULL)
			err = KA_ERR_NOMEM;
	}
	free_row(&below);
	tell(t);
	return err;
}

static enum ka_err build(struct tree *t, size_t count)
{
	enum ka_err err = make_row(&t->sums, count);

	for (size_t i = 0; err == KA_ERR_OK && i < count; i++)
		if (!BN_one(t->sums.at[i]))
			err = KA_ERR_NOMEM;
	for (unsigned level = 1; err == KA_ERR_OK && level <= t->levels; level++) {
		err = go_up(t, level, count);
		count = (count + 1) / 2;
	}
	return err;
}

/* the fraction of a number has as many bits as the number and some more */
static int fraction_bits(const BIGNUM *n)
{
	return BN_num_bits(n) + GUARD_BITS;
}

/* P'/P */
static enum ka_err begin_fractions(struct tree *t)
{
	KA_BNFRAME(t->mul.ctx);
	const BIGNUM *p = product(t, t->levels, 0);
	BIGNUM *reciprocal = BN_CTX_get(t->mul.ctx), *f;
	enum ka_err err = reciprocal != NULL ? make_row(&t->fractions, 1) : KA_ERR_NOMEM;

	if (err == KA_ERR_OK)
		err = ka_gcdmul_reciprocal(&t->mul, reciprocal, p, fraction_bits(p));
	if (err != KA_ERR_OK)
		return err;
	f = t->fractions.at[0];
	err = ka_gcdmul(&t->mul, f, t->sums.at[0], reciprocal);
	free_row(&t->sums);
	if (err == KA_ERR_OK && !BN_rshift(f, f, BN_num_bits(p)))
		err = KA_ERR_NOMEM;
	tell(t);
	return err;
}

/* a child's fraction from that of its parent, which has @bits bits behind the point */
static enum ka_err descend(struct tree *t, BIGNUM *out, const BIGNUM *parent, int bits, const BIGNUM *sibling, int out_bits)
{
	enum ka_err err = ka_gcdmul(&t->mul, out, parent, sibling);

	if (err != KA_ERR_OK)
		return err;
	if (BN_num_bits(out) > bits && !BN_mask_bits(out, bits))
		return KA_ERR_NOMEM;
	if (bits < out_bits)
		return BN_lshift(out, out, out_bits - bits) ? KA_ERR_OK : KA_ERR_NOMEM;
	return BN_rshift(out, out, bits - out_bits) ? KA_ERR_OK : KA_ERR_NOMEM;
}

static enum ka_err go_down(struct tree *t, unsigned level, size_t count)
{
	struct row above = t->fractions;
	enum ka_err err = make_row(&t->fractions, count);

	for (size_t i = 0; err == KA_ERR_OK && i < count; i++) {
		const BIGNUM *parent = above.at[i / 2];
		int bits = fraction_bits(product(t, level + 1, i / 2)), own = fraction_bits(product(t, level, i));

		if ((i ^ 1) < count)
			err = descend(t, t->fractions.at[i], parent, bits, product(t, level, i ^ 1), own);
		else if (BN_copy(t->fractions.at[i], parent) == NULL)
			err = KA_ERR_NOMEM;
	}
	free_row(&above);
	free_row(&t->products[level + 1]);
	tell(t);
	return err;
}

/* the remainder from its fraction, and what it has in common with n */
static enum ka_err finish(const struct tree *t, const BIGNUM *fraction, const BIGNUM *n, BIGNUM *common)
{
	KA_BNFRAME(t->mul.ctx);
	BIGNUM *v = BN_CTX_get(t->mul.ctx), *rest = BN_CTX_get(t->mul.ctx), *half = BN_CTX_get(t->mul.ctx);
	int bits = fraction_bits(n);

	if (half == NULL || !BN_mul(v, fraction, n, t->mul.ctx))
		return KA_ERR_NOMEM;
	BN_zero(half);
	if (!BN_set_bit(half, bits - CHECKED_BITS - 1) || !BN_add(v, v, half) || BN_copy(rest, v) == NULL || !BN_rshift(v, v, bits))
		return KA_ERR_NOMEM;
	if (BN_num_bits(rest) > bits && !BN_mask_bits(rest, bits))
		return KA_ERR_NOMEM;
	if (BN_num_bits(rest) > bits - CHECKED_BITS)
		return KA_ERR_CRYPTO;
	if (BN_cmp(v, n) == 0) /* -0 rounds up */
		BN_zero(v);
	return ka_gcdword(common, v, n);
}

static enum ka_err run(struct tree *t, size_t count, BIGNUM **common)
{
	enum ka_err err = build(t, count);

	if (err == KA_ERR_OK)
		err = begin_fractions(t);
	for (unsigned level = t->levels; err == KA_ERR_OK && level-- > 0;)
		err = go_down(t, level, width(t, level, count));
	for (size_t i = 0; err == KA_ERR_OK && i < count; i++)
		err = finish(t, t->fractions.at[i], t->leaves[i], common[i]);
	return err;
}

enum ka_err ka_gcdtree_run(BIGNUM *const *n, size_t count, BIGNUM **common, BN_CTX *ctx, ka_gcdtree_told *told, void *told_ctx)
{
	KA_AUTOFREE struct tree *t = calloc(1, sizeof(*t));
	size_t bits = 0;
	enum ka_err err;

	if (t == NULL)
		return KA_ERR_NOMEM;
	t->mul.ctx = ctx;
	t->leaves = n;
	t->told = told;
	t->told_ctx = told_ctx;
	for (size_t i = 0; i < count; i++)
		bits += (size_t)BN_num_bits(n[i]);
	if (bits > KA_GCD_BITS_MAX)
		return KA_ERR_LIMIT;
	if (count < 2) {
		for (size_t i = 0; i < count; i++)
			if (!BN_one(common[i]))
				return KA_ERR_NOMEM;
		return KA_ERR_OK;
	}
	while ((size_t)1 << t->levels < count)
		t->levels++;
	err = run(t, count, common);
	free_tree(t);
	return err;
}
