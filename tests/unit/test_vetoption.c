/* vet/vetoption: the allow-list. */
#include "vet/vetoption.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

#define NOW 1700000000 /* 2023-11-14 22:13:20 UTC */

static struct ka_vetpolicy policy;
static struct ka_vet out;

static void judge_at(const char *text, int64_t offset_sec)
{
	struct ka_vet_when when = { .now_sec = NOW, .local_offset_sec = offset_sec };
	struct ka_vetnote note;
	struct ka_keyopts options;

	ka_keyopts_parse(ka_span_of(text), 1, &options);
	assert_int_equal(options.reason, KA_REASON_NONE);
	ka_vetnote_init(&note, &policy, false, &out);
	ka_vetoption_judge(&options, &when, &note);
}

static void assert_answer(const char *text, const char *id, const char *detail)
{
	judge_at(text, 0);
	assert_string_equal(ka_reason_id(out.count > 0 ? out.reasons[0] : KA_REASON_NONE), id);
	if (detail != NULL)
		assert_string_equal(out.details[0], detail);
}

static void option__not_in_the_list__refused(void **state)
{
	(void)state;
	ka_vetpolicy_default(&policy);
	assert_answer("command=\"/bin/true\"", "option.not-allowed", "command");
	assert_answer("restrict,pty", "option.not-allowed", "pty");
	assert_answer("environment=\"A=b\"", "option.not-allowed", "environment");
	assert_answer("permitopen=\"localhost:80\"", "option.not-allowed", NULL);
	assert_answer("tunnel=\"1\"", "option.not-allowed", NULL);
	assert_answer("restrict,no-pty,no-port-forwarding,from=\"10.0.0.0/8\"", "-", NULL);
	policy.option_allowed[KA_KEYOPT_COMMAND] = true;
	assert_answer("command=\"/bin/true\"", "-", NULL);
}

static void option__cert_authority__must_be_named(void **state)
{
	(void)state;
	ka_vetpolicy_default(&policy);
	assert_answer("cert-authority", "option.cert-authority", NULL);
	policy.option_allowed[KA_KEYOPT_CERT_AUTHORITY] = true;
	assert_answer("cert-authority", "option.cert-authority", NULL); /* no certificate is served */
	policy.certificates = true;
	assert_answer("cert-authority", "-", NULL);
	policy.option_allowed[KA_KEYOPT_CERT_AUTHORITY] = false;
	assert_answer("cert-authority", "option.cert-authority", NULL);
}

static void option__no_touch_required__must_be_named(void **state)
{
	(void)state;
	ka_vetpolicy_default(&policy);
	assert_answer("no-touch-required", "option.no-touch-required", NULL);
	assert_answer("touch-required", "option.not-allowed", "touch-required"); /* asks for more, but is not named either */
	assert_answer("no-pty", "-", NULL);
	policy.no_option_allowed[KA_KEYOPT_TOUCH_REQUIRED] = true;
	assert_answer("no-touch-required", "-", NULL);
}

static void option__policy_allows_none__not_enabled(void **state)
{
	(void)state;
	ka_vetpolicy_default(&policy);
	memset(policy.option_allowed, 0, sizeof(policy.option_allowed));
	assert_answer("pty", "option.not-allowed", NULL); /* the no- forms are still there */
	memset(policy.no_option_allowed, 0, sizeof(policy.no_option_allowed));
	assert_answer("no-pty,restrict", "option.not-enabled", "no-pty");
	assert_answer("", "-", NULL);
}

static void expiry__past__expired(void **state)
{
	(void)state;
	ka_vetpolicy_default(&policy);
	assert_answer("expiry-time=\"20200101\"", "option.expired", NULL);
	assert_answer("expiry-time=\"20300101Z\"", "-", NULL);
	assert_answer("expiry-time=\"20231114221319Z\"", "option.expired", NULL);
	assert_answer("expiry-time=\"20231114221320Z\"", "-", NULL); /* sshd refuses from the next second on */
	assert_answer("expiry-time=\"20300101Z\",expiry-time=\"20200101Z\"", "option.expired", NULL);
}

