/* Rings over fixed storage: memory does not grow with the trail. */
#include "keyaudit/log/loghits.h"

#include "base/poison.h"

void ka_loghits_begin(struct ka_loghits *h, struct ka_loghits_file *f, uint64_t wanted)
{
	size_t left = KA_LOGHITS_MAX - h->used;

	*f = (struct ka_loghits_file){ .first = h->used, .room = wanted < left ? (size_t)wanted : left };
}

void ka_loghits_add(struct ka_loghits *h, struct ka_loghits_file *f, int64_t at)
{
	if (f->room > 0)
		h->at[f->first + f->count % f->room] = at;
	f->count++;
}

void ka_loghits_end(struct ka_loghits *h, const struct ka_loghits_file *f)
{
	h->used += f->count < f->room ? (size_t)f->count : f->room;
}

bool ka_loghits_get(const struct ka_loghits *h, const struct ka_loghits_file *f, uint64_t i, int64_t *at)
{
	if (i >= f->count || f->count - i > f->room)
		return false;
	*at = h->at[f->first + i % f->room];
	return true;
}
