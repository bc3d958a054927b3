/* vet/vetconf: words of [policy] become the policy; what is not understood is named with its line. */
#include "vet/vetconf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static struct ka_conf conf;
static struct ka_conf_errors errors;
static struct ka_vetpolicy policy;

/* the first error of a [policy] section, "" when there is none */
static const char *make(const char *lines)
{
	memset(&errors, 0, sizeof(errors));
	memset(&policy, 0xa5, sizeof(policy));
	ka_conf_default(&conf);
	ka_conf_read(&conf, "f", ka_span_of(lines), &errors);
	assert_string_equal(errors.first, "");
	ka_vetconf_make(&conf, &policy, &errors);
	return errors.first;
}

static void make__default__is_vets_own_default(void **state)
{
	struct ka_vetpolicy want;

	(void)state;
	assert_string_equal(make(""), "");
	ka_vetpolicy_default(&want);
	assert_memory_equal(policy.type_allowed, want.type_allowed, sizeof(want.type_allowed));
	assert_memory_equal(policy.option_allowed, want.option_allowed, sizeof(want.option_allowed));
	assert_memory_equal(policy.no_option_allowed, want.no_option_allowed, sizeof(want.no_option_allowed));
	assert_memory_equal(policy.option_required, want.option_required, sizeof(want.option_required));
	assert_memory_equal(policy.action, want.action, sizeof(want.action));
	assert_memory_equal(policy.sk_application, want.sk_application, sizeof(want.sk_application));
	assert_int_equal(policy.sk_application_count, want.sk_application_count);
	assert_string_equal(policy.force_options, want.force_options);
	assert_int_equal(policy.rsa_min_bits, want.rsa_min_bits);
	assert_int_equal(policy.rsa_max_bits, want.rsa_max_bits);
	assert_false(policy.no_option_allowed[KA_KEYOPT_TOUCH_REQUIRED]);
	assert_true(policy.no_option_allowed[KA_KEYOPT_PTY]);
	assert_false(policy.option_allowed[KA_KEYOPT_PTY]);
}

static void make__every_field_flipped__every_field_moves(void **state)
{
	(void)state;
	assert_string_equal(make("[policy]\ntypes = ssh-rsa\nrsa_min_bits = 3072\nrsa_max_bits = 4096\n"
				 "options = command no-touch-required\nforce_options = RESTRICT,From=\"10.0.0.0/8\"\n"
				 "require_options = command from\nsk_application = ssh:a* ssh:b\n"
				 "severity.key.rsa-e-small = reject\nseverity.key.rsa-odd-size = off\n"),
			    "");
	for (size_t i = 0; i < KA_KEYTYPE_COUNT; i++)
		assert_int_equal(policy.type_allowed[i], strcmp(ka_keytype_at(i)->name, "ssh-rsa") == 0);
	assert_int_equal(policy.rsa_min_bits, 3072);
	assert_int_equal(policy.rsa_max_bits, 4096);
	for (unsigned i = 0; i < KA_KEYOPT_COUNT; i++) {
		assert_int_equal(policy.option_allowed[i], i == KA_KEYOPT_COMMAND);
		assert_int_equal(policy.no_option_allowed[i], i == KA_KEYOPT_TOUCH_REQUIRED);
		assert_int_equal(policy.option_required[i], i == KA_KEYOPT_COMMAND || i == KA_KEYOPT_FROM);
	}
	assert_string_equal(policy.force_options, "restrict,from=\"10.0.0.0/8\"");
	for (unsigned i = 0; i < KA_KEYOPT_COUNT; i++)
		assert_int_equal(policy.option_forced[i], i == KA_KEYOPT_RESTRICT || i == KA_KEYOPT_FROM);
	assert_int_equal(policy.sk_application_count, 2);
	assert_string_equal(policy.sk_application[0], "ssh:a*");
	assert_string_equal(policy.sk_application[1], "ssh:b");
	assert_int_equal(policy.action[KA_REASON_KEY_RSA_E_SMALL], KA_ACTION_REJECT);
	assert_int_equal(policy.action[KA_REASON_KEY_RSA_ODD_SIZE], KA_ACTION_OFF);
	assert_int_equal(policy.action[KA_REASON_KEY_MPINT_ZERO], KA_ACTION_LOCKED);
}

