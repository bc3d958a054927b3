/* diag/pamview: whose answer makes the stack refuse, and no refusal by a module that nobody knows. */
#include "diag/pamview.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/factsample.h"

#include "base/poison.h"

#define F (&factsample.facts)

static void known__only_what_sshd_asks_and_was_read(void **state)
{
	(void)state;
	assert_false(ka_pamview_is_known(F));
	factsample_pam("account required pam_unix.so\n");
	assert_true(ka_pamview_is_known(F));
	F->pam.lines.is_cut = true;
	assert_false(ka_pamview_is_known(F));
	F->pam.lines.is_cut = F->sshd.use_pam = false;
	assert_false(ka_pamview_is_known(F));
	F->sshd.use_pam = true;
	F->sshd.is_known = false;
	assert_false(ka_pamview_is_known(F));
	F->sshd.is_known = true;
	F->pam.is_known = false;
	assert_false(ka_pamview_is_known(F));
	F->pam.is_known = true;
	assert_true(ka_pamview_is_known(F));
}

static void account__each_trouble__its_own_module(void **state)
{
	size_t at;

	(void)state;
	factsample_pam("account required pam_sss.so\naccount required pam_nologin.so\naccount required pam_unix.so\n"
		       "account optional pam_keyaudit.so\nsession required pam_deny.so\n");
	assert_int_equal(ka_pamview_account(F, KA_PAMVIEW_NONE, &at), KA_PAMRUN_SUCCESS);
	assert_int_equal(at, KA_PAMRUN_NO_LINE);
	assert_int_equal(ka_pamview_account(F, KA_PAMVIEW_NOLOGIN, &at), KA_PAMRUN_AUTH_ERR);
	assert_int_equal(at, 1);
	assert_int_equal(ka_pamview_account(F, KA_PAMVIEW_EXPIRED, &at), KA_PAMRUN_ACCT_EXPIRED);
	assert_int_equal(at, 2);
	assert_int_equal(ka_pamview_account(F, KA_PAMVIEW_PASSWORD_OLD, &at), KA_PAMRUN_NEW_AUTHTOK_REQD);
	assert_false(ka_pamview_refuses(KA_PAMRUN_NEW_AUTHTOK_REQD));
	assert_int_equal(ka_pamview_account(F, KA_PAMVIEW_PASSWORD_DEAD, NULL), KA_PAMRUN_AUTHTOK_EXPIRED);
	assert_true(ka_pamview_refuses(KA_PAMRUN_AUTHTOK_EXPIRED));
	assert_false(ka_pamview_refuses(KA_PAMRUN_SUCCESS));
}

/* what an argument or another phase changes */
static void account__arguments_and_rules__are_obeyed(void **state)
{
	(void)state;
	factsample_pam("account required pam_unix.so no_pass_expiry\naccount required pam_nologin.so file=/etc/closed\n");
	assert_int_equal(ka_pamview_account(F, KA_PAMVIEW_PASSWORD_OLD, NULL), KA_PAMRUN_SUCCESS);
	assert_int_equal(ka_pamview_account(F, KA_PAMVIEW_PASSWORD_DEAD, NULL), KA_PAMRUN_SUCCESS);
	assert_int_equal(ka_pamview_account(F, KA_PAMVIEW_EXPIRED, NULL), KA_PAMRUN_ACCT_EXPIRED);
	assert_int_equal(ka_pamview_account(F, KA_PAMVIEW_NOLOGIN, NULL), KA_PAMRUN_SUCCESS);
	factsample_pam("account required pam_nologin.so successok\naccount required pam_unix.so\n");
	assert_int_equal(ka_pamview_account(F, KA_PAMVIEW_NOLOGIN, NULL), KA_PAMRUN_AUTH_ERR);
	factsample_pam("account required pam_access.so\nsession required pam_access.so\n");
	assert_int_equal(ka_pamview_account(F, KA_PAMVIEW_NONE, NULL), KA_PAMRUN_SUCCESS);
	F->access.answer = KA_PAMACCESS_DENIED;
	assert_int_equal(ka_pamview_account(F, KA_PAMVIEW_NONE, NULL), KA_PAMRUN_PERM_DENIED);
	assert_int_equal(ka_pamview_session(F, NULL), KA_PAMRUN_SUCCESS); /* the rules were asked for the account */
	factsample_pam("session required pam_nologin.so\n"); /* it has no session entry that could say anything */
	assert_int_equal(ka_pamview_session(F, NULL), KA_PAMRUN_SUCCESS);
}

static void session__denied_or_missing__is_named(void **state)
{
	struct ka_evidence e = { .line = 0 };
	size_t at;

	(void)state;
	factsample_pam("account required pam_unix.so\nsession required pam_unix.so\nsession required pam_deny.so x\n");
	assert_int_equal(ka_pamview_session(F, &at), KA_PAMRUN_SESSION_ERR);
	assert_int_equal(at, 2);
	ka_pamview_line(F, at, &e);
	assert_string_equal(e.path, "/etc/pam.d/sshd");
	assert_int_equal(e.line, 3);
	assert_string_equal(e.detail, "pam_deny.so x");
	factsample_pam("session optional pam_systemd.so\nsession required pam_unix.so\n");
	F->pam.lines.lines[0].is_missing = true;
	assert_int_equal(ka_pamview_session(F, &at), KA_PAMRUN_SUCCESS);
	F->pam.lines.lines[1].is_missing = true;
	assert_int_equal(ka_pamview_session(F, &at), KA_PAMRUN_MODULE_UNKNOWN);
	assert_int_equal(at, 1);
	memset(&e, 0, sizeof(e));
	ka_pamview_line(F, KA_PAMRUN_NO_LINE, &e);
	ka_pamview_line(F, F->pam.lines.count, &e);
	assert_int_equal(e.line, 0);
	assert_string_equal(e.path, "");
}

#define T(name) cmocka_unit_test_setup(name, factsample_plain)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(known__only_what_sshd_asks_and_was_read),
		T(account__each_trouble__its_own_module),
		T(account__arguments_and_rules__are_obeyed),
		T(session__denied_or_missing__is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
