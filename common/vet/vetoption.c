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

/*
 * A value that the policy forces must be the only one: of command, principals and from sshd refuses two, of
 * environment the first would win, and permitopen and permitlisten would add up. Two expiry-times are fine, the
 * earlier counts; options without a value are undone by the forced one behind them.
 */
static const char *clash_with_forced(enum ka_keyopt opt)
{
	switch ((int)opt) {
	case KA_KEYOPT_COMMAND: return "command: also in force_options";
	case KA_KEYOPT_PRINCIPALS: return "principals: also in force_options";
	case KA_KEYOPT_FROM: return "from: also in force_options";
	case KA_KEYOPT_ENVIRONMENT: return "environment: also in force_options";
	case KA_KEYOPT_PERMITOPEN: return "permitopen: also in force_options";
	case KA_KEYOPT_PERMITLISTEN: return "permitlisten: also in force_options";
	case KA_KEYOPT_TUNNEL: return "tunnel: also in force_options";
	default: return NULL;
	}
}

/* a value that sshd takes and we do not. The comma: CVE-2026-35414, one name of a certificate read as two */
static const char *distrusted_value(const struct ka_keyopt_item *item)
{
	if (item->opt == KA_KEYOPT_PRINCIPALS && ka_span_find(item->value, ',') < item->value.len)
		return "principals with a comma: one name a line";
	return NULL;
}

static bool judge_item(const struct ka_keyopt_item *item, const struct ka_vet_when *when, struct ka_vetnote *note)
{
	const struct ka_vetpolicy *p = note->policy;
	bool allowed = item->is_no ? p->no_option_allowed[item->opt] : p->option_allowed[item->opt];

	if (item->opt == KA_KEYOPT_CERT_AUTHORITY)
		allowed = allowed && p->certificates;
	if (!allowed && !ka_vetnote_add(note, refusal_of(item), ka_keyopts_name(item->opt, item->is_no)))
		return false;
	if (p->option_forced[item->opt] && clash_with_forced(item->opt) != NULL &&
	    !ka_vetnote_add(note, KA_REASON_OPTION_REPEATED, clash_with_forced(item->opt)))
		return false;
	if (distrusted_value(item) != NULL && !ka_vetnote_add(note, KA_REASON_OPTION_BAD_VALUE, distrusted_value(item)))
		return false;
	return item->opt != KA_KEYOPT_EXPIRY_TIME || judge_expiry(item->value, when, note);
}

/* sshd takes options in order, so of `x` and `no-x` the last one holds; an option that is undone is not there */
static bool is_in_force(const struct ka_keyopts *o, enum ka_keyopt opt)
{
	bool in_force = false;

	for (size_t i = 0; i < o->count; i++)
		if (o->items[i].opt == opt)
			in_force = !o->items[i].is_no;
	return in_force;
}

/* options that we add to every line count as present */
static void judge_required(const struct ka_keyopts *o, struct ka_vetnote *note)
{
	const struct ka_vetpolicy *p = note->policy;

	for (size_t i = 0; i < KA_KEYOPT_COUNT; i++) {
		if (!p->option_required[i] || p->option_forced[i] || is_in_force(o, (enum ka_keyopt)i))
			continue;
		if (!ka_vetnote_add(note, KA_REASON_POLICY_OPTION_MISSING, ka_keyopts_name((enum ka_keyopt)i, false)))
			return;
	}
}

/* a frame of its own: the parsed list is large */
__attribute__((noinline)) static bool is_any_expired(const char *list, const struct ka_vet_when *when)
{
	struct ka_keyopts o;
	int64_t at;

	ka_keyopts_parse(ka_span_of(list), 1, &o);
	if (o.reason != KA_REASON_NONE || o.truncated)
		return true; /* it was made of a list that could be read: something is wrong with us */
	for (size_t i = 0; i < o.count; i++)
		if (o.items[i].opt == KA_KEYOPT_EXPIRY_TIME &&
		    (!ka_keyopts_expiry(o.items[i].value, when->local_offset_sec, &at) || at < when->now_sec))
			return true;
	return false;
}

bool ka_vetoption_is_forced_expired(const struct ka_vetpolicy *p, const struct ka_vet_when *when)
{
	return p->option_forced[KA_KEYOPT_EXPIRY_TIME] && is_any_expired(p->force_options, when);
}

void ka_vetoption_judge(const struct ka_keyopts *o, const struct ka_vet_when *when, struct ka_vetnote *note)
{
	if (o->truncated || o->count > KA_OPTS_MAX) {
		ka_vetnote_refuse(note, KA_REASON_OPTION_BAD_VALUE, "too many options");
		return;
	}
	if (o->count > 0 && !are_any_allowed(note->policy) &&
	    !ka_vetnote_add(note, KA_REASON_OPTION_NOT_ENABLED, ka_keyopts_name(o->items[0].opt, o->items[0].is_no)))
		return;
	for (size_t i = 0; i < o->count; i++) {
		if (!judge_item(&o->items[i], when, note))
			return;
	}
	judge_required(o, note);
	if (!note->over && ka_vetoption_is_forced_expired(note->policy, when))
		ka_vetnote_refuse(note, KA_REASON_OPTION_EXPIRED, KA_VETOPTION_FORCED_EXPIRED);
}