static const struct {
	const char *lines, *error;
} wrong[] = {
	{ "types = ssh-ed2551", "types: \"ssh-ed2551\" is not a key type; did you mean \"ssh-ed25519\"?" },
	{ "types = x25519", "types: \"x25519\" is not a key type" },
	{ "types = ssh-dss", "types: \"ssh-dss\" is withdrawn and never served" },
	{ "types = rsa-sha2-512", "types: \"rsa-sha2-512\" is a signature algorithm, not a key type; for RSA keys write ssh-rsa" },
	{ "types = ssh-ed25519-cert-v01@openssh.com",
	  "types: \"ssh-ed25519-cert-v01@openssh.com\" is a certificate; write the type of the key in it, and certificates = yes" },
	{ "types = ssh-*", "types: \"ssh-*\" is not a key type" },
	{ "options = no-ptty", "options: \"no-ptty\" is not a key option; did you mean \"no-pty\"?" },
	{ "options = no-command", "options: \"no-command\" is not a key option" },
	{ "options = restrict,from", "options: \"restrict,from\" is not a key option" },
	{ "options = command*", "options: \"command*\" matches no option that a pattern may allow" },
	{ "options = no-touch-*", "options: \"no-touch-*\" matches no option that a pattern may allow" },
	{ "options = no-verify-*", "options: \"no-verify-*\" matches no option that a pattern may allow" },
	{ "severity.revoked.store = off", "severity.revoked.store can only be reject: what the store's signers have withdrawn is served "
					  "by no source; without revoked_url they are not asked" },
	{ "severity.revoked.store = warn", "severity.revoked.store can only be reject: what the store's signers have withdrawn is served "
					   "by no source; without revoked_url they are not asked" },
	{ "severity.key.type-dsa = warn", "severity.key.type-dsa can only be reject: the numbers of a DSA key are not judged" },
	{ "options = cert?authority", "options: \"cert?authority\" matches no option that a pattern may allow" },
	{ "require_options = no-pty",
	  "require_options: \"no-pty\" cannot be required; require restrict, or put it into force_options" },
	{ "require_options = command",
	  "require_options: \"command\" is required, but neither in options nor in force_options, so no key could pass" },
	{ "require_options = form", "require_options: \"form\" is not a key option; did you mean \"from\"?" },
	{ "force_options = restrct", "force_options: column 1: unknown key option \"restrct\"; did you mean \"restrict\"?" },
	{ "force_options = cert-authority", "force_options: \"cert-authority\" would make a CA of every key" },
	{ "sk_application = \xc3\xa9:*", "sk_application: \"\xc3\xa9:*\" is not plain ASCII" },
	{ "sk_application = ssh:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	  "sk_application: \"ssh:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\" is longer than 63 bytes" },
};

static void make__wrong__says_what_and_where(void **state)
{
	char text[512], want[512];
	struct ka_buf b;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(wrong); i++) {
		ka_buf_init_array(&b, text);
		ka_buf_text(&b, "\n[policy]\n");
		ka_buf_text(&b, wrong[i].lines);
		ka_buf_init_array(&b, want);
		ka_buf_text(&b, "f:3: ");
		ka_buf_text(&b, wrong[i].error);
		assert_string_equal(make(text), want);
		assert_int_equal(errors.count, 1);
	}
}

static void make__forced_options_broken__nothing_is_forced(void **state)
{
	char text[600] = "[policy]\nforce_options = environment=\"A=";

	(void)state;
	assert_string_not_equal(make("[policy]\nforce_options = from=\"10.0.0.0/8\n"), "");
	assert_string_equal(policy.force_options, "");
	assert_string_not_equal(make("[policy]\nforce_options = from=10.0.0.0/8\n"), "");
	assert_string_equal(policy.force_options, "");
	assert_string_not_equal(make("[policy]\nforce_options = from=\"10.0.0.1/8\"\n"), "");
	assert_string_equal(policy.force_options, "");
	memset(text + strlen(text), 'a', 300);
	memcpy(text + strlen(text), "\"\n", 3);
	assert_non_null(strstr(make(text), " is too long: 255 bytes and 64 options at most"));
	assert_string_equal(policy.force_options, "");
	assert_int_equal(errors.count, 1);
}

