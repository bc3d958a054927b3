/* diag/pamrun: stacks with told answers; each expectation is what Linux-PAM 1.5 does with them. */
#include "diag/pamrun.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "diag/pamconf.h"

#include "base/poison.h"

static struct ka_pamconf conf;

/* the module says its name */
static enum ka_pamrun_code answer(const void *ctx, const struct ka_pamline *line)
{
	static const struct { const char *name; enum ka_pamrun_code code; } codes[] = {
		{ "yes", KA_PAMRUN_SUCCESS }, { "no", KA_PAMRUN_AUTH_ERR }, { "ignore", KA_PAMRUN_IGNORE },
		{ "expired", KA_PAMRUN_ACCT_EXPIRED }, { "old", KA_PAMRUN_NEW_AUTHTOK_REQD }, { "unknown", KA_PAMRUN_MODULE_UNKNOWN },
	};

	assert_ptr_equal(ctx, &conf);
	for (size_t i = 0; i < KA_ARRAY_LEN(codes); i++)
		if (strcmp(line->module, codes[i].name) == 0)
			return codes[i].code;
	fail();
	return KA_PAMRUN_SUCCESS;
}

static void include(void *ctx, struct ka_span name, enum ka_pamconf_phase phase)
{
	struct ka_pamconf *c = ctx;
	const char *text = ka_span_is(name, "die") ? "account requisite no\naccount required yes\n" :
			   ka_span_is(name, "done") ? "account sufficient yes\naccount required no\n" :
			   ka_span_is(name, "far") ? "account [success=2 default=ignore] yes\naccount required no\n" : "account [default=reset] yes\n";

	ka_pamconf_parse(ka_span_of(text), "sshd", phase, include, c, c);
}

static void check(const char *text, enum ka_pamrun_code expected, size_t line)
{
	size_t decided = 99;

	memset(&conf, 0, sizeof(conf));
	ka_pamconf_parse(ka_span_of(text), "sshd", KA_PAMCONF_PHASES, include, &conf, &conf);
	assert_int_equal(ka_pamrun(&conf.lines, KA_PAMCONF_ACCOUNT, answer, &conf, &decided), expected);
	assert_int_equal(decided, line);
	assert_int_equal(ka_pamrun(&conf.lines, KA_PAMCONF_ACCOUNT, answer, &conf, NULL), expected);
}

#define NOBODY KA_PAMRUN_NO_LINE

static void run__control_words__table(void **state)
{
	(void)state;
	check("", KA_PAMRUN_SUCCESS, NOBODY);
	check("session required no\n", KA_PAMRUN_SUCCESS, NOBODY);
	check("session required no\naccount required yes\nsession required no\n", KA_PAMRUN_SUCCESS, NOBODY);
	check("account required yes\naccount required no\naccount required expired\n", KA_PAMRUN_AUTH_ERR, 1);
	check("account requisite expired\naccount required yes\n", KA_PAMRUN_ACCT_EXPIRED, 0);
	check("account sufficient yes\naccount required no\n", KA_PAMRUN_SUCCESS, NOBODY);
	check("account sufficient no\naccount required yes\n", KA_PAMRUN_SUCCESS, NOBODY);
	check("account required no\naccount sufficient yes\n", KA_PAMRUN_AUTH_ERR, 0);
	check("account optional no\naccount required yes\n", KA_PAMRUN_SUCCESS, NOBODY);
	check("account optional no\n", KA_PAMRUN_PERM_DENIED, NOBODY); /* nobody said yes */
	check("account required ignore\naccount required ignore\n", KA_PAMRUN_PERM_DENIED, NOBODY);
	check("account required unknown\naccount required yes\n", KA_PAMRUN_MODULE_UNKNOWN, 0);
	check("account requried yes\n", KA_PAMRUN_PERM_DENIED, 0); /* whatever it answers is bad */
	check("account required old\naccount required yes\n", KA_PAMRUN_NEW_AUTHTOK_REQD, NOBODY);
}

/* Debian's common-account: pam_unix, then pam_deny, then pam_permit */
static void run__debian__jumps_over_the_denial(void **state)
{
#define DEBIAN(module) "account [success=1 new_authtok_reqd=done default=ignore] " module "\naccount requisite no\naccount required yes\n"
	(void)state;
	check(DEBIAN("yes"), KA_PAMRUN_SUCCESS, NOBODY);
	check(DEBIAN("expired"), KA_PAMRUN_AUTH_ERR, 1);
	check(DEBIAN("old"), KA_PAMRUN_NEW_AUTHTOK_REQD, NOBODY);
	check("account required ignore\n" DEBIAN("yes"), KA_PAMRUN_SUCCESS, NOBODY);
	check("account [success=4 default=ignore] yes\naccount required yes\n", KA_PAMRUN_PERM_DENIED, 0); /* too far */
}

/* what a control word leaves open for the lines behind it */
static void run__reset_and_die__what_comes_behind(void **state)
{
	(void)state;
	check("account requisite yes\n", KA_PAMRUN_SUCCESS, NOBODY);
	check("account requisite old\n", KA_PAMRUN_NEW_AUTHTOK_REQD, NOBODY);
	check("account [default=ok] no\n", KA_PAMRUN_AUTH_ERR, 0); /* an ok of whatever it is */
	check("account required yes\naccount [default=ok] no\n", KA_PAMRUN_AUTH_ERR, 1);
	check("account required no\naccount [default=reset] yes\naccount required yes\n", KA_PAMRUN_SUCCESS, NOBODY);
	check("account requisite no\naccount [default=reset] yes\naccount required yes\n", KA_PAMRUN_AUTH_ERR, 0); /* never comes to it */
	check("account required no\naccount sufficient yes\naccount [default=reset] yes\naccount required yes\n", KA_PAMRUN_SUCCESS, NOBODY);
	check("account [success=0 default=ignore] yes\naccount required yes\n", KA_PAMRUN_PERM_DENIED, 0); /* no jump at all */
	check("account substack far\naccount required yes\naccount required yes\n", KA_PAMRUN_PERM_DENIED, 1); /* nor out of a substack */
}

static void run__substacks__end_where_they_are(void **state)
{
	(void)state;
	check("account substack done\naccount required yes\n", KA_PAMRUN_SUCCESS, NOBODY);
	check("account substack done\naccount required expired\n", KA_PAMRUN_ACCT_EXPIRED, 3); /* done ends the substack only */
	check("account include done\naccount required expired\n", KA_PAMRUN_SUCCESS, NOBODY);  /* and the whole of an include */
	check("account substack die\naccount required expired\n", KA_PAMRUN_AUTH_ERR, 1);
	check("account [success=1 default=bad] yes\naccount substack die\naccount required yes\n", KA_PAMRUN_SUCCESS, NOBODY);
	check("account required yes\naccount substack reset\n", KA_PAMRUN_SUCCESS, NOBODY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(run__control_words__table),
		cmocka_unit_test(run__debian__jumps_over_the_denial),
		cmocka_unit_test(run__reset_and_die__what_comes_behind),
		cmocka_unit_test(run__substacks__end_where_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
