/* The order of reasons. Pure; it knows nothing of files or keys beyond their place in line. */
#include "diag/primary.h"

#include <stdlib.h>

#include "base/poison.h"

/* lower is better; KA_CLASS_SECONDARY never wins */
static int rank(enum ka_class class)
{
	switch (class) {
	case KA_CLASS_ALONE:
		return 0;
	case KA_CLASS_LOST:
		return 1;
	case KA_CLASS_BLOCKED:
		return 2;
	case KA_CLASS_ABSENT:
		return 3;
	case KA_CLASS_SECONDARY:
	default:
		return 4;
	}
}

struct ka_primary_item *ka_primary_add(struct ka_primary *p, enum ka_reason reason, int offer, enum ka_step step, enum ka_class class)
{
	struct ka_primary_item *item;

	if (reason == KA_REASON_NONE)
		return NULL;
	if (p->count == KA_DIAG_ITEMS_MAX) {
		p->overflow = true;
		return NULL;
	}
	item = &p->items[p->count++];
	*item = (struct ka_primary_item){ .reason = reason, .offer = offer, .step = step, .class = class };
	return item;
}

/* is @a before @b on sshd's way? */
static bool is_before(const struct ka_primary_item *a, const struct ka_primary_item *b)
{
	if (a->step != b->step)
		return a->step < b->step;
	return a->place < b->place;
}

const struct ka_primary_item *ka_primary_of(const struct ka_primary *p, int offer)
{
	const struct ka_primary_item *best = NULL;

	for (size_t i = 0; i < p->count; i++) {
		const struct ka_primary_item *item = &p->items[i];

		if ((item->offer != offer && item->offer != KA_PRIMARY_ALL) || item->class == KA_CLASS_SECONDARY)
			continue;
		if (best == NULL || rank(item->class) < rank(best->class) ||
		    (item->class == best->class && is_before(item, best)))
			best = item;
	}
	if (offer >= 0 && p->settled[offer] && (best == NULL || best->class != KA_CLASS_ALONE))
		return NULL;
	return best;
}

/* a key that its kind keeps out leaves the others be; what the log says of it has happened, and nobody knows what came of them */
static bool is_of_one_key(const struct ka_primary_item *item)
{
	return item->offer >= 0 && item->step < KA_STEP_FILES && item->said == NULL;
}

const struct ka_primary_item *ka_primary_choose(const struct ka_primary *p, size_t offers, int *offer)
{
	const struct ka_primary_item *best = NULL;
	bool settled = false;

	*offer = KA_PRIMARY_ALL;
	if (offers == 0)
		return ka_primary_of(p, KA_PRIMARY_ALL);
	for (size_t i = 0; i < offers; i++) {
		const struct ka_primary_item *item = ka_primary_of(p, (int)i);

		settled = settled || p->settled[i];
		if (item == NULL || (best != NULL && (rank(item->class) > rank(best->class) ||
						      (item->class == best->class && item->step < best->step))))
			continue;
		best = item;
		*offer = (int)i;
	}
	if (best != NULL && settled && (best->class != KA_CLASS_ALONE || is_of_one_key(best)))
		best = NULL; /* one key came further than any file or source could stop it */
	if (best == NULL)
		*offer = KA_PRIMARY_ALL;
	return best;
}

static int compare(const void *x, const void *y)
{
	const struct ka_primary_item *a = x, *b = y;

	if (a->step != b->step)
		return a->step < b->step ? -1 : 1;
	if (a->place != b->place)
		return a->place < b->place ? -1 : 1;
	if (a->class != b->class)
		return rank(a->class) < rank(b->class) ? -1 : 1;
	if (a->offer != b->offer)
		return a->offer < b->offer ? -1 : 1;
	return a->reason < b->reason ? -1 : a->reason > b->reason;
}

void ka_primary_sort(struct ka_primary *p)
{
	qsort(p->items, p->count, sizeof(p->items[0]), compare);
}
