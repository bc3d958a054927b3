/* The rule of a key that is nowhere. What it can be depends on how much there was to look into. */
#include "diag/ruleabsent.h"

#include <errno.h>

#include "diag/rulesource.h"

#include "base/poison.h"

/* nobody asks for a key, and a certificate needs none here */
static bool trusts_authorities(const struct ka_facts *facts)
{
	return facts->offers_count == 0 && facts->trusted.keys > 0 && facts->trusted.errnum == 0;
}

void ka_ruleabsent_run(const struct ka_facts *facts, struct ka_primary *out)
{
	const struct ka_userfile *first = NULL, *unusable = NULL;
	bool sources = facts->asks_us && (facts->sources.keys > 0 || facts->sources.unasked > 0), exists = false;
	uint32_t usable = 0;
	struct ka_primary_item *item;
	enum ka_reason why = KA_REASON_KEY_NOT_LISTED;
	enum ka_step step = KA_STEP_COMMAND;

	for (size_t i = 0; i < facts->files.count && facts->has_files; i++) {
		const struct ka_userfile *f = &facts->files.files[i];

		if (f->entry == UINT32_MAX)
			continue;
		first = first == NULL ? f : first;
		exists = exists || (f->errnum != ENOENT && f->errnum != ENOTDIR);
		usable += f->scan.usable;
		unusable = unusable == NULL && f->is_read != 0 ? f : unusable;
	}
	if (!sources && first != NULL && !exists)
		why = KA_REASON_FILE_MISSING;
	else if (!sources && unusable != NULL && usable == 0)
		why = KA_REASON_FILE_NO_USABLE_LINE;
	else if (!sources && first == NULL && facts->has_files && facts->sources.is_asked && facts->asks_us)
		why = KA_REASON_STORE_NO_KEYS;
	if (facts->unjudged.is[KA_UNJUDGED_PATTERN]) { /* it may stand in a file that was not looked at; sshd has looked */
		why = KA_REASON_KEY_NOT_LISTED;
		if (!ka_rulesource_has_records(facts))
			return;
	}
	if (why == KA_REASON_FILE_MISSING || why == KA_REASON_FILE_NO_USABLE_LINE)
		step = KA_STEP_FILES;
	if (why == KA_REASON_KEY_NOT_LISTED && facts->offers_count == 0)
		return; /* no key was asked for */
	item = ka_primary_add(out, why, KA_PRIMARY_ALL, step, trusts_authorities(facts) ? KA_CLASS_SECONDARY : KA_CLASS_ABSENT);
	if (item != NULL && why != KA_REASON_STORE_NO_KEYS)
		item->file = why == KA_REASON_FILE_MISSING ? first : unusable;
}