static void make__pattern__never_opens_a_door(void **state)
{
	static const enum ka_keyopt doors[] = { KA_KEYOPT_CERT_AUTHORITY, KA_KEYOPT_COMMAND,    KA_KEYOPT_PRINCIPALS,
						KA_KEYOPT_ENVIRONMENT,    KA_KEYOPT_PERMITOPEN, KA_KEYOPT_PERMITLISTEN,
						KA_KEYOPT_TUNNEL };

	(void)state;
	assert_string_equal(make("[policy]\noptions = *\n"), "");
	for (size_t i = 0; i < KA_ARRAY_LEN(doors); i++)
		assert_false(policy.option_allowed[doors[i]]);
	assert_false(policy.no_option_allowed[KA_KEYOPT_TOUCH_REQUIRED]);
	assert_true(policy.option_allowed[KA_KEYOPT_PTY] && policy.option_allowed[KA_KEYOPT_X11_FORWARDING]);
	assert_string_equal(make("[policy]\noptions = no-x11*\n"), "");
	assert_true(policy.no_option_allowed[KA_KEYOPT_X11_FORWARDING]);
	assert_false(policy.no_option_allowed[KA_KEYOPT_PTY]);
	assert_string_equal(make("[policy]\noptions =\n"), "");
	for (unsigned i = 0; i < KA_KEYOPT_COUNT; i++)
		assert_false(policy.option_allowed[i] || policy.no_option_allowed[i]);
}

static void make__required_and_forced__is_fine(void **state)
{
	(void)state;
	assert_string_equal(make("[policy]\noptions =\nrequire_options = from\nforce_options = from=\"10.0.0.0/8\"\n"), "");
	assert_true(policy.option_required[KA_KEYOPT_FROM]);
}

static void make__locked_reason_slipped_in__stays_locked(void **state)
{
	(void)state;
	memset(&errors, 0, sizeof(errors));
	ka_conf_default(&conf);
	conf.severities[0] = (struct ka_conf_by_reason){ .reason = KA_REASON_KEY_MPINT_ZERO, .value = KA_ACTION_OFF };
	conf.severities_count = 1;
	ka_vetconf_make(&conf, &policy, &errors);
	assert_string_equal(errors.first, "configuration:1: severity.key.mpint-zero is locked: such a key is always refused");
	assert_int_equal(policy.action[KA_REASON_KEY_MPINT_ZERO], KA_ACTION_LOCKED);
}

/* such a line would be dropped by sshd, or mean something else once it is written again */
static void make__severity_of_unwritable_lines__only_reject(void **state)
{
	static const char *const ids[] = { "option.unknown", "option.repeated", "option.bad-value" };
	char text[100], want[200];

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(ids); i++) {
		assert_true(snprintf(want, sizeof(want), "f:2: severity.%s can only be reject: a line with such options cannot be served", ids[i]) > 0);
		assert_true(snprintf(text, sizeof(text), "[policy]\nseverity.%s = off\n", ids[i]) > 0);
		assert_string_equal(make(text), want);
		assert_int_equal(policy.action[ka_reason_find(ids[i], strlen(ids[i]))], KA_ACTION_REJECT);
		assert_true(snprintf(text, sizeof(text), "[policy]\nseverity.%s = warn\n", ids[i]) > 0);
		assert_string_equal(make(text), want);
		assert_true(snprintf(text, sizeof(text), "[policy]\nseverity.%s = reject\n", ids[i]) > 0);
		assert_string_equal(make(text), "");
	}
	assert_string_equal(make("[policy]\nseverity.option.expired = warn\n"), "");
}

