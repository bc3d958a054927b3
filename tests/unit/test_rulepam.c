/* diag/rulepam on invented facts: the module that refuses, the one that may have, and the stack that is innocent. */
#include "diag/rulepam.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
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

static void account__denied_by_the_stack__its_line_is_named(void **state)
{
	(void)state;
	factsample_pam("account required pam_unix.so\naccount required pam_deny.so\nsession required pam_unix.so\n");
	assert_int_equal(factsample_primary(), KA_REASON_PAM_ACCOUNT_DENIED);
	assert_string_equal(factsample.evidence.path, "/etc/pam.d/sshd");
	assert_int_equal(factsample.evidence.line, 2);
	assert_string_equal(factsample.evidence.detail, "pam_deny.so");
	assert_non_null(strstr(factsample.fix.advice, "/etc/pam.d/sshd"));
	assert_false(factsample.would_login);
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
	said("Access denied for user alice by PAM account configuration [preauth]");
	factsample_pam("account required pam_sss.so\naccount required pam_unix.so\nsession required pam_limits.so\n");
	assert_int_equal(factsample_primary(), KA_REASON_PAM_ACCOUNT_DENIED);
	assert_string_equal(factsample.evidence.detail, "pam_sss.so");
	assert_string_equal(factsample.evidence.note, "modules of the stack that may have refused");
	assert_string_equal(factsample.fix.advice, "Ask what the directory says of alice: sssctl user-checks -s sshd alice");
	factsample_pam("account required pam_unix.so\n");
	assert_int_equal(factsample_primary(), KA_REASON_PAM_ACCOUNT_DENIED);
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
	factsample_pam("account required pam_unix.so\nsession optional pam_deny.so\nsession required pam_unix.so\n");
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	said("PAM: pam_open_session(): Cannot make/remove an entry for the specified session");
	assert_int_equal(factsample_primary(), KA_REASON_PAM_SESSION_FAILED);
	assert_string_equal(factsample.evidence.detail, line.message);
	assert_non_null(strstr(factsample.fix.advice, "df -h"));
	F->disks.is_full[KA_DISKROOM_VAR] = F->disks.is_readonly[KA_DISKROOM_ROOT] = true;
	assert_int_equal(factsample_primary(), KA_REASON_PAM_SESSION_FAILED);
	assert_string_equal(factsample.evidence.note, "/ is read-only, /var is full");
	assert_string_equal(factsample.fix.advice, "Make room: df -h / /run /var, and df -i for inodes");
}

#define T(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(account__denied_by_the_stack__its_line_is_named),
		T(account__module_is_not_installed__is_named),
		T(account__a_rule_of_access_conf__is_evidence),
		T(account__the_log_says_so__modules_that_may_have),
		T(account__reached_and_no_session__was_denied),
		T(session__by_the_stack_or_the_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
