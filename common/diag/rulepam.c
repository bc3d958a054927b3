/* PAM's own refusals. Pure. A module is called the cause only when its answer is known; else it is one that may have been. */
#include "diag/rulepam.h"

#include <string.h>

#include "base/text.h"
#include "diag/fix.h"
#include "diag/pamview.h"
#include "diag/ruleaccount.h"
#include "diag/rulesaid.h"

#include "base/poison.h"

/* what to do about a module that refuses or may have refused; USER and FILE as in reason.def */
static const struct { const char *module, *advice; } modules[] = {
	{ "pam_access.so", "Change the rule in access.conf that refuses USER, or put one before it that lets USER in (access.conf(5))" },
	{ "pam_deny.so", "It refuses everybody who comes as far: take its line out of FILE, or put a module before it that lets USER in" },
	{ "pam_time.so", "Look for the hours of USER in /etc/security/time.conf (time.conf(5))" },
	{ "pam_sss.so", "Ask what the directory says of USER: sssctl user-checks -s sshd USER" },
	{ "pam_winbind.so", "Ask what the domain says of USER: wbinfo -i USER, and look at require_membership_of in pam_winbind.conf" },
	{ "pam_ldap.so", "Ask what the directory says of USER, and look at the filter in its configuration" },
	{ "pam_listfile.so", "Look for USER in the list that its line in FILE names" },
	{ "pam_succeed_if.so", "Look at the condition in its line in FILE" },
	{ "pam_faillock.so", "Look for failed logins: faillock --user USER; and forget them: faillock --user USER --reset" },
	{ "pam_tally2.so", "Look for failed logins: pam_tally2 --user USER" },
	{ "pam_limits.so", "Look at /etc/security/limits.conf and limits.d for what USER may not exceed" },
	{ "pam_loginuid.so", "It cannot write /proc/self/loginuid: take its line out of FILE where sshd runs in a container" },
	{ "pam_namespace.so", "Look at /etc/security/namespace.conf and the directories that it names" },
	{ "pam_mount.so", "Look at pam_mount.conf.xml: a volume of USER could not be mounted" },
};

static void advise(const struct ka_facts *f, const struct ka_evidence *e, const char *text, struct ka_fix *fix)
{
	struct ka_fix_words words = { .user = f->subject->user, .file = e->path[0] != '\0' ? e->path : NULL };

	ka_fix_template(fix, text, &words);
}

static const char *advice_of(const struct ka_pamline *line)
{
	if (line->is_missing)
		return "Install the package that has this module, or take its line out of FILE";
	for (size_t i = 0; i < KA_ARRAY_LEN(modules); i++)
		if (ka_pamline_is(line, modules[i].module))
			return modules[i].advice;
	return NULL;
}

static void put_place(const struct ka_facts *f, const struct ka_pamline *line, struct ka_buf *b)
{
	ka_text_escape(b, ka_span_of(f->pam.lines.files[line->file]), 0, 80);
	ka_buf_char(b, ':');
	ka_buf_u64(b, line->line);
}

/* a module whose answer is known: where it stands, or for pam_access the rule that it follows */
static void explain_known(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	const struct ka_pamline *line = &f->pam.lines.lines[item->index];
	bool is_rule = !line->is_missing && ka_pamline_is(line, "pam_access.so");
	const char *text = advice_of(line);
	struct ka_buf b;

	ka_pamview_line(f, item->index, e);
	ka_buf_init_array(&b, e->note);
	if (is_rule) {
		ka_span_copy(ka_span_of(f->access.path), e->path, sizeof(e->path));
		e->line = f->access.line;
		ka_span_copy(ka_span_of(f->access.rule), e->detail, sizeof(e->detail));
		ka_buf_text(&b, "pam_access.so asks it: ");
		put_place(f, line, &b);
	} else {
		ka_buf_text(&b, line->is_missing ? "this module is not installed" : "the stack ends with this module's refusal");
	}
	if (text != NULL)
		advise(f, e, text, fix);
}

static void put_disks(const struct ka_facts *f, struct ka_buf *b)
{
	for (unsigned i = 0; i < KA_DISKROOM_PLACES; i++) {
		if (!f->disks.is_full[i] && !f->disks.is_readonly[i])
			continue;
		ka_buf_text(b, b->len > 0 ? ", " : "");
		ka_buf_text(b, ka_diskroom_path((enum ka_diskroom_place)i));
		ka_buf_text(b, f->disks.is_full[i] ? " is full" : " is read-only");
	}
}

