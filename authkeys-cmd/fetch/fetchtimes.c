/* Times of an entry. */
#include "authkeys-cmd/fetch/fetchtimes.h"

#include "base/limits.h"

#include "base/poison.h"

static int64_t clamp(int64_t v, int64_t low, int64_t high)
{
	return v < low ? low : v > high ? high : v;
}

void ka_fetchtimes_set(struct ka_entry *e, const struct ka_fetchhead *h, const struct ka_conf_source *s, int64_t now)
{
	int64_t fresh = s->max_age_sec, stale = s->max_stale_sec;

	if (h->max_age >= 0)
		fresh = clamp(h->max_age - h->age, KA_FETCH_FRESH_MIN_SEC, KA_FETCH_FRESH_MAX_SEC);
	if (!e->is_found)
		fresh = KA_FETCH_NEGATIVE_SEC;
	if (h->sie >= 0 && h->sie < stale)
		stale = h->sie;
	e->confirmed = now;
	e->fresh = now + fresh;
	e->swr = e->fresh + (h->swr >= 0 ? clamp(h->swr, 0, KA_FETCH_FRESH_MAX_SEC) : (int64_t)s->max_age_sec);
	e->stale = now + (stale > fresh ? stale : fresh);
}
