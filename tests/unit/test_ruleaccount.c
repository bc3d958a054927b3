/* diag/ruleaccount on invented facts: each cause, its evidence and its fix, and the neighbour that is none. */
#include "diag/ruleaccount.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "tests/unit/lib/factsample.h"

#include "base/poison.h"

#define STACK "account required pam_nologin.so\naccount required pam_unix.so\n"
#define TODAY 20780 /* 2026-11-23 */

static struct ka_account *who;
static struct ka_said line;

/* alice's key is listed, her account is sound, sshd asks PAM */
static int begin(void **state)
{
	factsample_plain(state);
	factsample_hit(factsample_there(0), 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	factsample.subject.now_sec = (int64_t)TODAY * 86400 + 7200;
	factsample.offers[0].said = KA_OFFER_UNKNOWN;
	who = &factsample.facts.who;
	who->is_asked = who->has_shadow = who->has_hash = true;
	who->changed_day = TODAY - 10;
	who->max_days = 99999;
	who->inactive_days = who->expires_day = -1;
	put(who->shell, "/bin/bash");
	who->shell_mode = S_IFREG | 0755;
	factsample_pam(STACK);
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	assert_true(factsample.would_login);
	return 0;
}

static void no_pam(void)
{
	factsample.facts.sshd.use_pam = false;
}

static void said(const char *message)
{
	assert_true(ka_said_make(ka_span_of(message), true, 1, &line));
	factsample.subject.said = &line;
	factsample.subject.said_count = 1;
}

static void is_fix(const char *command)
{
	assert_int_equal(factsample.fix.commands, 1);
	assert_string_equal(factsample.fix.command[0], command);
}

/* where on sshd's way it stands; KA_STEP_CLIENT: nowhere */
static enum ka_step step_of(enum ka_reason reason)
{
	for (size_t i = 0; i < factsample.out.count; i++)
		if (factsample.out.items[i].reason == reason)
			return factsample.out.items[i].step;
	return KA_STEP_CLIENT;
}

static size_t count_of(enum ka_reason reason)
{
	size_t n = 0;

	for (size_t i = 0; i < factsample.out.count; i++)
		n += factsample.out.items[i].reason == reason;
	return n;
}

static void unknown__with_near_names__they_are_evidence(void **state)
{
	(void)state;
	factsample.facts.account = KA_FACTS_ACCOUNT_UNKNOWN;
	memset(who, 0, sizeof(*who));
	assert_int_equal(factsample_primary(), KA_REASON_ACCOUNT_UNKNOWN);
	assert_string_equal(factsample.evidence.detail, "");
	assert_int_equal(step_of(KA_REASON_ACCOUNT_UNKNOWN), KA_STEP_USER);
	assert_non_null(strstr(factsample.fix.advice, "getent passwd alice"));
	who->near_count = 1;
	put(who->near[0], "alicia");
	assert_int_equal(factsample_primary(), KA_REASON_ACCOUNT_UNKNOWN);
	assert_string_equal(factsample.evidence.note, "there is a user of nearly that name");
	assert_string_equal(factsample.fix.advice, "On the client use the right login name; here there is: alicia");
	who->near_count = 2;
	put(who->near[1], "al\x1b[2Jce");
	assert_int_equal(factsample_primary(), KA_REASON_ACCOUNT_UNKNOWN);
	assert_string_equal(factsample.evidence.note, "there are users of nearly that name");
	assert_string_equal(factsample.evidence.detail, "alicia al\x1b[2Jce"); /* raw */
	assert_non_null(strstr(factsample.fix.advice, "alicia al\\x1b[2Jce"));
	assert_int_equal(factsample.out.count, 1);
}

static void locked__only_without_pam(void **state)
{
	(void)state;
	who->is_locked = true;
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	assert_false(factsample_has(KA_REASON_ACCOUNT_LOCKED));
	no_pam();
	assert_int_equal(factsample_primary(), KA_REASON_ACCOUNT_LOCKED);
	assert_false(factsample.would_login);
	assert_int_equal(step_of(KA_REASON_ACCOUNT_LOCKED), KA_STEP_USER);
	assert_string_equal(factsample.evidence.note, "UsePAM is no, and a ! stands before the password hash in shadow");
	is_fix("usermod -U -- alice");
	who->has_hash = false;
	assert_int_equal(factsample_primary(), KA_REASON_ACCOUNT_LOCKED);
	assert_string_equal(factsample.evidence.note, "UsePAM is no, and shadow has a ! and no password hash behind it");
	is_fix("usermod -p '*' -- alice");
	who->is_asked = false; /* nobody has looked */
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	who->is_asked = true;
	factsample.offers[0].said = KA_OFFER_NONE; /* a record of the command: sshd went on */
	factsample_primary();
	assert_int_not_equal(factsample_primary(), KA_REASON_ACCOUNT_LOCKED);
	factsample.offers[0].said = KA_OFFER_UNKNOWN;
	who->has_shadow = false; /* not root: nothing is known */
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	who->has_shadow = true;
	factsample.facts.sshd.is_known = false; /* nor whether PAM is asked */
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
}

static void shell__missing_or_no_program(void **state)
{
	(void)state;
	who->shell_errnum = ENOENT;
	put(who->shell, "/bin/zzsh");
	assert_int_equal(factsample_primary(), KA_REASON_ACCOUNT_SHELL_MISSING);
	assert_string_equal(factsample.evidence.path, "/bin/zzsh");
	assert_int_equal(factsample.evidence.errnum, ENOENT);
	assert_false(factsample.evidence.has_stat);
	assert_int_equal(step_of(KA_REASON_ACCOUNT_SHELL_MISSING), KA_STEP_USER);
	is_fix("usermod -s /bin/bash -- alice");
	put(factsample.facts.sshd.text, "chrootdirectory /srv\n");
	factsample.facts.sshd.text_len = strlen(factsample.facts.sshd.text);
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	put(factsample.facts.sshd.text, "chrootdirectory none\n");
	assert_int_equal(factsample_primary(), KA_REASON_ACCOUNT_SHELL_MISSING);
	who->shell_errnum = EACCES; /* we may not see it; sshd may */
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	who->shell_errnum = 0;
	who->shell_mode = S_IFREG | 0644;
	who->shell_uid = 12;
	who->shell_gid = 34;
	assert_int_equal(factsample_primary(), KA_REASON_ACCOUNT_SHELL_NOT_EXECUTABLE);
	assert_true(factsample.evidence.has_stat);
	assert_int_equal(factsample.evidence.mode, S_IFREG | 0644);
	assert_int_equal(factsample.evidence.uid, 12);
	assert_int_equal(factsample.evidence.gid, 34);
	assert_int_equal(step_of(KA_REASON_ACCOUNT_SHELL_NOT_EXECUTABLE), KA_STEP_USER);
	who->shell_mode = S_IFDIR | 0755;
	assert_int_equal(factsample_primary(), KA_REASON_ACCOUNT_SHELL_NOT_EXECUTABLE);
	who->shell_mode = S_IFREG | 0100;
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
}

static void expired__by_pam_unix__behind_the_key(void **state)
{
	(void)state;
	who->expires_day = TODAY + 1;
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	who->expires_day = TODAY; /* pam_unix: this day is one too many */
	assert_int_equal(factsample_primary(), KA_REASON_ACCOUNT_EXPIRED);
	assert_string_equal(factsample.evidence.note, "the account expired on 2026-11-23");
	is_fix("chage -E -1 -- alice");
	assert_int_equal(step_of(KA_REASON_ACCOUNT_EXPIRED), KA_STEP_LOGIN);
	who->has_shadow = false; /* not root: the dates say nothing */
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	who->has_shadow = true;
	factsample_pam("account required pam_unix.so\naccount required pam_deny.so\n"); /* the date is not why */
	assert_int_equal(factsample_primary(), KA_REASON_PAM_ACCOUNT_DENIED);
	assert_false(factsample_has(KA_REASON_ACCOUNT_EXPIRED));
	factsample_pam("account required pam_nologin.so\naccount required pam_permit.so\n");
	assert_int_equal(factsample_primary(), KA_REASON_NONE); /* nobody looks at the date */
	factsample_pam("account sufficient pam_permit.so\naccount required pam_unix.so\n");
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	factsample_pam("account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so\naccount requisite pam_deny.so\n"
		       "account required pam_permit.so\n");
	assert_int_equal(factsample_primary(), KA_REASON_ACCOUNT_EXPIRED);
	assert_false(factsample_has(KA_REASON_PAM_ACCOUNT_DENIED));
	factsample.facts.files.files[0].scan.hits[0].reason = KA_REASON_LINE_COMMENTED_OUT; /* no key is accepted: it comes later */
	factsample.facts.files.files[0].scan.hits[0].fit = KA_KEYSCAN_WHOLE;
	assert_int_equal(factsample_primary(), KA_REASON_LINE_COMMENTED_OUT);
	assert_true(factsample_has(KA_REASON_ACCOUNT_EXPIRED));
}

static void expired__without_pam__before_any_key(void **state)
{
	(void)state;
	no_pam();
	who->expires_day = TODAY;
	assert_int_equal(factsample_primary(), KA_REASON_NONE); /* sshd lets the last day pass */
	who->expires_day = TODAY - 1;
	who->is_locked = true; /* sshd speaks of the date first */
	assert_int_equal(factsample_primary(), KA_REASON_ACCOUNT_EXPIRED);
	is_fix("chage -E -1 -- alice");
	assert_int_equal(step_of(KA_REASON_ACCOUNT_EXPIRED), KA_STEP_USER);
	who->expires_day = INT64_MIN;
	assert_int_equal(factsample_primary(), KA_REASON_ACCOUNT_EXPIRED); /* any number can be shown */
}

static void password__old_or_too_old(void **state)
{
	(void)state;
	who->changed_day = 0;
	assert_int_equal(factsample_primary(), KA_REASON_ACCOUNT_PASSWORD_EXPIRED);
	assert_string_equal(factsample.evidence.note, "shadow says that the password must be changed at the next login");
	assert_int_equal(step_of(KA_REASON_ACCOUNT_PASSWORD_EXPIRED), KA_STEP_SESSION);
	assert_int_equal(factsample.fix.commands, 0);
	assert_string_equal(factsample.fix.advice, "On the client: ssh -t alice@HOST, and change the password; or here, if your policy allows it: "
						   "chage -d 2026-11-23 -- alice");
	who->has_hash = false; /* there is no password to change */
	assert_int_equal(factsample_primary(), KA_REASON_ACCOUNT_PASSWORD_EXPIRED);
	is_fix("chage -d 2026-11-23 -- alice");
	assert_string_equal(factsample.fix.advice, "");
	who->changed_day = TODAY - 91;
	who->max_days = 90;
	assert_int_equal(factsample_primary(), KA_REASON_ACCOUNT_PASSWORD_EXPIRED);
	assert_string_equal(factsample.evidence.note, "the password is of 2026-08-24 and must be changed every 90 days");
	who->inactive_days = 1;
	assert_int_equal(factsample_primary(), KA_REASON_ACCOUNT_PASSWORD_EXPIRED);
	who->inactive_days = 0;
	assert_int_equal(factsample_primary(), KA_REASON_ACCOUNT_EXPIRED);
	assert_string_equal(factsample.evidence.note, "the password is of 2026-08-24 and must be changed every 90 days, and 0 more have passed");
	is_fix("chage -d 2026-11-23 -- alice");
	assert_int_equal(step_of(KA_REASON_ACCOUNT_EXPIRED), KA_STEP_LOGIN);
	who->max_days = 80;
	who->inactive_days = 7;
	assert_int_equal(factsample_primary(), KA_REASON_ACCOUNT_EXPIRED);
	assert_string_equal(factsample.evidence.note, "the password is of 2026-08-24 and must be changed every 80 days, and 7 more have passed");
	factsample_pam("account required pam_unix.so no_pass_expiry\n");
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	factsample_pam(STACK);
	no_pam(); /* sshd looks at passwords only where it checks one */
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	factsample.facts.sshd.use_pam = true;
	who->max_days = 91;
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	who->changed_day = TODAY + 5;
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
}

/* each number of shadow(5) that is not set, and what is no age at all */
static void password__dates_that_say_nothing__no_cause(void **state)
{
	(void)state;
	who->changed_day = 0;
	assert_int_equal(factsample_primary(), KA_REASON_ACCOUNT_PASSWORD_EXPIRED);
	who->has_shadow = false; /* not root */
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	who->has_shadow = true;
	factsample_pam("account required pam_permit.so\n"); /* nobody looks */
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	factsample_pam(STACK);
	factsample.facts.pam.lines.is_cut = true; /* nobody knows who looks */
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	factsample.facts.pam.lines.is_cut = false;
	who->changed_day = -1;
	who->max_days = 90;
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	who->changed_day = TODAY - 100;
	assert_int_equal(factsample_primary(), KA_REASON_ACCOUNT_PASSWORD_EXPIRED);
	who->max_days = -1;
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	who->max_days = -2; /* an odd number is one, but not before the password's day */
	who->changed_day = TODAY;
	assert_int_equal(factsample_primary(), KA_REASON_ACCOUNT_PASSWORD_EXPIRED);
	who->changed_day = TODAY + 1;
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
}

/* what comes behind the proof of a key decides only where a key came so far, or nobody asks about one */
static void class__who_came_so_far__decides(void **state)
{
	static const struct { size_t offers; bool general, settled, is_said; enum ka_step reached; enum ka_class class; } rows[] = {
		{ 0, true, false, false, KA_STEP_LISTENER, KA_CLASS_ALONE },
		{ 0, false, false, false, KA_STEP_LISTENER, KA_CLASS_SECONDARY },
		{ 1, true, false, false, KA_STEP_LISTENER, KA_CLASS_SECONDARY },
		{ 1, false, false, false, KA_STEP_LISTENER, KA_CLASS_SECONDARY },
		{ 1, false, true, false, KA_STEP_LISTENER, KA_CLASS_ALONE },
		{ 1, false, false, true, KA_STEP_LISTENER, KA_CLASS_ALONE },
		{ 1, false, false, false, KA_STEP_SIGNATURE, KA_CLASS_SECONDARY },
		{ 1, false, false, false, KA_STEP_LOGIN, KA_CLASS_ALONE },
		{ 1, false, false, false, KA_STEP_SESSION, KA_CLASS_ALONE },
	};

	(void)state;
	said("Access denied for user alice by PAM account configuration [preauth]");
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		memset(&factsample.out, 0, sizeof(factsample.out));
		factsample.subject.offers_count = factsample.facts.offers_count = rows[i].offers;
		factsample.subject.is_general = rows[i].general;
		factsample.subject.said_count = rows[i].is_said;
		factsample.subject.reached = rows[i].reached;
		factsample.out.settled[0] = rows[i].settled;
		if (ka_ruleaccount_class(&factsample.facts, &factsample.out) != rows[i].class)
			fail_msg("row %zu", i);
	}
}

