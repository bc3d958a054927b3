/*
 * Which reason is the primary one. sshd decides step by step; what decides alone
 * wins, then a key that was found and lost beats a place that could not be looked
 * into, and that beats a key that is nowhere. Pure.
 */
#ifndef KA_DIAG_PRIMARY_H
#define KA_DIAG_PRIMARY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/limits.h"
#include "diag/keysource.h"
#include "diag/userfiles.h"
#include "reason/reason.h"

#define KA_PRIMARY_ALL (-1) /* an item that holds for every offered key */

struct ka_facts;
struct ka_evidence;
struct ka_fix;
struct ka_primary_item;
struct ka_said;

/*
 * Evidence and fix of an item, by the rule that made it. Pure; both are zeroed before. A fix that is left empty is made from
 * the template of the reason with the evidence's path and line.
 */
typedef void ka_primary_explain(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix);

/* one candidate: a reason at a place on sshd's way */
struct ka_primary_item {
	enum ka_reason reason;
	int offer;                            /* index, or KA_PRIMARY_ALL */
	enum ka_step step;
	enum ka_class class;
	unsigned place;                       /* inside the step: which file, which source */
	const struct ka_userfile *file;       /* evidence; NULL when there is none. All borrowed from the facts */
	const struct ka_keyscan_hit *hit;
	const struct ka_keysource_key *key;
	const struct ka_said *said;
	ka_primary_explain *explain;          /* NULL: evidence.h and mend.h know it */
	unsigned index;                       /* whatever @explain needs to find its fact again */
};

struct ka_primary {
	size_t count;
	bool overflow;
	bool settled[KA_DIAG_OFFERS_MAX]; /* this key is let in by what is known: no file or source refused it */
	struct ka_primary_item items[KA_DIAG_ITEMS_MAX];
};

/** ka_primary_add() - one candidate; KA_REASON_NONE is ignored. NULL when it was not added */
struct ka_primary_item *ka_primary_add(struct ka_primary *p, enum ka_reason reason, int offer, enum ka_step step, enum ka_class class);

/** ka_primary_of() - the item that decided about one offered key (KA_PRIMARY_ALL: without any key), or NULL */
const struct ka_primary_item *ka_primary_of(const struct ka_primary *p, int offer);

/**
 * ka_primary_choose() - the primary reason of the whole connection
 * @offers: how many keys were offered
 * @offer:  set to the key it is about
 *
 * Answers: NULL when nothing is known to have refused: no item, or a key is settled and no step decided alone.
 * Of several keys: best class, then latest step, then last offered.
 */
const struct ka_primary_item *ka_primary_choose(const struct ka_primary *p, size_t offers, int *offer);

/** ka_primary_sort() - bring the items into sshd's order: step, place, class, offer. Pointers into items are then stale */
void ka_primary_sort(struct ka_primary *p);

#endif