static void force(const char *list)
{
	struct ka_buf b;

	ka_vetpolicy_default(&policy);
	ka_buf_init_array(&b, policy.force_options);
	ka_buf_text(&b, list);
	policy.option_forced[KA_KEYOPT_EXPIRY_TIME] = strstr(list, "expiry-time") != NULL;
}

/* a key that only our own option keeps out is not served for sshd to find that */
static void expiry__forced_and_past__refused_whatever_the_policy_says(void **state)
{
	(void)state;
	force("no-pty,expiry-time=\"20231114221319Z\"");
	assert_answer("", "option.expired", "the expiry-time is that of force_options");
	assert_answer("expiry-time=\"20300101Z\"", "option.expired", NULL);
	policy.action[KA_REASON_OPTION_EXPIRED] = KA_ACTION_OFF;
	assert_answer("", "option.expired", NULL);
	assert_int_equal(out.verdict, KA_VERDICT_REJECT);
	force("expiry-time=\"20231114221320Z\"");
	assert_answer("", "-", NULL);
	force("expiry-time=\"20300101Z\",expiry-time=\"20200101Z\"");
	assert_answer("", "option.expired", NULL);
	force("no-pty");
	assert_answer("", "-", NULL);
	force("expiry-time=\"20231115001320\""); /* two hours east: now */
	judge_at("", 7200);
	assert_int_equal(out.count, 0);
	judge_at("", 7201);
	assert_int_equal(out.count, 1);
}

static void expiry__local_time__uses_the_offset(void **state)
{
	(void)state;
	ka_vetpolicy_default(&policy);
	judge_at("expiry-time=\"202311142300\"", 0);
	assert_int_equal(out.verdict, KA_VERDICT_ACCEPT);
	judge_at("expiry-time=\"202311142300\"", 3600); /* 22:00 UTC */
	assert_int_equal(out.verdict, KA_VERDICT_REJECT);
	judge_at("expiry-time=\"202311142300Z\"", 3600);
	assert_int_equal(out.verdict, KA_VERDICT_ACCEPT);
}

/* sshd lets the last of the two forms win, so a requirement that the same line undoes is not met */
static void required__undone_on_the_same_line__refused(void **state)
{
	(void)state;
	ka_vetpolicy_default(&policy);
	policy.option_allowed[KA_KEYOPT_VERIFY_REQUIRED] = policy.no_option_allowed[KA_KEYOPT_VERIFY_REQUIRED] = true;
	policy.option_required[KA_KEYOPT_VERIFY_REQUIRED] = true;
	assert_answer("verify-required", "-", NULL);
	assert_answer("no-verify-required,verify-required", "-", NULL);
	assert_answer("verify-required,no-verify-required", "policy.option-missing", "verify-required");
	assert_answer("no-verify-required", "policy.option-missing", "verify-required");
}

static void required__absent__refused(void **state)
{
	(void)state;
	ka_vetpolicy_default(&policy);
	policy.option_required[KA_KEYOPT_FROM] = true;
	assert_answer("", "policy.option-missing", "from");
	assert_answer("restrict", "policy.option-missing", "from");
	assert_answer("from=\"10.0.0.0/8\"", "-", NULL);
	policy.option_required[KA_KEYOPT_RESTRICT] = true;
	assert_answer("from=\"10.0.0.0/8\"", "policy.option-missing", "restrict");
	policy.option_forced[KA_KEYOPT_RESTRICT] = true; /* we put it there ourselves */
	assert_answer("from=\"10.0.0.0/8\"", "-", NULL);
}

