/* The gate behind the login. It must never be named for a key that does not get as far. */
#include "diag/rulegate.h"

#include "base/poison.h"

/* the line of a configured file that holds the key, whether sshd takes it from there now or not */
static const struct ka_userfile *file_of(const struct ka_facts *facts, size_t i, const struct ka_keyscan_hit **hit)
{
	for (size_t n = 0; n < facts->files.count && facts->has_files; n++) {
		const struct ka_userfile *f = &facts->files.files[n];

		*hit = f->entry != UINT32_MAX ? ka_keyscan_hit(&f->scan, i) : NULL;
		if (*hit != NULL && (*hit)->fit <= KA_KEYSCAN_WHOLE)
			return f;
	}
	*hit = NULL;
	return NULL;
}

static bool is_about_conf(enum ka_reason reason)
{
	return reason == KA_REASON_CONF_INVALID || reason == KA_REASON_CONF_UNSAFE;
}

void ka_rulegate_run(const struct ka_facts *facts, struct ka_primary *out, bool *would_login)
{
	bool is_first = true;

	for (size_t i = 0; i < facts->offers_count; i++) {
		enum ka_reason reason = facts->gate.reason[i];
		const struct ka_keyscan_hit *hit;
		const struct ka_userfile *file = file_of(facts, i, &hit);
		bool decides = out->settled[i] && is_first;
		struct ka_primary_item *item;

		is_first = is_first && !out->settled[i];
		if (reason == KA_REASON_NONE || (!out->settled[i] && file == NULL))
			continue;
		*would_login = *would_login && !decides;
		item = ka_primary_add(out, reason, (int)i, KA_STEP_SESSION, decides ? KA_CLASS_ALONE : KA_CLASS_SECONDARY);
		if (item == NULL || is_about_conf(reason))
			continue;
		item->file = file;
		item->hit = hit;
		item->key = file == NULL && facts->sources.key[i].is_listed ? &facts->sources.key[i] : NULL;
	}
}