/* right by its form, and no key could pass: said to people, with the line */
static void time__forced_expiry_has_passed__is_an_error_for_people(void **state)
{
	struct ka_vet_when when = { .now_sec = 1700000000 };

	(void)state;
	assert_string_equal(make("[policy]\nforce_options = expiry-time=\"20200101\"\n"), "");
	assert_int_equal(policy.action[KA_REASON_OPTION_EXPIRED], KA_ACTION_REJECT);
	ka_vetconf_check_time(&conf, &policy, &when, &errors);
	assert_string_equal(errors.first, "f:2: force_options: its expiry-time has passed, so every key is refused (option.expired)");
	assert_string_equal(make("[policy]\nforce_options = expiry-time=\"20300101\"\n"), "");
	ka_vetconf_check_time(&conf, &policy, &when, &errors);
	assert_int_equal(errors.count, 0);
}

static void make__severity_of_certificates__only_reject(void **state)
{
	static const char want[] = "f:2: severity.cert.not-enabled can only be reject: certificates are served with certificates = yes, "
				   "and then judged";

	(void)state;
	assert_string_equal(make("[policy]\nseverity.cert.not-enabled = warn\n"), want);
	assert_int_equal(policy.action[KA_REASON_CERT_NOT_ENABLED], KA_ACTION_REJECT);
	assert_string_equal(make("[policy]\nseverity.cert.not-enabled = off\n"), want);
	assert_int_equal(policy.action[KA_REASON_CERT_NOT_ENABLED], KA_ACTION_REJECT);
	assert_string_equal(make("[policy]\nseverity.cert.not-enabled = reject\nseverity.cert.expired = warn\n"), "");
}

/* [policy] profile is the base, and every key that is set changes it, to either side */
static void make__profile__is_what_the_other_keys_change(void **state)
{
	(void)state;
	assert_string_equal(make("[policy]\nprofile = strict\n"), "");
	assert_int_equal(policy.rsa_min_bits, 3072);
	assert_int_equal(policy.rsa_max_bits, 8192);
	assert_int_equal(policy.action[KA_REASON_KEY_RSA_E_SMALL], KA_ACTION_REJECT);
	for (size_t i = 0; i < KA_KEYTYPE_COUNT; i++)
		assert_int_equal(policy.type_allowed[i], ka_keytype_at(i)->kind == KA_KEYKIND_ED25519 || ka_keytype_at(i)->kind == KA_KEYKIND_RSA);
	assert_string_equal(make("[policy]\nprofile = strict\nrsa_min_bits = 2048\nrsa_max_bits = 16384\n"
				 "types = ecdsa-sha2-nistp256\nseverity.key.rsa-e-small = off\n"), "");
	assert_int_equal(policy.rsa_min_bits, 2048);
	assert_int_equal(policy.rsa_max_bits, 16384);
	assert_int_equal(policy.action[KA_REASON_KEY_RSA_E_SMALL], KA_ACTION_OFF);
	for (size_t i = 0; i < KA_KEYTYPE_COUNT; i++)
		assert_int_equal(policy.type_allowed[i], strcmp(ka_keytype_at(i)->name, "ecdsa-sha2-nistp256") == 0);
	assert_string_equal(make("[policy]\nprofile = bsi\nrsa_max_bits = 2500\n"),
			    "f:2: profile: the rsa_min_bits of bsi (3000) is above rsa_max_bits (2500)");
	assert_int_equal(errors.count, 1);
}

/* a whole configuration with the source corp, its base and no error */
static const struct ka_conf_source *whole(const char *of_policy, const char *of_corp)
{
	char text[1024];

	assert_true(snprintf(text, sizeof(text), "[lookup]\nsources = corp\n[policy]\n%s[source corp]\ntype = file\npath = /k/%%u\n%s", of_policy,
			     of_corp) < (int)sizeof(text));
	memset(&errors, 0, sizeof(errors));
	ka_conf_default(&conf);
	ka_conf_read(&conf, "f", ka_span_of(text), &errors);
	ka_conf_finish(&conf, &errors);
	ka_vetconf_make(&conf, &policy, &errors);
	return &conf.sources[0];
}