static void nologin__where_somebody_looks(void **state)
{
	(void)state;
	who->closed[KA_ACCOUNT_RUN] = (struct ka_account_closed){ .is_there = true, .since_sec = 1000000000 };
	put(who->closed[KA_ACCOUNT_RUN].text, "back at five");
	assert_int_equal(factsample_primary(), KA_REASON_ACCOUNT_NOLOGIN);
	assert_string_equal(factsample.evidence.path, "/run/nologin");
	assert_string_equal(factsample.evidence.detail, "back at five");
	assert_string_equal(factsample.evidence.note, "it is there since 2001-09-09T01:46Z");
	is_fix("rm -- /run/nologin");
	assert_int_equal(step_of(KA_REASON_ACCOUNT_NOLOGIN), KA_STEP_LOGIN);
	factsample.facts.sshd.is_known = false; /* whom does sshd ask? */
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	factsample.facts.sshd.is_known = true;
	no_pam(); /* sshd itself knows only the other one */
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	who->closed[KA_ACCOUNT_ETC].is_there = true;
	factsample.facts.sshd.is_known = false;
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	factsample.facts.sshd.is_known = true;
	who->is_asked = false; /* nobody has looked */
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	who->is_asked = true;
	assert_int_equal(factsample_primary(), KA_REASON_ACCOUNT_NOLOGIN);
	is_fix("rm -- /etc/nologin");
	factsample.facts.uid = 0;
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	factsample.facts.uid = 1001;
	factsample.facts.sshd.use_pam = true;
	assert_int_equal(factsample_primary(), KA_REASON_ACCOUNT_NOLOGIN);
	assert_int_equal(factsample.fix.commands, 2);
	assert_int_equal(count_of(KA_REASON_ACCOUNT_NOLOGIN), 1); /* one finding for both */
	factsample_pam("account required pam_unix.so\n");
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	factsample_pam("account required pam_nologin.so file=/etc/closed\naccount required pam_unix.so\n");
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
}

