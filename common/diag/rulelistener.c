/* The listener. It must claim nothing of an sshd that it cannot see: a container, another configuration, a socket unit. */
#include "diag/rulelistener.h"

#include "diag/daemonjudge.h"
#include "diag/fix.h"
#include "diag/ruleplace.h"

#include "base/poison.h"

static void explain_running(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	const struct ka_daemonjudge j = ka_ruleplace_judge(f);

	ka_daemonjudge_explain(&j, (enum ka_daemonjudge_state)item->index, e, fix);
}

static void rule_running(const struct ka_facts *f, struct ka_primary *out)
{
	const struct ka_daemonjudge j = ka_ruleplace_judge(f);
	enum ka_daemonjudge_state state = ka_daemonjudge_state(&j);
	struct ka_primary_item *item;

	if (!f->subject->by_hand || state <= KA_DAEMONJUDGE_RUNS)
		return;
	item = ka_primary_add(out, KA_REASON_CONN_NOT_RUNNING, KA_PRIMARY_ALL, KA_STEP_LISTENER,
			      state == KA_DAEMONJUDGE_DOOMED ? KA_CLASS_SECONDARY : KA_CLASS_ALONE);
	if (item == NULL)
		return;
	item->explain = explain_running;
	item->index = (unsigned)state;
}

static void explain_refused(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	(void)item;
	(void)fix;
	ka_sshdplace_evidence(f, "RefuseConnection", e);
}

/* 9.9 and later */
static void rule_refused(const struct ka_facts *f, struct ka_primary *out)
{
	struct ka_primary_item *item;

	if (!ka_sshdconf_is(&f->sshd, "refuseconnection", "yes"))
		return;
	item = ka_primary_add(out, KA_REASON_CONN_REFUSED_BY_CONFIG, KA_PRIMARY_ALL, KA_STEP_USER, KA_CLASS_ALONE);
	if (item != NULL)
		item->explain = explain_refused;
}

static void explain_wrapped(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	(void)item;
	(void)fix;
	(void)ka_span_copy(ka_span_of(f->wrappers.path), e->path, sizeof(e->path));
	(void)ka_span_copy(ka_span_of(f->wrappers.rule), e->detail, sizeof(e->detail));
	e->line = f->wrappers.line;
}

static void rule_wrapped(const struct ka_facts *f, struct ka_primary *out)
{
	struct ka_primary_item *item;

	if (!f->wrappers.is_refused)
		return;
	item = ka_primary_add(out, KA_REASON_CONN_TCP_WRAPPERS, KA_PRIMARY_ALL, KA_STEP_LISTENER, KA_CLASS_ALONE);
	if (item != NULL)
		item->explain = explain_wrapped;
}

void ka_rulelistener_run(const struct ka_facts *f, struct ka_primary *out)
{
	rule_running(f, out);
	rule_wrapped(f, out);
	rule_refused(f, out);
}
