/* diag/rulepam on invented facts: the module that refuses, the one that may have, and the stack that is innocent. */
#include "diag/rulepam.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/factsample.h"

#include "base/poison.h"

#define F (&factsample.facts)

static struct ka_said line;

static int begin(void **state)
{
	factsample_plain(state);
	factsample_hit(factsample_there(0), 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	factsample.offers[0].said = KA_OFFER_UNKNOWN;
	return 0;
}

static void said(const char *message)
{
	assert_true(ka_said_make(ka_span_of(message), true, 1, &line));
	factsample.subject.said = &line;
	factsample.subject.said_count = 1;
}

static const struct ka_primary_item *item_of(enum ka_reason reason)
{
	for (size_t i = 0; i < factsample.out.count; i++)
		if (factsample.out.items[i].reason == reason)
			return &factsample.out.items[i];
	return NULL;
}

#define ACCOUNT_LINE "Access denied for user alice by PAM account configuration [preauth]"
#define SESSION_LINE "PAM: pam_open_session(): Cannot make/remove an entry for the specified session"

/* what is said of each module that may have refused */
static void advice__of_every_module__its_own(void **state)
{
	static const struct { const char *phase, *module, *says; } rows[] = {
		{ "account", "pam_access.so", "let" }, { "account", "pam_time.so", "time.conf" }, { "account", "pam_sss.so", "sssctl user-checks -s sshd alice" },
		{ "account", "pam_winbind.so", "wbinfo -i alice" }, { "account", "pam_ldap.so", "the filter in its configuration" },
		{ "account", "pam_listfile.so", "Look for alice in the list" }, { "account", "pam_succeed_if.so", "Look at the condition" },
		{ "account", "pam_faillock.so", "faillock --user alice" }, { "account", "pam_tally2.so", "pam_tally2 --user alice" },
		{ "session", "pam_limits.so", "limits.conf" }, { "session", "pam_loginuid.so", "loginuid" },
		{ "session", "pam_namespace.so", "namespace.conf" }, { "session", "pam_mount.so", "pam_mount.conf.xml" },
	};

	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		bool is_account = strcmp(rows[i].phase, "account") == 0;
		char stack[128];

		begin(state);
		said(is_account ? ACCOUNT_LINE : SESSION_LINE);
		assert_true(snprintf(stack, sizeof(stack), "%s required pam_unix.so\n%s required %s\n", rows[i].phase, rows[i].phase, rows[i].module) > 0);
		factsample_pam(stack);
		assert_int_equal(factsample_primary(), is_account ? KA_REASON_PAM_ACCOUNT_DENIED : KA_REASON_PAM_SESSION_FAILED);
		assert_string_equal(factsample.evidence.detail, rows[i].module);
		assert_string_equal(factsample.evidence.path, "/etc/pam.d/sshd");
		if (strstr(factsample.fix.advice, rows[i].says) == NULL)
			fail_msg("%s: %s", rows[i].module, factsample.fix.advice);
	}
}

static void account__denied_by_the_stack__its_line_is_named(void **state)
{
	(void)state;
	factsample_pam("account required pam_unix.so\naccount required pam_deny.so\nsession required pam_unix.so\n");
	assert_int_equal(factsample_primary(), KA_REASON_PAM_ACCOUNT_DENIED);
	assert_string_equal(factsample.evidence.path, "/etc/pam.d/sshd");
	assert_int_equal(factsample.evidence.line, 2);
	assert_string_equal(factsample.evidence.detail, "pam_deny.so");
	assert_string_equal(factsample.evidence.note, "the stack ends with this module's refusal");
	assert_string_equal(factsample.fix.advice,
			    "It refuses everybody who comes as far: take its line out of /etc/pam.d/sshd, or put a module before it that lets alice in");
	assert_false(factsample.would_login);
	F->pam.lines.is_cut = true; /* what stands behind is not known */
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	factsample_pam("account sufficient pam_unix.so\naccount required pam_deny.so\n");
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	factsample_pam("account required pam_sss.so\naccount required pam_time.so\n"); /* nobody knows what they say */
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
}

static void account__module_is_not_installed__is_named(void **state)
{
	(void)state;
	factsample_pam("account required /nonexistent.so\naccount required pam_unix.so\n");
	F->pam.lines.lines[0].is_missing = true;
	assert_int_equal(factsample_primary(), KA_REASON_PAM_ACCOUNT_DENIED);
	assert_string_equal(factsample.evidence.detail, "/nonexistent.so");
	assert_string_equal(factsample.evidence.note, "this module is not installed");
	assert_non_null(strstr(factsample.fix.advice, "Install the package"));
	factsample_pam("account required pam_access.so\naccount required pam_unix.so\n"); /* no rule of a module that is not there */
	F->pam.lines.lines[0].is_missing = true;
	assert_int_equal(factsample_primary(), KA_REASON_PAM_ACCOUNT_DENIED);
	assert_string_equal(factsample.evidence.path, "/etc/pam.d/sshd");
	assert_string_equal(factsample.evidence.note, "this module is not installed");
	factsample_pam("account optional /nonexistent.so\naccount required pam_unix.so\n");
	F->pam.lines.lines[0].is_missing = true;
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
}

