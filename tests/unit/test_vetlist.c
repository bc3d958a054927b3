/* vet/vetlist: lists of words, of [policy] and of a source that has its own. What is wrong with a word: test_vetconf.c. */
#include "vet/vetlist.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/confsample.h"

#include "base/poison.h"

#define SOURCE "[lookup]\nsources = corp local\n[source local]\ntype = file\npath = /k/%u\n[source corp]\ntype = file\npath = /c/%u\n"

static struct ka_vetpolicy policy;
static const struct ka_conf_source *corp, *local;

/* the lists of corp, below [policy]; the first error */
static const char *make(const char *of_policy, const char *of_corp)
{
	char text[1024];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_buf_text(&b, "[policy]\n");
	ka_buf_text(&b, of_policy);
	ka_buf_text(&b, SOURCE);
	ka_buf_text(&b, of_corp);
	assert_string_equal(confsample_whole_error(text), "");
	corp = &confsample.sources[0];
	local = &confsample.sources[1];
	assert_string_equal(corp->name, "corp");
	memset(&policy, 0xa5, sizeof(policy));
	ka_vetlist_options(&confsample, corp, &policy, &confsample_errors);
	return confsample_errors.first;
}

static void options__of_a_source__in_place_of_the_policys(void **state)
{
	(void)state;
	assert_string_equal(make("options = restrict from pty\nforce_options = no-pty\nrequire_options = from\n",
				 "options = command no-user-rc\nforce_options = restrict,from=\"10.0.0.0/8\"\nrequire_options = command\n"), "");
	for (unsigned i = 0; i < KA_KEYOPT_COUNT; i++) {
		assert_int_equal(policy.option_allowed[i], i == KA_KEYOPT_COMMAND);
		assert_int_equal(policy.no_option_allowed[i], i == KA_KEYOPT_USER_RC);
		assert_int_equal(policy.option_required[i], i == KA_KEYOPT_COMMAND);
		assert_int_equal(policy.option_forced[i], i == KA_KEYOPT_RESTRICT || i == KA_KEYOPT_FROM);
	}
	assert_string_equal(policy.force_options, "restrict,from=\"10.0.0.0/8\"");
	assert_true(ka_vetlist_has_own(&confsample, corp));
	assert_false(ka_vetlist_has_own(&confsample, local));
}

/* a list that is empty is a list: it allows, forces or demands nothing */
static void options__empty__is_not_the_policys(void **state)
{
	(void)state;
	assert_string_equal(make("force_options = restrict\nrequire_options = from\n", "options =\nforce_options =\nrequire_options =\n"), "");
	for (unsigned i = 0; i < KA_KEYOPT_COUNT; i++)
		assert_false(policy.option_allowed[i] || policy.no_option_allowed[i] || policy.option_required[i] || policy.option_forced[i]);
	assert_string_equal(policy.force_options, "");
	assert_true(ka_vetlist_has_own(&confsample, corp));
}

static void options__not_set__are_the_policys_with_their_place(void **state)
{
	struct ka_vetpolicy of_policy;

	(void)state;
	assert_string_equal(make("options = from pty\nforce_options = restrict\nrequire_options = from\n", ""), "");
	assert_false(ka_vetlist_has_own(&confsample, corp));
	memset(&of_policy, 0, sizeof(of_policy));
	ka_vetlist_options(&confsample, NULL, &of_policy, &confsample_errors);
	assert_int_equal(confsample_errors.count, 0);
	assert_memory_equal(policy.option_allowed, of_policy.option_allowed, sizeof(of_policy.option_allowed));
	assert_memory_equal(policy.option_required, of_policy.option_required, sizeof(of_policy.option_required));
	assert_memory_equal(policy.option_forced, of_policy.option_forced, sizeof(of_policy.option_forced));
	assert_string_equal(policy.force_options, "restrict");
	assert_int_equal(corp->key_at[KA_CONF_KEY_SOURCE_OPTIONS - KA_CONF_KEY_SOURCE_TYPE].line, 2);
	assert_string_equal(make("options = from pty\nrequire_options = from\n", "force_options = no-pty\n"), "");
	assert_true(policy.option_allowed[KA_KEYOPT_PTY] && policy.option_required[KA_KEYOPT_FROM] && !policy.option_forced[KA_KEYOPT_PTY]);
	assert_string_equal(policy.force_options, "no-pty");
}

static void options__wrong__names_the_source(void **state)
{
	static const struct { const char *of_policy, *of_corp, *error; } rows[] = {
		{ "", "options = comand\n", "f:10: [source corp] options: \"comand\" is not a key option; did you mean \"command\"?" },
		{ "", "options = tun*\n", "f:10: [source corp] options: \"tun*\" matches no option that a pattern may allow" },
		{ "", "force_options = cert-authority\n", "f:10: [source corp] force_options: \"cert-authority\" would make a CA of every key" },
		{ "", "force_options = from=\"10.0.0.1/8\"\n",
		  "f:10: [source corp] force_options: column 7: invalid from criteria \"10.0.0.1/8\"" },
		{ "", "require_options = command\n",
		  "f:10: [source corp] require_options: \"command\" is required, but neither in options nor in force_options, so no key could pass" },
		/* what is inherited is wrong only together with what is not */
		{ "require_options = from\n", "options = restrict\n",
		  "f:2: [source corp] require_options: \"from\" is required, but neither in options nor in force_options, so no key could pass" },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		assert_string_equal(make(rows[i].of_policy, rows[i].of_corp), rows[i].error);
		assert_int_equal(confsample_errors.count, 1);
	}
}

/* a source opens a door by its name only, as [policy] does */
static void options__pattern__never_opens_a_door(void **state)
{
	(void)state;
	assert_string_equal(make("", "options = *\n"), "");
	assert_false(policy.option_allowed[KA_KEYOPT_CERT_AUTHORITY] || policy.option_allowed[KA_KEYOPT_COMMAND] ||
		     policy.option_allowed[KA_KEYOPT_PRINCIPALS] || policy.no_option_allowed[KA_KEYOPT_TOUCH_REQUIRED]);
	assert_string_equal(make("", "options = cert-authority\n"), "");
	assert_true(policy.option_allowed[KA_KEYOPT_CERT_AUTHORITY]);
}

static void types_and_applications__are_the_policys(void **state)
{
	(void)state;
	assert_string_equal(make("types = ssh-rsa\nsk_application = ssh:a* ssh:b\n", ""), "");
	memset(&policy, 0, sizeof(policy));
	ka_vetlist_types(&confsample, &policy, &confsample_errors);
	ka_vetlist_applications(&confsample, &policy, &confsample_errors);
	assert_int_equal(confsample_errors.count, 0);
	for (size_t i = 0; i < KA_KEYTYPE_COUNT; i++)
		assert_int_equal(policy.type_allowed[i], strcmp(ka_keytype_at(i)->name, "ssh-rsa") == 0);
	assert_int_equal(policy.sk_application_count, 2);
	assert_string_equal(policy.sk_application[1], "ssh:b");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options__wrong__names_the_source),
		cmocka_unit_test(options__pattern__never_opens_a_door),
		cmocka_unit_test(options__of_a_source__in_place_of_the_policys),
		cmocka_unit_test(options__empty__is_not_the_policys),
		cmocka_unit_test(options__not_set__are_the_policys_with_their_place),
		cmocka_unit_test(types_and_applications__are_the_policys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
