/* A ring over fixed storage: memory does not grow with the trail. */
#include "keyaudit/log/loghits.h"

#include "base/poison.h"

void ka_loghits_add(struct ka_loghits *h, int64_t at)
{
	h->at[h->count++ % KA_LOGHITS_MAX] = at;
}

bool ka_loghits_get(const struct ka_loghits *h, uint64_t i, int64_t *at)
{
	if (i >= h->count || h->count - i > KA_LOGHITS_MAX)
		return false;
	*at = h->at[i % KA_LOGHITS_MAX];
	return true;
}