static void account__a_rule_of_access_conf__is_evidence(void **state)
{
	(void)state;
	factsample_pam("account required pam_access.so\naccount required pam_unix.so\n");
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	F->access = (struct ka_pamaccess){ .answer = KA_PAMACCESS_DENIED, .line = 7 };
	put(F->access.path, "/etc/security/access.conf");
	put(F->access.rule, "- : ALL EXCEPT root : ALL");
	assert_int_equal(factsample_primary(), KA_REASON_PAM_ACCOUNT_DENIED);
	assert_string_equal(factsample.evidence.path, "/etc/security/access.conf");
	assert_int_equal(factsample.evidence.line, 7);
	assert_string_equal(factsample.evidence.detail, "- : ALL EXCEPT root : ALL");
	assert_string_equal(factsample.evidence.note, "pam_access.so asks it: /etc/pam.d/sshd:1");
	assert_non_null(strstr(factsample.fix.advice, "lets alice in"));
	factsample.offers[0].said = KA_OFFER_NONE; /* this key was refused before: PAM would only be next */
	F->files.files[0].scan.hits_count = 0;
	factsample_primary();
	assert_int_not_equal(factsample_primary(), KA_REASON_PAM_ACCOUNT_DENIED);
	assert_true(factsample_has(KA_REASON_PAM_ACCOUNT_DENIED));
}

static void account__the_log_says_so__modules_that_may_have(void **state)
{
	(void)state;
	said(ACCOUNT_LINE);
	factsample_pam("account required pam_sss.so\naccount required pam_unix.so\nsession required pam_limits.so\n");
	assert_int_equal(factsample_primary(), KA_REASON_PAM_ACCOUNT_DENIED);
	assert_string_equal(factsample.evidence.detail, "pam_sss.so");
	assert_string_equal(factsample.evidence.note, "modules of the stack that may have refused");
	assert_string_equal(factsample.fix.advice, "Ask what the directory says of alice: sssctl user-checks -s sshd alice");
	assert_ptr_equal(item_of(KA_REASON_PAM_ACCOUNT_DENIED)->said, &line);
	F->pam.is_known = false; /* only that there is this line */
	assert_int_equal(factsample_primary(), KA_REASON_PAM_ACCOUNT_DENIED);
	assert_non_null(strstr(factsample.fix.advice, "sssctl"));
	F->disks.is_full[KA_DISKROOM_VAR] = true; /* an account needs no room */
	assert_int_equal(factsample_primary(), KA_REASON_PAM_ACCOUNT_DENIED);
	assert_non_null(strstr(factsample.fix.advice, "sssctl"));
	assert_string_equal(factsample.evidence.note, "modules of the stack that may have refused");
	F->disks.is_full[KA_DISKROOM_VAR] = false;
	factsample_pam("account required pam_time.so\naccount required pam_sss.so\naccount required pam_listfile.so\n");
	F->pam.lines.lines[2].is_substack = true;
	assert_int_equal(factsample_primary(), KA_REASON_PAM_ACCOUNT_DENIED);
	assert_string_equal(factsample.evidence.detail, "pam_time.so pam_sss.so");
	assert_non_null(strstr(factsample.fix.advice, "time.conf")); /* the first one */
	factsample_pam("account required pam_unix.so\n");
	assert_int_equal(factsample_primary(), KA_REASON_PAM_ACCOUNT_DENIED);
	assert_string_equal(factsample.evidence.note, "");
	assert_string_equal(factsample.evidence.detail, line.message);
	assert_non_null(strstr(factsample.fix.advice, "chage -l alice"));
	F->who = (struct ka_account){ .is_asked = true, .has_shadow = true, .expires_day = 1, .changed_day = -1 };
	factsample.subject.now_sec = 1800000000;
	assert_int_equal(factsample_primary(), KA_REASON_ACCOUNT_EXPIRED);
	assert_false(factsample_has(KA_REASON_PAM_ACCOUNT_DENIED));
}

/* the account phase was reached and no session came; the log is silent */
static void account__reached_and_no_session__was_denied(void **state)
{
	(void)state;
	factsample_pam("account required pam_unix.so\n");
	factsample.subject.reached = KA_STEP_LOGIN;
	assert_int_equal(factsample_primary(), KA_REASON_PAM_ACCOUNT_DENIED);
	factsample.subject.reached = KA_STEP_SESSION;
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	factsample.subject.reached = KA_STEP_LOGIN;
	F->who = (struct ka_account){ .is_asked = true, .expires_day = -1, .changed_day = -1, .closed[KA_ACCOUNT_ETC].is_there = true };
	factsample_pam("account required pam_nologin.so\naccount required pam_unix.so\n");
	assert_int_equal(factsample_primary(), KA_REASON_ACCOUNT_NOLOGIN);
	assert_false(factsample_has(KA_REASON_PAM_ACCOUNT_DENIED));
}

