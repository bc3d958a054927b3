/* The account's rules. Pure. Where PAM decides, nothing is said that its stack would not say. */
#include "diag/ruleaccount.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/text.h"
#include "diag/fix.h"
#include "diag/pamview.h"
#include "diag/rulesaid.h"

#include "base/poison.h"

#define DAY_SEC 86400
#define DAYS_FAR 2900000 /* before the year 10000 */

#define argv(...) ((const char *const[]){ __VA_ARGS__, NULL })

static int64_t today(const struct ka_facts *f)
{
	return f->subject->now_sec / DAY_SEC;
}

static void put_time(struct ka_buf *b, int64_t sec, size_t len)
{
	char text[KA_CLOCK_TEXT_MAX];

	ka_clock_text(sec * 1000000, text);
	ka_buf_span(b, ka_span_sub(ka_span_of(text), 0, len));
}

static void put_day(struct ka_buf *b, int64_t day)
{
	put_time(b, (day < -DAYS_FAR ? -DAYS_FAR : day > DAYS_FAR ? DAYS_FAR : day) * DAY_SEC, sizeof("2026-01-01") - 1);
}

/* pam_unix and sshd; sshd lets the last day pass, pam_unix does not */
static bool is_expired(const struct ka_facts *f)
{
	const struct ka_account *a = &f->who;

	if (!a->has_shadow || a->expires_day == -1)
		return false;
	return f->sshd.use_pam ? today(f) >= a->expires_day : today(f) > a->expires_day;
}

/* pam_unix(8): check_shadow_expiry() of Linux-PAM */
static enum ka_pamview_trouble password_trouble(const struct ka_facts *f)
{
	const struct ka_account *a = &f->who;
	int64_t age = today(f) - a->changed_day;

	if (!a->has_shadow || a->changed_day == -1)
		return KA_PAMVIEW_NONE;
	if (a->changed_day == 0)
		return KA_PAMVIEW_PASSWORD_OLD;
	if (age < 0 || a->max_days == -1 || age <= a->max_days)
		return KA_PAMVIEW_NONE;
	return a->inactive_days != -1 && age - a->inactive_days > a->max_days ? KA_PAMVIEW_PASSWORD_DEAD : KA_PAMVIEW_PASSWORD_OLD;
}

static void explain_unknown(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	char text[sizeof(fix->advice)];
	struct ka_buf b;

	(void)item;
	if (f->who.near_count == 0)
		return;
	ka_buf_init_array(&b, e->detail);
	for (size_t i = 0; i < f->who.near_count; i++) {
		ka_buf_text(&b, i > 0 ? " " : "");
		ka_buf_text(&b, f->who.near[i]);
	}
	ka_buf_init_array(&b, e->note);
	ka_buf_text(&b, f->who.near_count == 1 ? "there is a user of nearly that name" : "there are users of nearly that name");
	ka_buf_init_array(&b, text);
	ka_buf_text(&b, "On the client use the right login name; here there is: ");
	ka_buf_text(&b, e->detail);
	ka_fix_advice(fix, text);
}

void ka_ruleaccount_unknown(struct ka_primary *out)
{
	struct ka_primary_item *item = ka_primary_add(out, KA_REASON_ACCOUNT_UNKNOWN, KA_PRIMARY_ALL, KA_STEP_USER, KA_CLASS_ALONE);

	if (item != NULL)
		item->explain = explain_unknown;
}

static void explain_locked(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	struct ka_buf b;

	(void)item;
	ka_buf_init_array(&b, e->note);
	ka_buf_text(&b, f->who.has_hash ? "UsePAM is no, and a ! stands before the password hash in shadow" :
					  "UsePAM is no, and shadow has a ! and no password hash behind it");
	if (f->who.has_hash)
		ka_fix_command(fix, NULL, argv("usermod", "-U", "--", f->subject->user));
	else
		ka_fix_command(fix, NULL, argv("usermod", "-p", "*", "--", f->subject->user));
}

/* another first day of the password; what it was is in the note */
static void renew_password(const struct ka_facts *f, struct ka_fix *fix)
{
	char day[16];
	struct ka_buf b;

	ka_buf_init_array(&b, day);
	put_day(&b, today(f));
	ka_fix_command(fix, NULL, argv("chage", "-d", day, "--", f->subject->user));
}

