/* keyaudit/config/policyshow: what is shown is what the judges use, and each value names the last that made it what it is. */
#include "keyaudit/config/policyshow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conf/confprofile.h"
#include "tests/unit/lib/confsample.h"

#include "base/poison.h"

#define TEXT "[lookup]\nsources = local corp\n[source local]\ntype = file\npath = /k/%u\n[source corp]\ntype = file\npath = /c/%u\n" \
	     "profile = fips\noptions = command restrict\n[policy]\nprofile = strict\nuser_profiles = root:sk-only *:bsi\n" \
	     "rsa_max_bits = 4096\nseverity.key.rsa-odd-size = off\nseverity.option.expired = warn\nforce_options = no-pty\n"

static struct { char key[80], value[KA_CONF_TEXT_MAX], origin[KA_CONFSHOW_ORIGIN_MAX]; uint32_t line; } shown[128];
static size_t count;
static const char *wanted_of; /* the source in which each value is shown */

static void take(void *ctx, const struct ka_confshow *s)
{
	(void)ctx;
	assert_true(count < KA_ARRAY_LEN(shown));
	assert_string_equal(s->section, "policy");
	assert_null(s->source);
	assert_true(s->of == wanted_of);
	assert_true(ka_span_copy(ka_span_of(s->key), shown[count].key, sizeof(shown[count].key)));
	assert_true(ka_span_copy(ka_span_of(s->value), shown[count].value, sizeof(shown[count].value)));
	assert_true(ka_span_copy(ka_span_of(s->origin), shown[count].origin, sizeof(shown[count].origin)));
	shown[count++].line = s->at.line;
}

static void show(const struct ka_vetconf_who *who, bool whole)
{
	count = 0;
	ka_policyshow_each(&confsample, who, whole, take, NULL);
}

/* the index of @key; 128 when it is not shown */
static size_t find(const char *key)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(shown[i].key, key) == 0)
			return i;
	return KA_ARRAY_LEN(shown);
}

static void is(const char *key, const char *value, const char *origin, uint32_t line)
{
	size_t i = find(key);

	if (i == KA_ARRAY_LEN(shown))
		fail_msg("%s is not shown", key);
	assert_string_equal(shown[i].value, value);
	assert_string_equal(shown[i].origin, origin);
	assert_int_equal(shown[i].line, line);
}

static int read_it(void **state)
{
	(void)state;
	return strcmp(confsample_whole_error(TEXT), "") != 0;
}

static void base__each_value__from_profile_line_or_default(void **state)
{
	const struct ka_vetconf_who nobody = { .source = NULL };

	(void)state;
	show(&nobody, false);
	is("types", "ssh-ed25519 sk-ssh-ed25519@openssh.com ssh-rsa", "f:12 (profile strict)", 12);
	is("rsa_min_bits", "3072", "f:12 (profile strict)", 12);
	is("rsa_max_bits", "4096", "f:14", 14);
	is("options", "restrict from expiry-time no-*", "default", 0);
	is("force_options", "no-pty", "f:17", 17);
	is("require_options", "", "default", 0);
	is("sk_application", "ssh:*", "default", 0);
	is("severity.key.rsa-odd-size", "off", "f:15", 15);
	is("severity.key.rsa-e-small", "reject", "f:12 (profile strict)", 12);
	is("severity.option.expired", "warn", "f:16", 16);
	assert_int_equal(count, 10); /* and no severity that nobody has changed */
}

static void question__each_value__names_who_changed_it_last(void **state)
{
	struct ka_vetconf_who who = { .source = &confsample.sources[1], .user = "root", .profile = KA_CONF_PROFILE_BSI };

	(void)state;
	show(&who, true);
	is("types", "sk-ssh-ed25519@openssh.com", "f:13 (user_profiles root:sk-only)", 13);
	is("rsa_min_bits", "3072", "f:12 (profile strict)", 12); /* nobody asks for more than [policy] */
	is("options", "command restrict", "f:10 (source corp)", 10);
	is("force_options", "no-pty", "f:17", 17);
	is("severity.key.rsa-odd-size", "warn", "f:9 (source corp: profile fips)", 9);
	is("severity.key.rsa-poly", "reject", "default", 0);
	assert_int_equal(find("severity.key.mpint-zero"), KA_ARRAY_LEN(shown)); /* locked */
	assert_string_equal(confsample_whole_error(CONFSAMPLE_LOCAL), "");
	who = (struct ka_vetconf_who){ .profile = KA_CONF_PROFILE_BSI };
	show(&who, true);
	is("rsa_min_bits", "3000", "-P bsi", 0);
	is("rsa_max_bits", "8192", "default", 0);
}

static void show_source(size_t i)
{
	count = 0;
	wanted_of = confsample.sources[i].name;
	ka_policyshow_source(&confsample, &confsample.sources[i], take, NULL);
	wanted_of = NULL;
}

static void source__what_it_changes__and_nothing_else(void **state)
{
	(void)state;
	show_source(0);
	assert_int_equal(count, 0);
	show_source(1);
	is("options", "command restrict", "f:10 (source corp)", 10);
	is("severity.key.rsa-odd-size", "warn", "f:9 (source corp: profile fips)", 9);
	assert_int_equal(find("types"), KA_ARRAY_LEN(shown));
	assert_int_equal(find("force_options"), KA_ARRAY_LEN(shown));
	assert_int_equal(find("rsa_min_bits"), KA_ARRAY_LEN(shown)); /* strict, the base, asks for more */
}

