/* vet/vetnote and vet/vetpolicy: actions, order of reasons, the default profile. */
#include "vet/vetnote.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static struct ka_vetpolicy policy;
static struct ka_vet out;
static struct ka_vetnote note;

static void begin(bool whole)
{
	ka_vetpolicy_default(&policy);
	ka_vetnote_init(&note, &policy, whole, &out);
}

static void add__locked_reason__rejects_whatever_the_table_says(void **state)
{
	(void)state;
	for (int r = 1; r < KA_REASON_COUNT; r++) {
		begin(true);
		policy.action[r] = KA_ACTION_OFF;
		ka_vetnote_add(&note, (enum ka_reason)r, NULL);
		assert_int_equal(out.verdict,
				 ka_reason_action((enum ka_reason)r) == KA_ACTION_LOCKED ? KA_VERDICT_REJECT : KA_VERDICT_ACCEPT);
	}
}

static void warn__whatever_the_table_says__at_most_a_warning(void **state)
{
	(void)state;
	begin(false);
	assert_true(ka_vetnote_warn(&note, KA_REASON_DATA_MISSING, NULL));
	assert_int_equal(out.verdict, KA_VERDICT_WARN);
	begin(false);
	policy.action[KA_REASON_DATA_MISSING] = KA_ACTION_OFF;
	assert_true(ka_vetnote_warn(&note, KA_REASON_DATA_MISSING, NULL));
	assert_int_equal(out.verdict, KA_VERDICT_ACCEPT);
	assert_false(ka_vetnote_warn(&note, KA_REASON_KEY_NOT_JUDGED, NULL)); /* locked */
	assert_int_equal(out.verdict, KA_VERDICT_REJECT);
}

static void add__unknown_action_or_reason__rejects(void **state)
{
	(void)state;
	begin(false);
	policy.action[KA_REASON_KEY_RSA_E_SMALL] = 200;
	assert_false(ka_vetnote_add(&note, KA_REASON_KEY_RSA_E_SMALL, NULL));
	assert_int_equal(out.verdict, KA_VERDICT_REJECT);
	begin(false);
	assert_false(ka_vetnote_add(&note, (enum ka_reason)KA_REASON_COUNT, NULL));
	assert_int_equal(out.verdict, KA_VERDICT_REJECT);
}

static void add__action_of_the_policy__is_done(void **state)
{
	(void)state;
	begin(false);
	policy.action[KA_REASON_KEY_RSA_E_SMALL] = KA_ACTION_OFF;
	assert_true(ka_vetnote_add(&note, KA_REASON_KEY_RSA_E_SMALL, NULL));
	assert_int_equal(out.count, 0);
	policy.action[KA_REASON_KEY_RSA_E_SMALL] = KA_ACTION_WARN;
	assert_true(ka_vetnote_add(&note, KA_REASON_KEY_RSA_E_SMALL, NULL));
	assert_int_equal(out.verdict, KA_VERDICT_WARN);
	policy.action[KA_REASON_KEY_RSA_PATTERN] = KA_ACTION_REJECT;
	assert_false(ka_vetnote_add(&note, KA_REASON_KEY_RSA_PATTERN, NULL));
	assert_int_equal(out.verdict, KA_VERDICT_REJECT);
}

static void add__reject_after_warnings__stands_first_and_ends(void **state)
{
	(void)state;
	begin(false);
	assert_true(ka_vetnote_add(&note, KA_REASON_KEY_RSA_ODD_SIZE, "a"));
	assert_true(ka_vetnote_add(&note, KA_REASON_KEY_RSA_E_SMALL, "b"));
	assert_false(ka_vetnote_add(&note, KA_REASON_KEY_RSA_POLY, "c"));
	assert_false(ka_vetnote_add(&note, KA_REASON_KEY_RSA_PATTERN, "d"));
	assert_int_equal(out.count, 3);
	assert_int_equal(out.reasons[0], KA_REASON_KEY_RSA_POLY);
	assert_string_equal(out.details[0], "c");
	assert_int_equal(out.reasons[1], KA_REASON_KEY_RSA_ODD_SIZE);
	assert_int_equal(out.reasons[2], KA_REASON_KEY_RSA_E_SMALL);
}