static void put_password_age(const struct ka_facts *f, struct ka_buf *b)
{
	if (f->who.changed_day == 0) {
		ka_buf_text(b, "shadow says that the password must be changed at the next login");
		return;
	}
	ka_buf_text(b, "the password is of ");
	put_day(b, f->who.changed_day);
	ka_buf_text(b, " and must be changed every ");
	ka_buf_u64(b, f->who.max_days > 0 ? (uint64_t)f->who.max_days : 0);
	ka_buf_text(b, " days");
}

static void explain_expired(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	struct ka_buf b;

	ka_buf_init_array(&b, e->note);
	if (item->index == KA_PAMVIEW_PASSWORD_DEAD) {
		put_password_age(f, &b);
		ka_buf_text(&b, ", and ");
		ka_buf_u64(&b, f->who.inactive_days > 0 ? (uint64_t)f->who.inactive_days : 0);
		ka_buf_text(&b, " more have passed");
		renew_password(f, fix);
		return;
	}
	ka_buf_text(&b, "the account expired on ");
	put_day(&b, f->who.expires_day);
	ka_fix_command(fix, NULL, argv("chage", "-E", "-1", "--", f->subject->user));
}

static void explain_password(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	char text[sizeof(fix->advice)];
	struct ka_buf b;

	(void)item;
	ka_buf_init_array(&b, e->note);
	put_password_age(f, &b);
	if (!f->who.has_hash) { /* nobody can change what is not there */
		renew_password(f, fix);
		return;
	}
	ka_buf_init_array(&b, text);
	ka_buf_text(&b, "On the client: ssh -t ");
	ka_fix_quote(&b, ka_span_of(f->subject->user));
	ka_buf_text(&b, "@HOST, and change the password; or here, if your policy allows it: chage -d ");
	put_day(&b, today(f));
	ka_buf_text(&b, " -- ");
	ka_fix_quote(&b, ka_span_of(f->subject->user));
	ka_fix_advice(fix, text);
}

static void explain_shell(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	ka_span_copy(ka_span_of(f->who.shell), e->path, sizeof(e->path));
	e->errnum = f->who.shell_errnum;
	if (item->reason == KA_REASON_ACCOUNT_SHELL_NOT_EXECUTABLE) {
		e->has_stat = true;
		e->mode = f->who.shell_mode;
		e->uid = f->who.shell_uid;
		e->gid = f->who.shell_gid;
	}
	ka_fix_command(fix, NULL, argv("usermod", "-s", "/bin/bash", "--", f->subject->user));
}

static void explain_nologin(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	enum ka_account_nologin which = (enum ka_account_nologin)item->index;
	const struct ka_account_closed *closed = &f->who.closed[which];
	struct ka_buf b;

	ka_span_copy(ka_span_of(ka_account_path(which)), e->path, sizeof(e->path));
	ka_span_copy(ka_span_of(closed->text), e->detail, sizeof(e->detail));
	ka_buf_init_array(&b, e->note);
	ka_buf_text(&b, "it is there since ");
	put_time(&b, closed->since_sec, sizeof("2026-01-01T00:00") - 1);
	ka_buf_text(&b, "Z");
	for (unsigned i = 0; i < KA_ACCOUNT_NOLOGINS; i++)
		if (f->who.closed[i].is_there && (i == which || f->sshd.use_pam))
			ka_fix_command(fix, NULL, argv("rm", "--", ka_account_path((enum ka_account_nologin)i)));
}

static struct ka_primary_item *add(struct ka_primary *out, enum ka_reason reason, enum ka_step step, enum ka_class class,
				   ka_primary_explain *explain)
{
	struct ka_primary_item *item = ka_primary_add(out, reason, KA_PRIMARY_ALL, step, class);

	if (item != NULL)
		item->explain = explain;
	return item;
}

static bool is_chrooted(const struct ka_facts *f)
{
	struct ka_span dir = ka_sshdconf_value(&f->sshd, "chrootdirectory");

	return dir.len > 0 && !ka_text_equal_nocase(dir, ka_span_of("none"));
}

/* a shell that only root may see is not judged by who is not root */
static void rule_shell(const struct ka_facts *f, struct ka_primary *out)
{
	const struct ka_account *a = &f->who;

	if (a->shell[0] == '\0' || is_chrooted(f) || a->shell_errnum == EACCES)
		return;
	if (a->shell_errnum != 0)
		add(out, KA_REASON_ACCOUNT_SHELL_MISSING, KA_STEP_USER, KA_CLASS_ALONE, explain_shell);
	else if (!S_ISREG(a->shell_mode) || (a->shell_mode & 0111) == 0)
		add(out, KA_REASON_ACCOUNT_SHELL_NOT_EXECUTABLE, KA_STEP_USER, KA_CLASS_ALONE, explain_shell);
}