static void session__by_the_stack_or_the_log(void **state)
{
	(void)state;
	factsample_pam("account required pam_unix.so\nsession required pam_deny.so\n");
	assert_int_equal(factsample_primary(), KA_REASON_PAM_SESSION_FAILED);
	assert_int_equal(factsample.evidence.line, 2);
	F->pam.lines.is_cut = true;
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	factsample_pam("account required pam_unix.so\nsession optional pam_deny.so\nsession required pam_unix.so\n");
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	said(SESSION_LINE);
	assert_int_equal(factsample_primary(), KA_REASON_PAM_SESSION_FAILED);
	assert_string_equal(factsample.evidence.detail, line.message);
	assert_non_null(strstr(factsample.fix.advice, "df -h"));
	assert_string_not_equal(factsample.fix.advice, "Make room: df -h / /run /var, and df -i for inodes");
	factsample_pam("account required pam_unix.so\nsession required pam_limits.so\n");
	F->pam.is_known = false; /* the session may have been another stack's */
	assert_int_equal(factsample_primary(), KA_REASON_PAM_SESSION_FAILED);
	assert_null(strstr(factsample.fix.advice, "limits.conf"));
	F->disks.is_full[KA_DISKROOM_VAR] = F->disks.is_readonly[KA_DISKROOM_ROOT] = true;
	assert_int_equal(factsample_primary(), KA_REASON_PAM_SESSION_FAILED);
	assert_string_equal(factsample.evidence.note, "/ is read-only, /var is full");
	assert_string_equal(factsample.fix.advice, "Make room: df -h / /run /var, and df -i for inodes");
}

/* what was found before, and what the log's word is then worth */
static void explained__by_what_stands_there__not_said_again(void **state)
{
	static const struct { enum ka_step step; enum ka_class class; bool account; enum ka_class session; } rows[] = {
		{ KA_STEP_USER, KA_CLASS_ALONE, true, KA_CLASS_ALONE },
		{ KA_STEP_LOGIN, KA_CLASS_ALONE, false, KA_CLASS_ALONE },
		{ KA_STEP_LOGIN, KA_CLASS_SECONDARY, true, KA_CLASS_ALONE },
		{ KA_STEP_SESSION, KA_CLASS_ALONE, false, KA_CLASS_SECONDARY },
		{ KA_STEP_SESSION, KA_CLASS_SECONDARY, true, KA_CLASS_ALONE },
		{ KA_STEP_LIMIT, KA_CLASS_ALONE, true, KA_CLASS_ALONE },
	};

	(void)state;
	factsample_pam("account required pam_unix.so\nsession required pam_unix.so\n");
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		for (unsigned phase = 0; phase < 2; phase++) {
			memset(&factsample.out, 0, sizeof(factsample.out));
			ka_primary_add(&factsample.out, KA_REASON_ACCOUNT_NOLOGIN, KA_PRIMARY_ALL, rows[i].step, rows[i].class);
			said(phase == 0 ? ACCOUNT_LINE : SESSION_LINE);
			ka_rulepam_run(F, &factsample.out);
			for (size_t n = 1; n < factsample.out.count; n++)
				assert_ptr_equal(factsample.out.items[n].said, &line);
			if (phase == 0)
				assert_int_equal(item_of(KA_REASON_PAM_ACCOUNT_DENIED) != NULL, rows[i].account);
			else
				assert_int_equal(item_of(KA_REASON_PAM_SESSION_FAILED)->class, rows[i].session);
		}
}

/* the stack refuses the session: a cause for who comes so far, or of whom the log says it */
static void session__refused_by_the_stack__decides_with_a_key_or_the_log(void **state)
{
	(void)state;
	factsample_pam("account required pam_unix.so\nsession required pam_deny.so\n");
	F->files.files[0].scan.hits_count = 0;
	factsample_primary();
	assert_int_equal(item_of(KA_REASON_PAM_SESSION_FAILED)->class, KA_CLASS_SECONDARY);
	said(SESSION_LINE);
	memset(&factsample.out, 0, sizeof(factsample.out));
	ka_rulepam_run(F, &factsample.out);
	assert_int_equal(item_of(KA_REASON_PAM_SESSION_FAILED)->class, KA_CLASS_ALONE);
	assert_ptr_equal(item_of(KA_REASON_PAM_SESSION_FAILED)->said, &line);
}

#define T(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(advice__of_every_module__its_own),
		T(explained__by_what_stands_there__not_said_again),
		T(session__refused_by_the_stack__decides_with_a_key_or_the_log),
		T(account__denied_by_the_stack__its_line_is_named),
		T(account__module_is_not_installed__is_named),
		T(account__a_rule_of_access_conf__is_evidence),
		T(account__the_log_says_so__modules_that_may_have),
		T(account__reached_and_no_session__was_denied),
		T(session__by_the_stack_or_the_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
