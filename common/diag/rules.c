/*
 * In which order the rules are asked, and what of their answers stays a cause. The order of sshd: the
 * user's files one by one, then the command with our sources, then the signature.
 */
#include "diag/rules.h"

#include "diag/ruleabsent.h"
#include "diag/ruleaccount.h"
#include "diag/rulecert.h"
#include "diag/rulecmd.h"
#include "diag/rulefile.h"
#include "diag/rulegate.h"
#include "diag/rulelimit.h"
#include "diag/rulelistener.h"
#include "diag/rulelists.h"
#include "diag/rulelogin.h"
#include "diag/rulemethod.h"
#include "diag/rulepam.h"
#include "diag/ruleplace.h"
#include "diag/rulerecorded.h"
#include "diag/rulerevoked.h"
#include "diag/rulesaid.h"
#include "diag/rulesig.h"
#include "diag/rulesource.h"
#include "diag/ruletried.h"

#include "base/poison.h"

/* keys that came further than the files: what is wrong with files is no cause for them */
static void calm(struct ka_primary *out, size_t i)
{
	for (size_t n = 0; n < out->count; n++)
		if (out->items[n].offer == (int)i && out->items[n].class != KA_CLASS_ALONE)
			out->items[n].class = KA_CLASS_SECONDARY;
}

/* what sshd asks before it looks for a key; without a record it is the end of this one */
static bool is_stopped(const struct ka_facts *f, const struct ka_primary *p, size_t i)
{
	for (size_t n = 0; n < p->count && f->subject->offers[i].said == KA_OFFER_UNKNOWN; n++)
		if (p->items[n].offer == (int)i && p->items[n].class != KA_CLASS_SECONDARY && p->items[n].step < KA_STEP_FILES)
			return true;
	return false;
}

/* the key files and our sources, in sshd's order */
static void rule_places(const struct ka_facts *f, struct ka_primary *out, bool *would_login)
{
	bool listed[KA_DIAG_OFFERS_MAX] = { false };

	if (f->offers_count == 0 && !f->subject->is_general)
		return;
	ka_rulefile_run(f, out, listed);
	ka_rulecert_run(f, out, listed);
	for (size_t i = 0; i < f->offers_count; i++) {
		bool served = false;

		ka_rulesource_key(f, i, out, &served);
		served = served || ka_ruletried_serves(f, i);
		if (is_stopped(f, out, i))
			listed[i] = served = false;
		if (f->subject->offers[i].said == KA_OFFER_UNKNOWN && ka_rulecmd_reason(f) != KA_REASON_NONE)
			served = false; /* it would be, by a command that sshd cannot run */
		*would_login = *would_login || listed[i] || served;
		out->settled[i] = out->settled[i] || listed[i] || served;
		if (out->settled[i])
			calm(out, i);
	}
	ka_rulelogin_run(f, out, would_login);
	ka_rulegate_run(f, out, would_login);
	ka_rulesource_run(f, out);
	ka_ruleabsent_run(f, out);
}

/*
 * What sshd is known to have passed did not refuse, whatever its configuration says now. A record of a key proves the steps
 * before the files, for that key and for what concerns every key.
 */
static void pass_over(const struct ka_facts *f, struct ka_primary *out)
{
	enum ka_step all = f->subject->reached > KA_STEP_FILES || !ka_rulesource_has_records(f) ? f->subject->reached : KA_STEP_FILES;
	size_t kept = 0;

	for (size_t i = 0; i < out->count; i++) {
		struct ka_primary_item *item = &out->items[i];
		bool has_record = item->offer == KA_PRIMARY_ALL || f->subject->offers[item->offer].said != KA_OFFER_UNKNOWN;
		enum ka_step passed = has_record ? all : f->subject->reached;
		bool is_over = item->step < passed && (item->said == NULL || f->subject->reached > item->step);

		if (is_over && item->class == KA_CLASS_ABSENT)
			continue;
		if (is_over)
			item->class = KA_CLASS_SECONDARY;
		out->items[kept++] = *item;
	}
	out->count = kept;
}

static bool decides_alone(const struct ka_primary *p)
{
	for (size_t i = 0; i < p->count; i++)
		if (p->items[i].class == KA_CLASS_ALONE && p->items[i].offer == KA_PRIMARY_ALL)
			return true;
	return false;
}

/* in this order; a rule has one of the two forms */
static const struct rule {
	void (*run)(const struct ka_facts *f, struct ka_primary *out);
	void (*run_login)(const struct ka_facts *f, struct ka_primary *out, bool *would_login); /* it may turn an accepted key away */
} rules[] = {
	{ ka_rulelistener_run, NULL },
	{ ka_ruleaccount_user, NULL },
	{ ka_rulelists_run, NULL },
	{ ka_rulemethod_run, NULL },
	{ ka_rulerevoked_run, NULL },
	{ NULL, rule_places },
	{ ka_rulelogin_said, NULL },
	{ ka_rulecmd_run, NULL },
	{ ka_ruletried_run, NULL },
	{ ka_rulesig_run, NULL },
	{ ka_ruleaccount_login, NULL },
	{ ka_rulepam_run, NULL },
	{ NULL, ka_rulelimit_run },
	{ ka_rulesaid_run, NULL }, /* behind all others: it adds what they do not name */
	{ ka_ruleplace_run, NULL },
	{ ka_rulerecorded_run, NULL },
};

void ka_rules_run(const struct ka_facts *f, struct ka_primary *out, bool *would_login)
{
	int offer;

	*would_login = false;
	if (f->account == KA_FACTS_ACCOUNT_UNKNOWN) {
		ka_ruleaccount_unknown(out);
		return;
	}
	for (size_t i = 0; i < KA_ARRAY_LEN(rules); i++)
		if (rules[i].run != NULL)
			rules[i].run(f, out);
		else
			rules[i].run_login(f, out, would_login);
	pass_over(f, out);
	*would_login = *would_login && !decides_alone(out);
	if (f->offers_count == 0 && !f->subject->is_general && !f->subject->is_unanswered && ka_primary_choose(out, 0, &offer) == NULL)
		ka_primary_add(out, KA_REASON_CLIENT_KEY_NOT_OFFERED, KA_PRIMARY_ALL, KA_STEP_CLIENT, KA_CLASS_ALONE);
}