void ka_ruleaccount_user(const struct ka_facts *f, struct ka_primary *out)
{
	bool no_pam = f->sshd.is_known && !f->sshd.use_pam;

	if (!f->who.is_asked)
		return;
	if (no_pam && is_expired(f)) /* of both sshd says this first */
		add(out, KA_REASON_ACCOUNT_EXPIRED, KA_STEP_USER, KA_CLASS_ALONE, explain_expired);
	else if (no_pam && f->who.has_shadow && f->who.is_locked)
		add(out, KA_REASON_ACCOUNT_LOCKED, KA_STEP_USER, KA_CLASS_ALONE, explain_locked);
	rule_shell(f, out);
}

enum ka_class ka_ruleaccount_class(const struct ka_facts *f, const struct ka_primary *out)
{
	bool decides = f->offers_count == 0 && f->subject->is_general;

	decides = decides || f->subject->reached >= KA_STEP_LOGIN || ka_rulesaid_cause(f, KA_REASON_PAM_ACCOUNT_DENIED) != NULL;
	for (size_t i = 0; i < f->offers_count; i++)
		decides = decides || out->settled[i];
	return decides ? KA_CLASS_ALONE : KA_CLASS_SECONDARY;
}

/* PAM says no to this; when its stack is not known, sshd's own word that PAM said no is enough */
static bool pam_minds(const struct ka_facts *f, enum ka_pamview_trouble trouble)
{
	if (!ka_pamview_is_known(f))
		return ka_rulesaid_cause(f, KA_REASON_PAM_ACCOUNT_DENIED) != NULL;
	return ka_pamview_refuses(ka_pamview_account(f, trouble, NULL)) &&
	       !ka_pamview_refuses(ka_pamview_account(f, KA_PAMVIEW_NONE, NULL));
}

static void rule_expired(const struct ka_facts *f, enum ka_class class, struct ka_primary *out)
{
	enum ka_pamview_trouble password = password_trouble(f);
	struct ka_primary_item *item = NULL;

	if (is_expired(f) && pam_minds(f, KA_PAMVIEW_EXPIRED))
		item = add(out, KA_REASON_ACCOUNT_EXPIRED, KA_STEP_LOGIN, class, explain_expired);
	else if (password == KA_PAMVIEW_PASSWORD_DEAD && pam_minds(f, password))
		item = add(out, KA_REASON_ACCOUNT_EXPIRED, KA_STEP_LOGIN, class, explain_expired);
	else if (password == KA_PAMVIEW_PASSWORD_OLD && ka_pamview_is_known(f) &&
		 ka_pamview_account(f, password, NULL) == KA_PAMRUN_NEW_AUTHTOK_REQD)
		add(out, KA_REASON_ACCOUNT_PASSWORD_EXPIRED, KA_STEP_SESSION, class, explain_password);
	if (item != NULL)
		item->index = is_expired(f) ? KA_PAMVIEW_EXPIRED : KA_PAMVIEW_PASSWORD_DEAD;
}

static void rule_nologin(const struct ka_facts *f, enum ka_class class, struct ka_primary *out)
{
	if (f->uid == 0 || !f->sshd.is_known || (f->sshd.use_pam && !pam_minds(f, KA_PAMVIEW_NOLOGIN)))
		return;
	for (unsigned i = 0; i < (f->sshd.use_pam ? KA_ACCOUNT_NOLOGINS : KA_ACCOUNT_RUN); i++) {
		struct ka_primary_item *item = NULL;

		if (f->who.closed[i].is_there)
			item = add(out, KA_REASON_ACCOUNT_NOLOGIN, KA_STEP_LOGIN, class, explain_nologin);
		if (item == NULL)
			continue;
		item->index = i;
		return; /* one fix for both */
	}
}

void ka_ruleaccount_login(const struct ka_facts *f, struct ka_primary *out)
{
	enum ka_class class = ka_ruleaccount_class(f, out);

	if (!f->who.is_asked)
		return;
	rule_nologin(f, class, out);
	if (!f->sshd.is_known || f->sshd.use_pam)
		rule_expired(f, class, out);
}