static void make__list_of_a_source_is_wrong__is_an_error(void **state)
{
	(void)state;
	(void)whole("", "options = comand\n");
	assert_string_equal(errors.first, "f:7: [source corp] options: \"comand\" is not a key option; did you mean \"command\"?");
	assert_int_equal(errors.count, 1);
	(void)whole("require_options = command\n", "options = from\n"); /* said once: of [policy] */
	assert_string_equal(errors.first, "f:4: require_options: \"command\" is required, but neither in options nor in force_options, so no key "
					  "could pass");
	assert_int_equal(errors.count, 1);
}

static void policy__nothing_configured__is_the_base_itself(void **state)
{
	struct ka_vetconf_who who = { .user = "alice" };
	struct ka_vetpolicy room;

	(void)state;
	who.source = whole("user_profiles = root:strict\n", "");
	assert_string_equal(errors.first, "");
	assert_true(ka_vetconf_is_base(&conf, &who));
	assert_ptr_equal(ka_vetconf_policy(&conf, &who, &policy, &room), &policy);
	who.user = "root";
	assert_false(ka_vetconf_is_base(&conf, &who));
	assert_ptr_equal(ka_vetconf_policy(&conf, &who, &policy, &room), &room);
	assert_int_equal(room.rsa_min_bits, 3072);
	who = (struct ka_vetconf_who){ .profile = KA_CONF_PROFILE_BSI };
	assert_ptr_equal(ka_vetconf_policy(&conf, &who, &policy, &room), &room);
	assert_int_equal(room.rsa_min_bits, 3000);
	who = (struct ka_vetconf_who){ .source = whole("", "options = from\n") };
	assert_ptr_equal(ka_vetconf_policy(&conf, &who, &policy, &room), &room);
	who = (struct ka_vetconf_who){ .source = whole("", "profile = fips\n") };
	assert_ptr_equal(ka_vetconf_policy(&conf, &who, &policy, &room), &room);
	assert_int_equal(room.action[KA_REASON_KEY_RSA_E_SMALL], KA_ACTION_REJECT);
}

/* the source's, the user's and the command line's together; and none of them lets in what [policy] keeps out */
static void effective__three_profiles__the_stricter_of_every_value(void **state)
{
	struct ka_vetconf_who who = { .user = "root", .profile = KA_CONF_PROFILE_SK_ONLY };
	struct ka_vetpolicy out;

	(void)state;
	who.source = whole("user_profiles = root:bsi\nrsa_max_bits = 4096\ntypes = ssh-ed25519 sk-ssh-ed25519@openssh.com ssh-rsa\n"
			   "severity.key.rsa-odd-size = off\n", "profile = fips\noptions = command\n");
	assert_string_equal(errors.first, "");
	ka_vetconf_effective(&conf, &who, &policy, &out);
	assert_int_equal(out.rsa_min_bits, 3000);
	assert_int_equal(out.rsa_max_bits, 4096);
	assert_int_equal(out.action[KA_REASON_KEY_RSA_E_SMALL], KA_ACTION_REJECT);
	assert_int_equal(out.action[KA_REASON_KEY_RSA_ODD_SIZE], KA_ACTION_WARN);
	assert_int_equal(policy.action[KA_REASON_KEY_RSA_ODD_SIZE], KA_ACTION_OFF);
	for (size_t i = 0; i < KA_KEYTYPE_COUNT; i++)
		assert_int_equal(out.type_allowed[i], strcmp(ka_keytype_at(i)->name, "sk-ssh-ed25519@openssh.com") == 0);
	assert_true(out.option_allowed[KA_KEYOPT_COMMAND]); /* options are the source's, profiles say nothing of them */
	assert_false(out.option_allowed[KA_KEYOPT_FROM]);
}

