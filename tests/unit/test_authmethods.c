/* diag/authmethods: which lists are left, and what they ask for. */
#include "diag/authmethods.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static struct ka_sshdconf conf;

static struct ka_authmethods read(const char *text)
{
	struct ka_authmethods m;

	assert_true(ka_sshdconf_parse(ka_span_of(text), &conf));
	ka_authmethods_read(&conf, &m);
	return m;
}

static void methods__any_or_none__is_not_set(void **state)
{
	(void)state;
	assert_false(read("usepam yes\nauthenticationmethods any\n").is_set);
	assert_false(read("usepam yes\n").is_set);
}

static void methods__key_alone__nothing_more(void **state)
{
	struct ka_authmethods m = read("pubkeyauthentication yes\nauthenticationmethods publickey\n");

	(void)state;
	assert_true(m.is_set);
	assert_int_equal(m.key_alone, 1);
	assert_int_equal(m.more.len, 0);
}

static void methods__one_list_has_more__is_named(void **state)
{
	struct ka_authmethods m = read("pubkeyauthentication yes\nkbdinteractiveauthentication yes\npasswordauthentication no\n"
				       "authenticationmethods password publickey,keyboard-interactive:pam\n");

	(void)state;
	assert_int_equal(m.usable, 1);
	assert_int_equal(m.with_key, 1);
	assert_int_equal(m.key_alone, 0);
	assert_true(ka_span_is(m.more, "publickey,keyboard-interactive:pam"));
	assert_true(ka_span_is(m.off, "password"));
}

static void methods__two_keys__are_more_than_one(void **state)
{
	(void)state;
	assert_int_equal(read("pubkeyauthentication yes\nauthenticationmethods publickey,publickey\n").key_alone, 0);
}

static void methods__switched_off_or_unknown__list_is_lost(void **state)
{
	(void)state;
	assert_int_equal(read("pubkeyauthentication yes\npasswordauthentication no\nauthenticationmethods publickey,password\n").usable, 0);
	assert_int_equal(read("pubkeyauthentication yes\npasswordauthentication yes\nauthenticationmethods publickey,password\n").usable, 1);
	assert_int_equal(read("pubkeyauthentication yes\nauthenticationmethods publickey,\n").usable, 0);
	assert_int_equal(read("pubkeyauthentication yes\nauthenticationmethods smoke-signals\n").usable, 0);
	assert_int_equal(read("pubkeyauthentication no\nauthenticationmethods publickey\n").usable, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(methods__any_or_none__is_not_set),
		cmocka_unit_test(methods__key_alone__nothing_more),
		cmocka_unit_test(methods__one_list_has_more__is_named),
		cmocka_unit_test(methods__two_keys__are_more_than_one),
		cmocka_unit_test(methods__switched_off_or_unknown__list_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
