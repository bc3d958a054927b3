/* Key options against the policy's allow-list. It must never pass an option that the policy does not name. */
#include "vet/vetoption.h"

#include "base/poison.h"

static bool are_any_allowed(const struct ka_vetpolicy *p)
{
	for (size_t i = 0; i < KA_KEYOPT_COUNT; i++) {
		if (p->option_allowed[i] || p->no_option_allowed[i])
			return true;
	}
	return false;
}

static enum ka_reason refusal_of(const struct ka_keyopt_item *item)
{
	if (item->opt == KA_KEYOPT_CERT_AUTHORITY)
		return KA_REASON_OPTION_CERT_AUTHORITY;
	if (item->opt == KA_KEYOPT_TOUCH_REQUIRED && item->is_no)
		return KA_REASON_OPTION_NO_TOUCH_REQUIRED;
	return KA_REASON_OPTION_NOT_ALLOWED;
}

static bool judge_expiry(struct ka_span value, const struct ka_vet_when *when, struct ka_vetnote *note)
{
	int64_t at;

	if (!ka_keyopts_expiry(value, when->local_offset_sec, &at)) {
		ka_vetnote_refuse(note, KA_REASON_OPTION_BAD_VALUE, "expiry-time");
		return false;
	}
	return at >= when->now_sec || ka_vetnote_add(note, KA_REASON_OPTION_EXPIRED, NULL);
}

static bool judge_item(const struct ka_keyopt_item *item, const struct ka_vet_when *when, struct ka_vetnote *note)
{
	const struct ka_vetpolicy *p = note->policy;
	bool allowed = item->is_no ? p->no_option_allowed[item->opt] : p->option_allowed[item->opt];

	if (!allowed && !ka_vetnote_add(note, refusal_of(item), ka_keyopts_name(item->opt, item->is_no)))
		return false;
	return item->opt != KA_KEYOPT_EXPIRY_TIME || judge_expiry(item->value, when, note);
}

/* options that we put in front of every line count as present */
static void judge_required(const struct ka_keyopts *o, struct ka_vetnote *note)
{
	const struct ka_vetpolicy *p = note->policy;
	struct ka_keyopts forced;
	bool is_parsed = false;

	for (size_t i = 0; i < KA_KEYOPT_COUNT; i++) {
		if (!p->option_required[i] || ka_keyopts_find(o, (enum ka_keyopt)i) != NULL)
			continue;
		if (!is_parsed)
			ka_keyopts_parse(ka_span_of(p->force_options), 1, &forced);
		is_parsed = true;
		if (forced.reason == KA_REASON_NONE && ka_keyopts_find(&forced, (enum ka_keyopt)i) != NULL)
			continue;
		if (!ka_vetnote_add(note, KA_REASON_POLICY_OPTION_MISSING, ka_keyopts_name((enum ka_keyopt)i, false)))
			return;
	}
}

void ka_vetoption_judge(const struct ka_keyopts *o, const struct ka_vet_when *when, struct ka_vetnote *note)
{
	if (o->truncated || o->count > KA_OPTS_MAX) {
		ka_vetnote_refuse(note, KA_REASON_OPTION_BAD_VALUE, "too many options");
		return;
	}
	if (o->count > 0 && !are_any_allowed(note->policy) &&
	    !ka_vetnote_add(note, KA_REASON_OPTION_NOT_ENABLED, NULL))
		return;
	for (size_t i = 0; i < o->count; i++) {
		if (!judge_item(&o->items[i], when, note))
			return;
	}
	judge_required(o, note);
}