/* a list of its own stands by itself, also when it says the same; a profile that is milder than the base changes nothing */
static void source__list_of_its_own__is_shown_whatever_it_says(void **state)
{
	(void)state;
	assert_string_equal(confsample_whole_error("[lookup]\nsources = s t\n[source s]\ntype = file\npath = /k/%u\nforce_options = no-pty\n"
						   "require_options = from\n[source t]\ntype = file\npath = /t/%u\nprofile = default\n"
						   "[policy]\nforce_options = no-pty\n"), "");
	show_source(0);
	is("force_options", "no-pty", "f:6 (source s)", 6);
	is("require_options", "from", "f:7 (source s)", 7);
	assert_int_equal(count, 2);
	show_source(1);
	assert_int_equal(count, 0);
	assert_string_equal(confsample_whole_error("[lookup]\nsources = s\n[source s]\ntype = file\npath = /k/%u\nprofile = bsi\n"), "");
	show_source(0);
	is("rsa_min_bits", "3000", "f:6 (source s: profile bsi)", 6);
	assert_string_equal(confsample_whole_error("[lookup]\nsources = s\n[source s]\ntype = file\npath = /k/%u\nprofile = sk-only\n"), "");
	show_source(0);
	is("types", "sk-ssh-ed25519@openssh.com sk-ecdsa-sha2-nistp256@openssh.com", "f:6 (source s: profile sk-only)", 6);
}

/* what is shown as changed is all that is different for the judges */
static void source__shown__is_every_difference(void **state)
{
	const struct ka_vetconf_who who = { .source = &confsample.sources[1] };
	struct ka_vetpolicy base, out;

	(void)state;
	ka_vetconf_make(&confsample, &base, &confsample_errors);
	ka_vetconf_effective(&confsample, &who, &base, &out);
	show_source(1);
	assert_int_equal(find("rsa_max_bits") < count, base.rsa_max_bits != out.rsa_max_bits);
	assert_int_equal(find("types") < count, memcmp(base.type_allowed, out.type_allowed, sizeof(out.type_allowed)) != 0);
	for (unsigned r = 1; r < KA_REASON_COUNT; r++) {
		char key[80];

		assert_true(snprintf(key, sizeof(key), "severity.%s", ka_reason_id((enum ka_reason)r)) > 0);
		assert_int_equal(find(key) < count, base.action[r] != out.action[r]);
		if (find(key) < count)
			assert_string_equal(shown[find(key)].value, ka_reason_action_name((enum ka_action)out.action[r]));
	}
}

/* the same numbers, types and severities as the judges have, for every way to ask */
static void question__every_one__is_the_effective_policy(void **state)
{
	static const char *const users[] = { NULL, "root", "alice" };
	struct ka_vetpolicy base, out;
	char number[16];

	(void)state;
	ka_vetconf_make(&confsample, &base, &confsample_errors);
	for (unsigned i = 0; i < 3 * 3 * 6; i++) {
		const struct ka_vetconf_who who = { i % 3 == 0 ? NULL : &confsample.sources[i % 3 - 1], users[i / 3 % 3], (enum ka_conf_profile)(i / 9) };

		ka_vetconf_effective(&confsample, &who, &base, &out);
		show(&who, true);
		assert_true(snprintf(number, sizeof(number), "%u", out.rsa_min_bits) > 0);
		assert_string_equal(shown[find("rsa_min_bits")].value, number);
		assert_true(snprintf(number, sizeof(number), "%u", out.rsa_max_bits) > 0);
		assert_string_equal(shown[find("rsa_max_bits")].value, number);
		for (size_t t = 0; t < KA_KEYTYPE_COUNT; t++) /* no name is part of another but of sk- ones */
			if (strncmp(ka_keytype_at(t)->name, "sk-", 3) == 0 || strcmp(ka_keytype_at(t)->name, "ssh-rsa") == 0)
				assert_int_equal(strstr(shown[find("types")].value, ka_keytype_at(t)->name) != NULL, out.type_allowed[t]);
		for (unsigned r = 1; r < KA_REASON_COUNT; r++) {
			char key[80];
			size_t at;

			assert_true(snprintf(key, sizeof(key), "severity.%s", ka_reason_id((enum ka_reason)r)) > 0);
			at = find(key);
			if (at < KA_ARRAY_LEN(shown))
				assert_string_equal(shown[at].value, ka_reason_action_name((enum ka_action)out.action[r]));
			else
				assert_true(out.action[r] == KA_ACTION_LOCKED || out.action[r] == KA_ACTION_NONE || !ka_reason_is_live((enum ka_reason)r));
		}
	}
}

static void is_one__keys_of_the_policy(void **state)
{
	unsigned n = 0;

	(void)state;
	for (unsigned k = 0; k < KA_CONF_KEY_COUNT; k++)
		n += ka_policyshow_is_one((enum ka_conf_key)k);
	assert_int_equal(n, 8);
	assert_false(ka_policyshow_is_one(KA_CONF_KEY_PROFILE) || ka_policyshow_is_one(KA_CONF_KEY_ENFORCE_EXEMPT));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(base__each_value__from_profile_line_or_default, read_it),
		cmocka_unit_test_setup(question__each_value__names_who_changed_it_last, read_it),
		cmocka_unit_test_setup(question__every_one__is_the_effective_policy, read_it),
		cmocka_unit_test_setup(source__what_it_changes__and_nothing_else, read_it),
		cmocka_unit_test_setup(source__list_of_its_own__is_shown_whatever_it_says, read_it),
		cmocka_unit_test_setup(source__shown__is_every_difference, read_it),
		cmocka_unit_test(is_one__keys_of_the_policy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