/* sshd says that PAM said no: the facts say why, and the log's word is not said twice */
static void log__denied_by_pam__the_account_is_named(void **state)
{
	(void)state;
	factsample.facts.files.files[0].scan.hits_count = 0; /* the key was removed since */
	factsample.subject.reached = KA_STEP_LOGIN;
	said("Access denied for user alice by PAM account configuration [preauth]");
	assert_int_equal(factsample_primary(), KA_REASON_PAM_ACCOUNT_DENIED);
	who->expires_day = 1;
	assert_int_equal(factsample_primary(), KA_REASON_ACCOUNT_EXPIRED);
	assert_false(factsample_has(KA_REASON_PAM_ACCOUNT_DENIED));
	who->expires_day = -1;
	who->closed[KA_ACCOUNT_ETC].is_there = true;
	assert_int_equal(factsample_primary(), KA_REASON_ACCOUNT_NOLOGIN);
	assert_false(factsample_has(KA_REASON_PAM_ACCOUNT_DENIED));
	factsample.facts.pam.lines.is_cut = true; /* the stack is not known: sshd's word is enough */
	assert_int_equal(factsample_primary(), KA_REASON_ACCOUNT_NOLOGIN);
	who->closed[KA_ACCOUNT_ETC].is_there = false;
	who->expires_day = 1;
	factsample.facts.sshd.is_known = factsample.facts.sshd.use_pam = false; /* nor sshd's configuration */
	assert_int_equal(factsample_primary(), KA_REASON_ACCOUNT_EXPIRED);
	factsample.facts.sshd.is_known = factsample.facts.sshd.use_pam = true;
	factsample.subject.said_count = 0;
	factsample.subject.reached = KA_STEP_SESSION; /* it got in, whatever stands there now */
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
}

#define T(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(unknown__with_near_names__they_are_evidence),
		T(locked__only_without_pam),
		T(shell__missing_or_no_program),
		T(expired__by_pam_unix__behind_the_key),
		T(expired__without_pam__before_any_key),
		T(password__old_or_too_old),
		T(password__dates_that_say_nothing__no_cause),
		T(class__who_came_so_far__decides),
		T(nologin__where_somebody_looks),
		T(log__denied_by_pam__the_account_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
