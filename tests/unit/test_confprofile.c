/* conf/confprofile: names of profiles, and the list of users: the first that matches counts. */
#include "conf/confprofile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/confsample.h"

#include "base/poison.h"

static void find__every_name__and_no_other(void **state)
{
	static const char *const names[] = { "none", "default", "strict", "bsi", "fips", "sk-only" };
	static const char *const others[] = { "", "Strict", "stric", "stricts", "sk_only", "none ", "\xff" };
	enum ka_conf_profile p;

	(void)state;
	for (unsigned i = 0; i < KA_ARRAY_LEN(names); i++) {
		p = KA_CONF_PROFILE_BSI;
		assert_true(ka_confprofile_find(ka_span_of(names[i]), &p));
		assert_int_equal(p, i);
		assert_string_equal(ka_confprofile_name((enum ka_conf_profile)i), names[i]);
	}
	for (size_t i = 0; i < KA_ARRAY_LEN(others); i++) {
		p = KA_CONF_PROFILE_BSI;
		assert_false(ka_confprofile_find(ka_span_of(others[i]), &p));
		assert_int_equal(p, KA_CONF_PROFILE_BSI);
	}
	assert_string_equal(ka_confprofile_name((enum ka_conf_profile)77), "none");
}

static const struct confsample_row wrong[] = {
	{ "[policy]\nuser_profiles = root\n", "f:2: user_profiles: \"root\" is not of the form GLOB:PROFILE" },
	{ "[policy]\nuser_profiles = :strict\n",
	  "f:2: user_profiles: \":strict\" has no user name, or pattern of one with * and ?, before its colon" },
	{ "[policy]\nuser_profiles = a/b:strict\n",
	  "f:2: user_profiles: \"a/b:strict\" has no user name, or pattern of one with * and ?, before its colon" },
	{ "[policy]\nuser_profiles = [ab]*:strict\n",
	  "f:2: user_profiles: \"[ab]*:strict\" has no user name, or pattern of one with * and ?, before its colon" },
	{ "[policy]\nuser_profiles = a:stric\n",
	  "f:2: user_profiles: \"a:stric\" has no profile behind its colon: default, strict, bsi, fips, sk-only or none" },
	{ "[policy]\nuser_profiles = a:b:strict\n",
	  "f:2: user_profiles: \"a:b:strict\" has no profile behind its colon: default, strict, bsi, fips, sk-only or none" },
	{ "[policy]\nuser_profiles = *:bsi a:\n",
	  "f:2: user_profiles: \"a:\" has no profile behind its colon: default, strict, bsi, fips, sk-only or none" },
	{ "[policy]\nuser_profiles = *:bsi *:bsi\n", "f:2: user_profiles: \"*:bsi\" stands there twice" },
	{ "[policy]\nprofile = none\n", "f:2: profile: \"none\" is not one of default, strict, bsi, fips, sk-only" },
	{ "[policy]\nprofile = strikt\n", "f:2: profile: \"strikt\" is not one of default, strict, bsi, fips, sk-only; did you mean \"strict\"?" },
	{ "[source a]\nprofile = non\n",
	  "f:2: profile: \"non\" is not one of none, default, strict, bsi, fips, sk-only; did you mean \"none\"?" },
};

static void read__wrong__says_exactly_what(void **state)
{
	(void)state;
	confsample_wrong(wrong, KA_ARRAY_LEN(wrong));
}

static void of_user__the_first_that_matches__counts(void **state)
{
	static const struct { const char *user; enum ka_conf_profile p; const char *rule; } rows[] = {
		{ "root", KA_CONF_PROFILE_SK_ONLY, "root:sk-only" },
		{ "roo", KA_CONF_PROFILE_STRICT, "*:strict" },
		{ "Root", KA_CONF_PROFILE_STRICT, "*:strict" },
		{ "deploy", KA_CONF_PROFILE_NONE, "deploy*:none" },
		{ "deploy-7", KA_CONF_PROFILE_NONE, "deploy*:none" },
		{ "adm1", KA_CONF_PROFILE_FIPS, "adm?:fips" },
		{ "adm12", KA_CONF_PROFILE_STRICT, "*:strict" },
		{ "host$", KA_CONF_PROFILE_BSI, "*$:bsi" },
		{ "a:strict", KA_CONF_PROFILE_STRICT, "*:strict" },
		{ "", KA_CONF_PROFILE_NONE, "" },
	};
	struct ka_span rule;

	(void)state;
	assert_string_equal(confsample_first_error("[policy]\nuser_profiles =  root:sk-only deploy*:none  adm?:fips *$:bsi *:strict root:bsi\n"), "");
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		assert_int_equal(ka_confprofile_of_user(&confsample, rows[i].user, &rule), rows[i].p);
		assert_true(ka_span_is(rule, rows[i].rule));
		assert_int_equal(ka_confprofile_of_user(&confsample, rows[i].user, NULL), rows[i].p);
	}
}

static void of_user__no_list_or_nobody_in_it__none(void **state)
{
	struct ka_span rule;

	(void)state;
	assert_string_equal(confsample_first_error("[policy]\n"), "");
	assert_int_equal(ka_confprofile_of_user(&confsample, "root", &rule), KA_CONF_PROFILE_NONE);
	assert_int_equal(rule.len, 0);
	assert_string_equal(confsample_first_error("[policy]\nuser_profiles = a*:strict\n"), "");
	assert_int_equal(ka_confprofile_of_user(&confsample, "root", &rule), KA_CONF_PROFILE_NONE);
	assert_int_equal(rule.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(find__every_name__and_no_other),
		cmocka_unit_test(read__wrong__says_exactly_what),
		cmocka_unit_test(of_user__the_first_that_matches__counts),
		cmocka_unit_test(of_user__no_list_or_nobody_in_it__none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
