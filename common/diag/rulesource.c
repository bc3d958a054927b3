/* The rules of what sshd's command serves: our sources as they are now, and our records of what they said then. */
#include "diag/rulesource.h"

#include "base/username.h"

#include "base/poison.h"

bool ka_rulesource_has_records(const struct ka_facts *facts)
{
	for (size_t i = 0; i < facts->offers_count; i++)
		if (facts->subject->offers[i].said != KA_OFFER_UNKNOWN)
			return true;
	return false;
}

static void add_key(struct ka_primary *out, enum ka_reason reason, size_t i, enum ka_class class, const struct ka_keysource_key *key)
{
	struct ka_primary_item *item = ka_primary_add(out, reason, (int)i, KA_STEP_COMMAND, class);

	if (item != NULL) {
		item->key = key;
		item->hit = key != NULL && (key->is_listed || key->is_damaged) ? &key->hit : NULL;
	}
}

/* the line that we serve has options that sshd judges after us: from=, principals= */
static bool rule_source_options(size_t i, const struct ka_keysource_key *key, struct ka_primary *out)
{
	if (!key->is_listed || key->vet.verdict == KA_VERDICT_REJECT)
		return false;
	if (key->hit.what == KA_KEYSCAN_FROM_UNJUDGED)
		add_key(out, KA_REASON_OPTION_FROM_MISMATCH, i, KA_CLASS_SECONDARY, key);
	add_key(out, (enum ka_reason)key->hit.reason, i, KA_CLASS_LOST, key);
	return key->hit.reason != KA_REASON_NONE;
}

/* what stands in our sources now; with a record only what the command could not find there: other spellings and remains */
static void rule_source_line(const struct ka_facts *facts, size_t i, struct ka_primary *out, bool *served)
{
	const struct ka_keysource_key *key = &facts->sources.key[i];
	bool has_record = facts->subject->offers[i].said != KA_OFFER_UNKNOWN, lost;

	if (!facts->asks_us || facts->command.load.reason != KA_REASON_NONE)
		return;
	if (key->is_damaged && (key->hit.fit <= KA_KEYSCAN_REMAINS || !key->is_elsewhere))
		add_key(out, (enum ka_reason)key->hit.reason, i, KA_CLASS_LOST, key);
	if (!key->is_listed || (has_record && key->vet.verdict != KA_VERDICT_REJECT))
		return;
	lost = key->vet.verdict == KA_VERDICT_REJECT || (facts->offers[i].is_cert && !key->by_authority); /* a line never matches a certificate */
	for (size_t r = 0; r < key->vet.count && r < KA_VERDICT_REASONS_MAX; r++)
		add_key(out, key->vet.reasons[r], i, lost && r == 0 ? KA_CLASS_LOST : KA_CLASS_SECONDARY, key);
	if (!lost)
		*served = !rule_source_options(i, key, out);
}

/* conf.* and store.* are about the configuration or a whole source, wherever the key stands */
static bool is_about_line(enum ka_reason reason)
{
	return ka_reason_class(reason) != KA_CLASS_BLOCKED;
}

void ka_rulesource_key(const struct ka_facts *facts, size_t i, struct ka_primary *out, bool *served)
{
	const struct ka_offer *offer = &facts->subject->offers[i];
	const struct ka_keysource_key *key = &facts->sources.key[i];
	bool is_served = offer->said == KA_OFFER_SERVED, is_refused = offer->said == KA_OFFER_REFUSED;

	if (is_served && facts->offers[i].is_cert && !facts->sources.serves_certificates) {
		is_served = false; /* the policy serves none, and sshd could not match the line */
		is_refused = true;
	}
	if (is_served && offer->runs < 2 && rule_source_options(i, key, out))
		return;
	if (is_served) {
		out->settled[i] = true; /* by us; without a second run it ends as sig.missing */
		if (offer->runs < 2)
			ka_primary_add(out, KA_REASON_SIG_MISSING, (int)i, KA_STEP_SIGNATURE, KA_CLASS_ALONE);
		return;
	}
	/* the command looks at one line, the content pass at the file: it knows better what a damaged line was */
	if (!is_refused || key->is_damaged)
		rule_source_line(facts, i, out, served);
	for (size_t r = 0; r < offer->reasons_count && r < KA_VERDICT_REASONS_MAX; r++) {
		enum ka_class class = ka_reason_class(offer->reasons[r]);

		if (class == KA_CLASS_ABSENT || class == KA_CLASS_ALONE)
			continue; /* store.no-keys: said by rule_absent() with more knowledge */
		if (class == KA_CLASS_LOST && !is_refused)
			class = KA_CLASS_SECONDARY;
		if (!key->is_damaged || offer->reasons[r] != (enum ka_reason)key->hit.reason)
			add_key(out, offer->reasons[r], i, r == 0 ? class : KA_CLASS_SECONDARY,
				is_about_line(offer->reasons[r]) && (key->is_listed || key->is_damaged) ? key : NULL);
	}
	if (key->is_elsewhere)
		add_key(out, KA_REASON_KEY_OTHER_USER, i, KA_CLASS_LOST, key);
}

void ka_rulesource_run(const struct ka_facts *facts, struct ka_primary *out)
{
	enum ka_class class = ka_rulesource_has_records(facts) ? KA_CLASS_SECONDARY : KA_CLASS_BLOCKED;

	if (!facts->asks_us)
		return;
	ka_primary_add(out, facts->command.load.reason, KA_PRIMARY_ALL, KA_STEP_COMMAND, class);
	if (facts->subject->user[0] != '\0' && !ka_username_is_valid(ka_span_of(facts->subject->user)))
		ka_primary_add(out, KA_REASON_POLICY_USER_NAME, KA_PRIMARY_ALL, KA_STEP_COMMAND, class);
	ka_primary_add(out, facts->sources.trouble, KA_PRIMARY_ALL, KA_STEP_COMMAND,
		       facts->sources.is_harmless ? KA_CLASS_SECONDARY : class);
}
