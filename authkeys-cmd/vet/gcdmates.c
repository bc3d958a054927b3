/* Equal factors side by side; the rest by trying. */
#include "authkeys-cmd/vet/gcdmates.h"

#include <stdbool.h>
#include <stdlib.h>

#include "authkeys-cmd/vet/gcdword.h"
#include "base/limits.h"

#include "base/poison.h"

static int by_common(const void *a, const void *b)
{
	const struct ka_gcdmates *x = a, *y = b;
	int order = BN_cmp(x->common, y->common);

	return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

/* one factor in common with others, or all of n */
static bool is_one_factor(const struct ka_gcdmates *h)
{
	return BN_cmp(h->common, h->n) != 0;
}

/* neighbours with the same factor: each gets the first of them, and the first one the second */
static void pair_up(struct ka_gcdmates *hits, size_t count)
{
	for (size_t i = 0, first = 0; i < count; i++) {
		if (BN_cmp(hits[i].common, hits[first].common) != 0 || !is_one_factor(&hits[i]))
			first = i;
		if (i == first)
			continue;
		hits[i].mate = hits[first].line;
		if (hits[first].mate == 0)
			hits[first].mate = hits[i].line;
	}
}

static enum ka_err look_for(struct ka_gcdmates *hits, size_t count, size_t i, size_t *steps)
{
	BIGNUM *g = BN_new();
	enum ka_err err = g != NULL ? KA_ERR_OK : KA_ERR_NOMEM;

	for (size_t k = 0; err == KA_ERR_OK && k < count && hits[i].mate == 0 && *steps < KA_GCD_MATES_STEPS_MAX; k++) {
		if (k == i)
			continue;
		++*steps;
		err = ka_gcdword(g, hits[k].common, hits[i].n);
		if (err == KA_ERR_OK && !BN_is_one(g))
			hits[i].mate = hits[k].line;
	}
	BN_free(g);
	return err;
}

enum ka_err ka_gcdmates_find(struct ka_gcdmates *hits, size_t count)
{
	enum ka_err err = KA_ERR_OK;
	size_t steps = 0;

	if (count == 0)
		return KA_ERR_OK;
	for (size_t i = 0; i < count; i++)
		hits[i].mate = 0;
	qsort(hits, count, sizeof(*hits), by_common);
	pair_up(hits, count);
	for (size_t i = 0; err == KA_ERR_OK && i < count; i++)
		err = look_for(hits, count, i, &steps);
	return err;
}
