/* Finding and visiting. It must never show an event that was appended after it was looked for: the table has no room for it. */
#include "keyaudit/log/logpick.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"

#include "base/poison.h"

struct ka_logpick_part {
	struct ka_loghits_file hits;
	int64_t begin, end; /* what was read of the file */
	uint64_t skip;      /* the first so many that were found there are not wanted */
};

/* All that is asked for from @begin on. */
static void find_from(struct ka_logpick *p, size_t i, int64_t begin, uint64_t wanted, ka_logpick_take *each, void *ctx)
{
	struct ka_logpick_part *part = &p->part[i];
	struct ka_logread *r = p->t->r;
	struct ka_span raw;
	json_t *event;

	ka_logread_rewind(r);
	ka_logread_seek(r, begin);
	if (begin > 0)
		(void)ka_logread_line(r, &raw); /* the end of one */
	*part = (struct ka_logpick_part){ .begin = ka_logread_offset(r) };
	ka_loghits_begin(p->hits, &part->hits, wanted);
	while (!p->is_cut && ka_logread_next(r, INT64_MAX, &raw, &event)) {
		if (ka_logquery_matches(p->t->query, event)) {
			ka_loghits_add(p->hits, &part->hits, r->given);
			if (each != NULL && wanted == UINT64_MAX)
				each(ctx, raw, event);
			p->is_cut = p->found + part->hits.count >= p->enough;
		}
		json_decref(event);
	}
	part->end = ka_logread_offset(r);
	part->skip = part->hits.count > wanted ? part->hits.count - wanted : 0;
	if (begin > 0)
		r->broken_at = 0; /* nobody has counted the lines before */
}

/* One file: its end first, if that may be enough. */
static void find_in(struct ka_logpick *p, size_t i, uint64_t wanted, ka_logpick_take *each, void *ctx)
{
	const struct ka_trailfile *f = &p->t->files.file[i];
	int64_t piece = KA_LOGPICK_PIECE, begin;

	do {
		begin = wanted != UINT64_MAX && !f->bytes.is_packed && f->size > piece ? f->size - piece : 0;
		find_from(p, i, begin, wanted, each, ctx);
		piece *= KA_LOGPICK_GROWTH;
	} while (begin > 0 && p->part[i].hits.count < wanted && !p->is_cut);
	ka_loghits_end(p->hits, &p->part[i].hits);
	p->found += p->part[i].hits.count;
	ka_trailread_leave(p->t, i);
}

enum ka_err ka_logpick_find(struct ka_logpick *p, struct ka_trailread *t, uint64_t wanted, uint64_t enough, ka_logpick_take *each,
			    void *ctx)
{
	*p = (struct ka_logpick){ .t = t, .wanted = wanted, .enough = enough };
	p->hits = calloc(1, sizeof(*p->hits));
	p->part = calloc(t->files.count + 1, sizeof(*p->part));
	if (p->hits == NULL || p->part == NULL)
		return KA_ERR_NOMEM;
	for (size_t i = t->files.count; !p->is_cut && i-- > 0;) {
		uint64_t left = wanted == UINT64_MAX ? wanted : wanted > p->found ? wanted - p->found : 0;

		if (left == 0 && i + 1 < t->files.count)
			break;
		if (ka_trailread_turn(t, i)) /* what is passed over has no event, and begins and ends with 0 */
			find_in(p, i, left, each, ctx);
	}
	return KA_ERR_OK;
}

/* From the first line on that was read: what is asked for, without what is not wanted. */
static void walk(const struct ka_logpick *p, const struct ka_logpick_part *part, ka_logpick_take *take, void *ctx)
{
	struct ka_span raw;
	uint64_t matches = 0;
	json_t *event;

	ka_logread_seek(p->t->r, part->begin);
	while (ferror(stdout) == 0 && ka_logread_next(p->t->r, part->end, &raw, &event)) {
		if (ka_logquery_matches(p->t->query, event) && ++matches > part->skip)
			take(ctx, raw, event);
		json_decref(event);
	}
}

/* The same by the places that are remembered, or, when they are more than that, by reading all of it again. */
static void visit_part(const struct ka_logpick *p, const struct ka_logpick_part *part, ka_logpick_take *take, void *ctx)
{
	int64_t at;

	if (!ka_loghits_get(p->hits, &part->hits, part->skip, &at)) {
		walk(p, part, take, ctx);
		return;
	}
	for (uint64_t i = part->skip; ferror(stdout) == 0 && ka_loghits_get(p->hits, &part->hits, i, &at); i++) {
		struct ka_span raw;
		json_t *event;

		ka_logread_seek(p->t->r, at);
		if (ka_logread_next(p->t->r, part->end, &raw, &event))
			take(ctx, raw, event);
		json_decref(event);
	}
}

void ka_logpick_visit(const struct ka_logpick *p, ka_logpick_take *take, void *ctx)
{
	for (size_t i = 0; i < p->t->files.count; i++) {
		if (p->part[i].hits.count <= p->part[i].skip)
			continue;
		ka_logread_turn(p->t->r, &p->t->files.file[i].bytes);
		visit_part(p, &p->part[i], take, ctx);
	}
}

int64_t ka_logpick_end(const struct ka_logpick *p)
{
	return p->t->files.count > 0 ? p->part[p->t->files.count - 1].end : 0;
}

void ka_logpick_free(struct ka_logpick *p)
{
	free(p->hits);
	free(p->part);
	p->hits = NULL;
	p->part = NULL;
}
