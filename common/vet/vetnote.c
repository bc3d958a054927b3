/*
 * The verdict's book-keeping. It MUST NOT lose the reason that decides: that one
 * stands first, also when the list is full.
 */
#include "vet/vetnote.h"

#include "base/poison.h"

void ka_vetnote_init(struct ka_vetnote *n, const struct ka_vetpolicy *policy, bool whole, struct ka_vet *out)
{
	*out = (struct ka_vet){ .verdict = KA_VERDICT_ACCEPT };
	*n = (struct ka_vetnote){ .policy = policy, .out = out, .whole = whole };
}

void ka_vetnote_resume(struct ka_vetnote *n, const struct ka_vetpolicy *policy, bool whole, struct ka_vet *out)
{
	*n = (struct ka_vetnote){ .policy = policy, .out = out, .whole = whole };
	n->over = out->verdict == KA_VERDICT_REJECT && !whole;
}

static enum ka_verdict verdict_of(const struct ka_vetpolicy *p, enum ka_reason reason)
{
	if (reason <= KA_REASON_NONE || (int)reason >= KA_REASON_COUNT || ka_reason_action(reason) == KA_ACTION_LOCKED)
		return KA_VERDICT_REJECT;
	switch ((enum ka_action)p->action[reason]) {
	case KA_ACTION_OFF:
		return KA_VERDICT_ACCEPT;
	case KA_ACTION_WARN:
		return KA_VERDICT_WARN;
	case KA_ACTION_NONE:
	case KA_ACTION_REJECT:
	case KA_ACTION_LOCKED:
		break;
	}
	return KA_VERDICT_REJECT;
}

/* the list without @reason at @at, everything behind it one place further down */
static void insert(struct ka_vet *v, size_t at, enum ka_reason reason, const char *detail)
{
	if (v->count < KA_VERDICT_REASONS_MAX)
		v->count++;
	for (size_t i = v->count - 1; i > at; i--) {
		v->reasons[i] = v->reasons[i - 1];
		v->details[i] = v->details[i - 1];
	}
	v->reasons[at] = reason;
	v->details[at] = detail;
}

static void remove_at(struct ka_vet *v, size_t at)
{
	v->count--;
	for (size_t i = at; i < v->count; i++) {
		v->reasons[i] = v->reasons[i + 1];
		v->details[i] = v->details[i + 1];
	}
}

static void record(struct ka_vet *v, enum ka_verdict verdict, enum ka_reason reason, const char *detail)
{
	bool decides = verdict > v->verdict;

	for (size_t i = 0; i < v->count; i++) {
		if (v->reasons[i] != reason)
			continue;
		if (!decides)
			return;
		remove_at(v, i);
		break;
	}
	if (decides)
		insert(v, 0, reason, detail);
	else if (v->count < KA_VERDICT_REASONS_MAX)
		insert(v, v->count, reason, detail);
	if (decides)
		v->verdict = verdict;
}

static bool take(struct ka_vetnote *n, enum ka_verdict verdict, enum ka_reason reason, const char *detail)
{
	if (n->over)
		return false;
	if (verdict == KA_VERDICT_ACCEPT)
		return true;
	record(n->out, verdict, reason, detail != NULL ? detail : n->whose);
	n->over = verdict == KA_VERDICT_REJECT && !n->whole;
	return !n->over;
}

bool ka_vetnote_add(struct ka_vetnote *n, enum ka_reason reason, const char *detail)
{
	return take(n, verdict_of(n->policy, reason), reason, detail);
}

bool ka_vetnote_warn(struct ka_vetnote *n, enum ka_reason reason, const char *detail)
{
	enum ka_verdict verdict = verdict_of(n->policy, reason);

	if (verdict == KA_VERDICT_REJECT && ka_reason_action(reason) != KA_ACTION_LOCKED)
		verdict = KA_VERDICT_WARN;
	return take(n, verdict, reason, detail);
}

bool ka_vetnote_size(struct ka_vetnote *n, enum ka_reason reason, unsigned found, unsigned bound)
{
	if (n->out->bits_bound == 0) {
		n->out->bits_found = found;
		n->out->bits_bound = bound;
	}
	return ka_vetnote_add(n, reason, NULL);
}

bool ka_vetnote_factor(struct ka_vetnote *n, enum ka_reason reason, const char *detail, uint32_t factor)
{
	if (n->out->factor == 0)
		n->out->factor = factor;
	return ka_vetnote_add(n, reason, detail);
}

void ka_vetnote_say(struct ka_vetnote *n, enum ka_reason reason, const char *text)
{
	struct ka_vet *v = n->out;

	if (v->said_of == KA_REASON_NONE && ka_span_copy(ka_span_sub(ka_span_of(text), 0, sizeof(v->said) - 1), v->said, sizeof(v->said)))
		v->said_of = reason;
}

void ka_vetnote_refuse(struct ka_vetnote *n, enum ka_reason reason, const char *detail)
{
	if (n->over)
		return;
	record(n->out, KA_VERDICT_REJECT, reason, detail != NULL ? detail : n->whose);
	n->over = true;
}
