/* The listener. It must claim nothing of an sshd that it cannot see: a container, another configuration, a socket unit. */
#include "diag/rulelistener.h"

#include "diag/daemonjudge.h"
#include "diag/fix.h"
#include "diag/ruleplace.h"

#include "base/text.h"

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

/* what happened to connections of which sshd has read nothing */
static void explain_dropped(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	const struct ka_recorded *d = f->subject->dropped;
	struct ka_buf b;

	(void)fix;
	if (item->reason == KA_REASON_CONN_MAX_STARTUPS)
		ka_sshdplace_evidence(f, "MaxStartups", e);
	else if (d->why == NULL || !ka_span_copy(ka_span_of(d->why), e->detail, sizeof(e->detail)))
		e->detail[0] = '\0';
	ka_buf_init_array(&b, e->note);
	ka_buf_text(&b, "as sshd's listener said at ");
	ka_text_escape(&b, ka_span_of(d->at), 0, KA_TEXT_USER_MAX);
}

static void rule_dropped(const struct ka_facts *f, struct ka_primary *out)
{
	const struct ka_recorded *d = f->subject->dropped;
	struct ka_primary_item *item;

	if (!f->subject->by_hand || d == NULL || d->reason == KA_REASON_NONE)
		return;
	item = ka_primary_add(out, d->reason, KA_PRIMARY_ALL, KA_STEP_LISTENER, KA_CLASS_ALONE);
	if (item != NULL)
		item->explain = explain_dropped;
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

/* where the ban stands, as nft names it: "inet f2b-table f2b-chain handle 3" */
static void put_rule(const struct ka_ban *ban, struct ka_buf *b)
{
	const char *const words[] = { ban->family, ban->table, ban->chain };

	for (size_t i = 0; i < KA_ARRAY_LEN(words); i++) {
		ka_buf_text(b, words[i]);
		ka_buf_char(b, ' ');
	}
	if (ban->handle == 0) {
		ka_buf_text(b, "policy drop");
		return;
	}
	ka_buf_text(b, "handle ");
	ka_buf_u64(b, ban->handle);
}

/* the set's element, when it is this address and nothing else */
static bool take_out(const struct ka_ban *ban, const char *address, struct ka_fix *fix)
{
	char element[80];
	struct ka_buf b;

	ka_buf_init_array(&b, element);
	ka_buf_text(&b, "{ ");
	ka_buf_text(&b, address);
	ka_buf_text(&b, " }");
	return !b.overflow && ban->is_alone &&
	       ka_fix_command(fix, NULL, (const char *const[]){ "nft", "delete", "element", ban->family, ban->table, ban->set, element, NULL });
}

/* fail2ban puts back what is only taken out of its set, and so does CrowdSec */
static void mend_ban(const struct ka_ban *ban, const char *address, struct ka_fix *fix)
{
	const char *const unban[] = { "fail2ban-client", "unban", address, NULL };
	const char *const forget[] = { "cscli", "decisions", "delete", "--ip", address, NULL };

	if (ban->tool != KA_BAN_TOOL_NONE && ka_fix_command(fix, NULL, ban->tool == KA_BAN_TOOL_FAIL2BAN ? unban : forget))
		return;
	if (ban->set[0] != '\0' && take_out(ban, address, fix))
		return;
	ka_fix_advice(fix, ban->handle == 0 ? "Let a rule of this chain accept the client's address at sshd's port: nft add rule" :
			   ban->set[0] != '\0' ? "Take the network that holds the address out of the set, or let a rule before it accept the client" :
						 "Take the rule out: nft delete rule, with what stands above; or let a rule before it accept the client");
}

static void explain_banned(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	const struct ka_ban *ban = &f->ban;
	struct ka_buf b;

	(void)item;
	ka_buf_init_array(&b, e->detail);
	put_rule(ban, &b);
	if (ban->set[0] != '\0') {
		ka_buf_text(&b, ", set ");
		ka_buf_text(&b, ban->set);
	}
	ka_buf_init_array(&b, e->note);
	ka_buf_text(&b, "it drops ");
	ka_text_escape(&b, ka_span_of(f->subject->address), 0, KA_TEXT_USER_MAX);
	mend_ban(ban, f->subject->address, fix);
}

static void rule_banned(const struct ka_facts *f, struct ka_primary *out)
{
	struct ka_primary_item *item;

	if (!f->ban.is_banned)
		return;
	item = ka_primary_add(out, KA_REASON_CONN_BANNED, KA_PRIMARY_ALL, KA_STEP_LISTENER, KA_CLASS_ALONE);
	if (item != NULL)
		item->explain = explain_banned;
}

void ka_rulelistener_run(const struct ka_facts *f, struct ka_primary *out)
{
	rule_running(f, out);
	rule_banned(f, out);
	rule_wrapped(f, out);
	rule_dropped(f, out);
	rule_refused(f, out);
}