/* ka_vetconf_make() has refused such a configuration; whoever goes on all the same gets nothing served */
static void effective__of_a_broken_configuration__allows_no_type(void **state)
{
	struct ka_vetconf_who who = { .source = whole("", "force_options = restrct\n") };
	struct ka_vetpolicy out;

	(void)state;
	assert_int_equal(errors.count, 1);
	ka_vetconf_effective(&conf, &who, &policy, &out);
	for (size_t i = 0; i < KA_KEYTYPE_COUNT; i++)
		assert_false(out.type_allowed[i]);
}

static void time__forced_expiry_of_a_source_has_passed__is_said_of_it(void **state)
{
	struct ka_vet_when when = { .now_sec = 1700000000 };

	(void)state;
	(void)whole("", "force_options = expiry-time=\"20200101\"\n");
	assert_int_equal(errors.count, 0);
	ka_vetconf_check_time(&conf, &policy, &when, &errors);
	assert_string_equal(errors.first, "f:7: [source corp] force_options: its expiry-time has passed, so every key of this source is refused "
					  "(option.expired)");
	assert_int_equal(errors.count, 1);
}

/* severity.<id>, for every id there is: taken and in force, or refused with the reason why */
static void severity__every_reason__obeys_or_says_why_not(void **state)
{
	static const struct { const char *word; enum ka_action action; } words[] = {
		{ "off", KA_ACTION_OFF }, { "warn", KA_ACTION_WARN }, { "reject", KA_ACTION_REJECT },
	};
	unsigned obeyed = 0, locked = 0, only_reject = 0;
	char text[200];

	(void)state;
	for (unsigned r = 1; r < KA_REASON_COUNT; r++) {
		enum ka_reason reason = (enum ka_reason)r;
		enum ka_action was = ka_reason_action(reason);

		for (size_t w = 0; w < KA_ARRAY_LEN(words); w++) {
			assert_true(snprintf(text, sizeof(text), "[policy]\nseverity.%s = %s\n", ka_reason_id(reason), words[w].word) > 0);
			memset(&errors, 0, sizeof(errors));
			ka_conf_default(&conf);
			ka_conf_read(&conf, "f", ka_span_of(text), &errors);
			ka_vetconf_make(&conf, &policy, &errors);
			if (errors.count == 0) {
				assert_int_equal(policy.action[r], words[w].action);
				obeyed++;
				continue;
			}
			assert_int_equal(policy.action[r], was);
			if (was == KA_ACTION_LOCKED)
				assert_non_null(strstr(errors.first, ka_reason_meaning(reason)));
			else if (was == KA_ACTION_NONE)
				assert_non_null(strstr(errors.first, "is no vetting reason"));
			else if (ka_reason_is_live(reason))
				assert_non_null(strstr(errors.first, " can only be reject: "));
			locked += was == KA_ACTION_LOCKED;
			only_reject += was == KA_ACTION_REJECT && ka_reason_is_live(reason);
		}
	}
	assert_true(obeyed > 60 && locked > 90 && only_reject >= 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(make__wrong__says_what_and_where),
		cmocka_unit_test(make__forced_options_broken__nothing_is_forced),
		cmocka_unit_test(make__pattern__never_opens_a_door),
		cmocka_unit_test(make__locked_reason_slipped_in__stays_locked),
		cmocka_unit_test(make__severity_of_unwritable_lines__only_reject),
		cmocka_unit_test(make__severity_of_certificates__only_reject),
		cmocka_unit_test(time__forced_expiry_has_passed__is_an_error_for_people),
		cmocka_unit_test(make__list_of_a_source_is_wrong__is_an_error),
		cmocka_unit_test(effective__of_a_broken_configuration__allows_no_type),
		cmocka_unit_test(effective__three_profiles__the_stricter_of_every_value),
		cmocka_unit_test(policy__nothing_configured__is_the_base_itself),
		cmocka_unit_test(time__forced_expiry_of_a_source_has_passed__is_said_of_it),
		cmocka_unit_test(severity__every_reason__obeys_or_says_why_not),
		cmocka_unit_test(make__profile__is_what_the_other_keys_change),
		cmocka_unit_test(make__default__is_vets_own_default),
		cmocka_unit_test(make__every_field_flipped__every_field_moves),
		cmocka_unit_test(make__required_and_forced__is_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