static void add__whole__goes_on_but_the_first_reject_stays_first(void **state)
{
	(void)state;
	begin(true);
	assert_true(ka_vetnote_add(&note, KA_REASON_KEY_RSA_POLY, NULL));
	assert_true(ka_vetnote_add(&note, KA_REASON_KEY_RSA_TOO_SHORT, NULL));
	assert_true(ka_vetnote_add(&note, KA_REASON_KEY_RSA_POLY, NULL));
	assert_int_equal(out.count, 2);
	assert_int_equal(out.reasons[0], KA_REASON_KEY_RSA_POLY);
	ka_vetnote_refuse(&note, KA_REASON_KEY_BLOB_TRUNCATED, NULL);
	assert_false(ka_vetnote_add(&note, KA_REASON_KEY_RSA_E_INVALID, NULL));
	assert_int_equal(out.count, 3);
}

static void add__list_full__the_deciding_one_gets_in(void **state)
{
	(void)state;
	begin(true);
	for (int r = 1; out.count < KA_VERDICT_REASONS_MAX; r++) {
		if (ka_reason_action((enum ka_reason)r) == KA_ACTION_LOCKED || r == KA_REASON_KEY_RSA_E_INVALID)
			continue;
		policy.action[r] = KA_ACTION_WARN;
		ka_vetnote_add(&note, (enum ka_reason)r, NULL);
	}
	ka_vetnote_add(&note, KA_REASON_KEY_RSA_E_INVALID, NULL);
	assert_int_equal(out.count, KA_VERDICT_REASONS_MAX);
	assert_int_equal(out.reasons[0], KA_REASON_KEY_RSA_E_INVALID);
	assert_int_equal(out.verdict, KA_VERDICT_REJECT);
	ka_vetnote_add(&note, KA_REASON_KEY_BLOB_TRAILING, NULL);
	assert_int_equal(out.count, KA_VERDICT_REASONS_MAX);
	assert_int_equal(out.reasons[0], KA_REASON_KEY_RSA_E_INVALID);
}

static void policy__default__is_the_documented_profile(void **state)
{
	(void)state;
	begin(false);
	for (size_t i = 0; i < KA_KEYTYPE_COUNT; i++)
		assert_int_equal(policy.type_allowed[i], strcmp(ka_keytype_at(i)->name, "ssh-dss") != 0);
	assert_int_equal(policy.rsa_min_bits, 2048);
	assert_int_equal(policy.rsa_max_bits, 8192);
	for (size_t i = 0; i < KA_KEYOPT_COUNT; i++) {
		assert_int_equal(policy.option_allowed[i],
				 i == KA_KEYOPT_RESTRICT || i == KA_KEYOPT_FROM || i == KA_KEYOPT_EXPIRY_TIME);
		assert_false(policy.option_required[i]);
	}
	assert_true(policy.no_option_allowed[KA_KEYOPT_PTY]);
	assert_true(policy.no_option_allowed[KA_KEYOPT_X11_FORWARDING]);
	assert_false(policy.no_option_allowed[KA_KEYOPT_TOUCH_REQUIRED]);
	assert_false(policy.no_option_allowed[KA_KEYOPT_COMMAND]); /* has no no- form */
	assert_int_equal(policy.sk_application_count, 1);
	assert_string_equal(policy.sk_application[0], "ssh:*");
	assert_string_equal(policy.force_options, "");
	assert_int_equal(policy.action[KA_REASON_KEY_RSA_E_SMALL], KA_ACTION_WARN);
	assert_int_equal(policy.action[KA_REASON_KEY_RSA_E_INVALID], KA_ACTION_LOCKED);
}

static void verdict__text__is_stable(void **state)
{
	(void)state;
	assert_string_equal(ka_vet_verdict_text(KA_VERDICT_ACCEPT), "accept");
	assert_string_equal(ka_vet_verdict_text(KA_VERDICT_WARN), "warn");
	assert_string_equal(ka_vet_verdict_text(KA_VERDICT_REJECT), "reject");
	assert_string_equal(ka_vet_verdict_text((enum ka_verdict)77), "reject");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(add__locked_reason__rejects_whatever_the_table_says),
		cmocka_unit_test(warn__whatever_the_table_says__at_most_a_warning),
		cmocka_unit_test(add__unknown_action_or_reason__rejects),
		cmocka_unit_test(add__action_of_the_policy__is_done),
		cmocka_unit_test(add__reject_after_warnings__stands_first_and_ends),
		cmocka_unit_test(add__whole__goes_on_but_the_first_reject_stays_first),
		cmocka_unit_test(add__list_full__the_deciding_one_gets_in),
		cmocka_unit_test(policy__default__is_the_documented_profile),
		cmocka_unit_test(verdict__text__is_stable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