/* sshd refuses two commands, two from; takes the first environment; adds up permissions: ours would not win */
static void forced__value_on_the_line_too__refused(void **state)
{
	static const struct { enum ka_keyopt opt; const char *text, *detail; } rows[] = {
		{ KA_KEYOPT_COMMAND, "command=\"x\"", "command: also in force_options" },
		{ KA_KEYOPT_PRINCIPALS, "principals=\"x\"", "principals: also in force_options" },
		{ KA_KEYOPT_FROM, "from=\"10.0.0.1\"", "from: also in force_options" },
		{ KA_KEYOPT_ENVIRONMENT, "environment=\"A=b\"", "environment: also in force_options" },
		{ KA_KEYOPT_PERMITOPEN, "permitopen=\"a:1\"", "permitopen: also in force_options" },
		{ KA_KEYOPT_PERMITLISTEN, "permitlisten=\"a:1\"", "permitlisten: also in force_options" },
		{ KA_KEYOPT_TUNNEL, "tunnel=\"1\"", "tunnel: also in force_options" },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		ka_vetpolicy_default(&policy);
		policy.option_allowed[rows[i].opt] = true;
		assert_answer(rows[i].text, "-", NULL);
		policy.option_forced[rows[i].opt] = true;
		assert_answer(rows[i].text, "option.repeated", rows[i].detail);
		assert_answer("", "-", NULL);
	}
}

static void forced__the_later_or_the_earlier_wins__passes(void **state)
{
	(void)state;
	ka_vetpolicy_default(&policy);
	policy.option_allowed[KA_KEYOPT_PTY] = policy.option_forced[KA_KEYOPT_PTY] = true;
	policy.option_forced[KA_KEYOPT_EXPIRY_TIME] = policy.option_forced[KA_KEYOPT_RESTRICT] = true;
	assert_answer("pty,no-pty,restrict,expiry-time=\"20300101\"", "-", NULL);
}

static void value__principals_with_a_comma__refused(void **state)
{
	(void)state;
	ka_vetpolicy_default(&policy);
	policy.option_allowed[KA_KEYOPT_PRINCIPALS] = true;
	assert_answer("principals=\"alice\"", "-", NULL);
	assert_answer("principals=\"alice,bob\"", "option.bad-value", "principals with a comma: one name a line");
	assert_answer("principals=\",\"", "option.bad-value", NULL);
	policy.option_allowed[KA_KEYOPT_COMMAND] = true;
	assert_answer("command=\"a,b\"", "-", NULL);
}

static void options__too_many_to_keep__refused_whatever_the_policy_says(void **state)
{
	struct ka_vet_when when = { .now_sec = NOW };
	struct ka_keyopts options;
	struct ka_vetnote note;
	char text[KA_OPTS_MAX * 8 + 16];
	struct ka_buf b;

	(void)state;
	ka_vetpolicy_default(&policy);
	memset(policy.action, KA_ACTION_OFF, sizeof(policy.action));
	ka_buf_init_array(&b, text);
	for (size_t i = 0; i < KA_OPTS_MAX; i++)
		ka_buf_text(&b, i > 0 ? ",no-pty" : "no-pty");
	ka_keyopts_parse(ka_buf_as_span(&b), 1, &options);
	ka_vetnote_init(&note, &policy, false, &out);
	ka_vetoption_judge(&options, &when, &note);
	assert_int_equal(out.verdict, KA_VERDICT_ACCEPT);
	ka_buf_text(&b, ",no-pty");
	ka_keyopts_parse(ka_buf_as_span(&b), 1, &options);
	assert_true(options.truncated);
	ka_vetnote_init(&note, &policy, false, &out);
	ka_vetoption_judge(&options, &when, &note);
	assert_string_equal(ka_reason_id(out.reasons[0]), "option.bad-value");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(option__not_in_the_list__refused),
		cmocka_unit_test(option__cert_authority__must_be_named),
		cmocka_unit_test(option__no_touch_required__must_be_named),
		cmocka_unit_test(option__policy_allows_none__not_enabled),
		cmocka_unit_test(expiry__past__expired),
		cmocka_unit_test(expiry__local_time__uses_the_offset),
		cmocka_unit_test(expiry__forced_and_past__refused_whatever_the_policy_says),
		cmocka_unit_test(required__absent__refused),
		cmocka_unit_test(required__undone_on_the_same_line__refused),
		cmocka_unit_test(forced__value_on_the_line_too__refused),
		cmocka_unit_test(forced__the_later_or_the_earlier_wins__passes),
		cmocka_unit_test(value__principals_with_a_comma__refused),
		cmocka_unit_test(options__too_many_to_keep__refused_whatever_the_policy_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