/* PAM refused, and which module it was is not known: those of which it is usual, and sshd's own words */
static void explain_guess(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	unsigned phase = item->reason == KA_REASON_PAM_SESSION_FAILED ? KA_PAMCONF_SESSION : KA_PAMCONF_ACCOUNT;
	const char *text = NULL;
	struct ka_buf b, note;

	ka_buf_init_array(&b, e->detail);
	ka_buf_init_array(&note, e->note);
	ka_span_copy(ka_span_of(f->pam.path), e->path, sizeof(e->path));
	for (size_t i = 0; i < f->pam.lines.count; i++) {
		const struct ka_pamline *line = &f->pam.lines.lines[i];
		const char *advice = line->phase == phase && !line->is_substack ? advice_of(line) : NULL;

		if (advice == NULL || ka_pamline_is(line, "pam_deny.so"))
			continue;
		text = text == NULL ? advice : text;
		ka_buf_text(&b, b.len > 0 ? " " : "");
		ka_buf_text(&b, line->module);
	}
	if (phase == KA_PAMCONF_SESSION)
		put_disks(f, &note);
	if (note.len == 0 && e->detail[0] != '\0')
		ka_buf_text(&note, "modules of the stack that may have refused");
	if (item->said != NULL && e->detail[0] == '\0' && !ka_span_copy(ka_span_of(item->said->message), e->detail, sizeof(e->detail)))
		e->detail[0] = '\0';
	if (text != NULL && (phase == KA_PAMCONF_ACCOUNT || f->pam.is_known))
		advise(f, e, text, fix);
	if (phase == KA_PAMCONF_SESSION && f->disks.is_full[KA_DISKROOM_ROOT] + f->disks.is_full[KA_DISKROOM_RUN] + f->disks.is_full[KA_DISKROOM_VAR] > 0)
		advise(f, e, "Make room: df -h / /run /var, and df -i for inodes", fix);
}

static void add(struct ka_primary *out, enum ka_reason reason, enum ka_class class, size_t line, const struct ka_said *said)
{
	struct ka_primary_item *item = ka_primary_add(out, reason, KA_PRIMARY_ALL, ka_reason_step(reason), class);

	if (item == NULL)
		return;
	item->explain = line != KA_PAMRUN_NO_LINE ? explain_known : explain_guess;
	item->index = line != KA_PAMRUN_NO_LINE ? (unsigned)line : 0;
	item->said = said;
}

static bool is_explained(const struct ka_primary *out, enum ka_step from)
{
	for (size_t i = 0; i < out->count; i++)
		if (out->items[i].step >= from && out->items[i].step <= KA_STEP_SESSION && out->items[i].class == KA_CLASS_ALONE)
			return true;
	return false;
}

static void rule_account(const struct ka_facts *f, struct ka_primary *out)
{
	const struct ka_said *said = ka_rulesaid_cause(f, KA_REASON_PAM_ACCOUNT_DENIED);
	enum ka_class class = ka_ruleaccount_class(f, out);
	size_t line = KA_PAMRUN_NO_LINE;

	if (ka_pamview_is_known(f) && ka_pamview_refuses(ka_pamview_account(f, KA_PAMVIEW_NONE, &line)))
		add(out, KA_REASON_PAM_ACCOUNT_DENIED, class, line, said);
	else if ((said != NULL || f->subject->reached == KA_STEP_LOGIN) && !is_explained(out, KA_STEP_LOGIN))
		add(out, KA_REASON_PAM_ACCOUNT_DENIED, KA_CLASS_ALONE, KA_PAMRUN_NO_LINE, said);
}

static void rule_session(const struct ka_facts *f, struct ka_primary *out)
{
	const struct ka_said *said = ka_rulesaid_cause(f, KA_REASON_PAM_SESSION_FAILED);
	size_t line = KA_PAMRUN_NO_LINE;

	if (ka_pamview_is_known(f) && ka_pamview_refuses(ka_pamview_session(f, &line)))
		add(out, KA_REASON_PAM_SESSION_FAILED, said != NULL ? KA_CLASS_ALONE : ka_ruleaccount_class(f, out), line, said);
	else if (said != NULL)
		add(out, KA_REASON_PAM_SESSION_FAILED, is_explained(out, KA_STEP_SESSION) ? KA_CLASS_SECONDARY : KA_CLASS_ALONE, KA_PAMRUN_NO_LINE, said);
}

void ka_rulepam_run(const struct ka_facts *f, struct ka_primary *out)
{
	rule_account(f, out);
	rule_session(f, out);
}
