/* One table of times. Pure. */
#include "store/fresh.h"

#include "base/limits.h"

#include "base/poison.h"

enum ka_fresh ka_fresh_of(const struct ka_entry *e, int64_t now, int64_t max_stale)
{
	if (now < e->fetched || now < e->confirmed)
		return e->is_found ? KA_FRESH_STALE : KA_FRESH_DEAD;
	if (now < e->fresh)
		return KA_FRESH_YES;
	if (!e->is_found)
		return KA_FRESH_DEAD;
	if (now >= e->stale || now - e->confirmed >= max_stale)
		return KA_FRESH_DEAD;
	return now < e->swr ? KA_FRESH_REFRESH : KA_FRESH_STALE;
}

const char *ka_fresh_text(enum ka_fresh f)
{
	static const char *const texts[] = {
		[KA_FRESH_YES] = "fresh", [KA_FRESH_REFRESH] = "swr", [KA_FRESH_STALE] = "stale", [KA_FRESH_DEAD] = "dead",
	};

	return texts[f];
}
