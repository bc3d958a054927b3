/* keyaudit/casemethods: each witness alone, all of them together, and one that is not believed. */
#include "keyaudit/case/casemethods.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "audit/eventmethod.h"

#include "base/poison.h"

#define AUTH(pid) "ka1 phase at=1 up=1 pid=" pid " phase=auth service=sshd user=alice rhost=192.0.2.1 conn=- info=-\n"
#define SESSION(info) "ka1 phase at=2 up=2 pid=4240 phase=session service=sshd user=alice rhost=192.0.2.1 conn=- info=" info "\n"

static struct ka_case *c;

static int begin(void **state)
{
	const struct ka_conn conn = { 4240, 99 };

	(void)state;
	c = ka_case_new(&conn);
	return c != NULL ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	ka_case_free(&c);
	return 0;
}

static void phases(const char *text)
{
	assert_int_equal(ka_case_phases(c, ka_span_of(text)), KA_ERR_OK);
}

static void hears(const char *message, bool is_verified)
{
	assert_true(ka_said_make(ka_span_of(message), is_verified, 1, &c->said[c->said_count]));
	c->said_count++;
	c->said_sure |= is_verified;
}

static void methods__nobody_spoke__none(void **state)
{
	(void)state;
	assert_int_equal(ka_casemethods(c), 0);
}

static void methods__pam__by_the_process_that_asked(void **state)
{
	(void)state;
	phases(AUTH("4240"));
	assert_int_equal(ka_casemethods(c), KA_METHOD_PASSWORD);
	phases(AUTH("4241"));
	assert_int_equal(ka_casemethods(c), KA_METHOD_PASSWORD | KA_METHOD_KEYBOARD_INTERACTIVE);
}

static void methods__session__all_that_succeeded(void **state)
{
	(void)state;
	phases(SESSION("publickey%20ssh-ed25519%20AAAA%0Apassword%0Awhatever%20password"));
	assert_int_equal(ka_casemethods(c), KA_METHOD_PUBLICKEY | KA_METHOD_PASSWORD);
}

static void methods__log__a_forger_is_heard_only_where_nobody_better_spoke(void **state)
{
	(void)state;
	hears("Failed password for alice from 192.0.2.1 port 50514 ssh2", false);
	assert_int_equal(ka_casemethods(c), KA_METHOD_PASSWORD);
	hears("Failed keyboard-interactive/pam for alice from 192.0.2.1 port 50514 ssh2", true);
	assert_int_equal(ka_casemethods(c), KA_METHOD_KEYBOARD_INTERACTIVE);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)
	const struct CMUnitTest tests[] = {
		T(methods__nobody_spoke__none), T(methods__pam__by_the_process_that_asked), T(methods__session__all_that_succeeded),
		T(methods__log__a_forger_is_heard_only_where_nobody_better_spoke),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
