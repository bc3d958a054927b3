/* judge/certjudge: an offered certificate by a line of its authority and by trusted_ca; each part that may refuse it. */
#include "judge/certjudge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/certsample.h"
#include "tests/unit/lib/certvectors.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

static struct ka_certjudge c;
static struct ka_judge judge;
static struct ka_vetpolicy policy;
static struct ka_conf conf;
static struct ka_keyline line;
static struct ka_vet vet;
static struct ka_offer offer;
static struct ka_keyscan_offer plain, critical, command, nameless;
static uint8_t storage[KA_BLOB_MAX];
static char ca[600], other[600];
static const struct ka_vet_when when = { .now_sec = CERTSAMPLE_NOW };

/* before / is another one */
static void load(void)
{
	certsample_take("plain", &offer, &plain);
	certsample_take("critical", &offer, &critical);
	certsample_take("command", &offer, &command);
	certsample_take("nameless", &offer, &nameless);
	snprintf(ca, sizeof(ca), "%.500s", certsample_text("ca"));
	snprintf(other, sizeof(other), "%.500s", certsample_text("other"));
	certvectors_setup(NULL);
}

static int begin(void **state)
{
	(void)state;
	ka_judge_open(NULL, &judge);
	return 0;
}

static bool use(const struct ka_keyscan_offer *o, const char *user)
{
	memset(&c, 0xa5, sizeof(c)); /* as the one before it may have left it */
	ka_vetpolicy_default(&policy);
	policy.certificates = true;
	policy.option_allowed[KA_KEYOPT_CERT_AUTHORITY] = policy.option_allowed[KA_KEYOPT_PRINCIPALS] = policy.option_allowed[KA_KEYOPT_COMMAND] = true;
	return ka_certjudge_init(&c, (struct ka_span){ o->blob, o->cert_len > 0 ? o->cert_len : o->blob_len }, user);
}

/* the deciding reason of a line "@options KEY" */
static enum ka_reason by_line(const char *options, const char *key)
{
	static char text[1200];

	snprintf(text, sizeof(text), "%s%.*s", options, (int)strcspn(key, "\n"), key);
	ka_keyline_parse(ka_span_of(text), storage, &line);
	assert_int_equal(line.reason, KA_REASON_NONE);
	if (!ka_certjudge_is_authority(&c, &line))
		return KA_REASON_KEY_NOT_LISTED;
	ka_certjudge_line(&c, &judge, &line, &policy, &when, &vet);
	assert_true((vet.verdict == KA_VERDICT_REJECT) == (vet.count > 0));
	return vet.count > 0 ? vet.reasons[0] : KA_REASON_NONE;
}

static const char *detail(void)
{
	static char text[KA_VET_DETAIL_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_vet_detail(&vet, 0, &b);
	return text;
}

static void line__fits__lets_it_in(void **state)
{
	(void)state;
	assert_true(use(&plain, "alice"));
	assert_int_equal(by_line("cert-authority ", ca), KA_REASON_NONE);
	assert_int_equal(by_line("cert-authority,restrict ", ca), KA_REASON_NONE);
	assert_int_equal(by_line("cert-authority ", other), KA_REASON_KEY_NOT_LISTED);
	policy.option_required[KA_KEYOPT_FROM] = true; /* of the line, and not of the certificate */
	assert_int_equal(by_line("cert-authority ", ca), KA_REASON_POLICY_OPTION_MISSING);
	assert_int_equal(by_line("cert-authority,from=\"10.0.0.1\" ", ca), KA_REASON_NONE);
}

static void line__or_policy_or_names__refuse(void **state)
{
	(void)state;
	assert_true(use(&plain, "bob"));
	assert_int_equal(by_line("cert-authority ", ca), KA_REASON_CERT_PRINCIPAL_MISMATCH);
	assert_int_equal(by_line("cert-authority,principals=\"ops\" ", ca), KA_REASON_NONE);
	assert_int_equal(by_line("cert-authority,principals=\"bob\" ", ca), KA_REASON_CERT_PRINCIPAL_NOT_ALLOWED);
	assert_int_equal(by_line("restrict ", ca), KA_REASON_CERT_CA_NOT_MARKED);
	memcpy(policy.force_options, "principals=\"ops\"", sizeof("principals=\"ops\"")); /* sshd will read that one too */
	assert_int_equal(by_line("cert-authority ", ca), KA_REASON_NONE);
	assert_int_equal(by_line("cert-authority,principals=\"bob\" ", ca), KA_REASON_OPTION_BAD_VALUE); /* both: sshd refuses them */
	assert_string_equal(detail(), "principals");
	memset(policy.force_options, 0, sizeof(policy.force_options));
	for (size_t i = 0; i < KA_OPTS_MAX; i++) /* one more than is looked at, with the line's own */
		memcpy(policy.force_options + 4 * i, "pty,", 4);
	assert_int_equal(by_line("cert-authority ", ca), KA_REASON_OPTION_BAD_VALUE);
	assert_string_equal(detail(), "too many options, with those of force_options");
	use(&plain, "alice");
	policy.option_allowed[KA_KEYOPT_CERT_AUTHORITY] = false;
	assert_int_equal(by_line("cert-authority ", ca), KA_REASON_OPTION_CERT_AUTHORITY);
	use(&plain, "alice");
	policy.certificates = false;
	assert_int_equal(by_line("cert-authority ", ca), KA_REASON_OPTION_CERT_AUTHORITY);
	use(&nameless, "alice");
	assert_int_equal(by_line("cert-authority ", ca), KA_REASON_CERT_NO_PRINCIPALS);
	use(&command, "alice");
	assert_int_equal(by_line("cert-authority,command=\"/bin/false\" ", ca), KA_REASON_CERT_OPTION_CONFLICT);
}

static void line__certificate_refuses__whatever_the_line_says(void **state)
{
	(void)state;
	assert_true(use(&critical, "alice"));
	assert_int_equal(by_line("cert-authority ", ca), KA_REASON_CERT_CRITICAL_UNKNOWN);
	assert_true(use(&plain, "alice"));
	policy.type_allowed[0] = false; /* Ed25519, line and certificate */
	assert_int_equal(by_line("cert-authority ", ca), KA_REASON_POLICY_TYPE_NOT_ALLOWED);
}

/* one bit of the signature: what is left of the certificate is a stranger's text */
static void line__signature_of_nobody__refused(void **state)
{
	static struct ka_keyscan_offer turned;

	(void)state;
	turned = plain;
	turned.blob[turned.cert_len - 1] ^= 1;
	assert_true(use(&turned, "alice"));
	assert_int_equal(by_line("cert-authority ", ca), KA_REASON_CERT_SIGNATURE_BAD);
}

static void init__no_certificate__is_none(void **state)
{
	struct ka_span blob;

	(void)state;
	blob = certvectors_find("type 3");
	assert_true(ka_certjudge_init(&c, blob, "alice"));
	assert_int_equal(c.reason, KA_REASON_CERT_MALFORMED);
	assert_string_equal(c.ca_text, "");
	ka_keyline_parse(ka_span_of(ca), storage, &line);
	assert_false(ka_certjudge_is_authority(&c, &line));
	assert_false(ka_certjudge_init(&c, line.key.blob, "alice"));
	assert_false(ka_certjudge_init(&c, (struct ka_span){ NULL, 0 }, "alice"));
}

/* the first that refuses is the answer: the line, line and certificate, the certificate */
static void line__several_refuse__the_first_of_them_is_said(void **state)
{
	(void)state;
	assert_true(use(&critical, "alice"));
	policy.option_allowed[KA_KEYOPT_COMMAND] = false;
	assert_int_equal(by_line("cert-authority,command=\"x\" ", ca), KA_REASON_OPTION_NOT_ALLOWED);
	assert_true(use(&critical, "bob"));
	assert_int_equal(by_line("cert-authority ", ca), KA_REASON_CERT_PRINCIPAL_MISMATCH);
	/* what was only warned of before is not part of it */
	assert_true(use(&critical, "alice"));
	policy.option_allowed[KA_KEYOPT_COMMAND] = false;
	policy.action[KA_REASON_OPTION_NOT_ALLOWED] = KA_ACTION_WARN;
	assert_int_equal(by_line("cert-authority,command=\"x\" ", ca), KA_REASON_CERT_CRITICAL_UNKNOWN);
	assert_int_equal(vet.count, 1);
	/* that the policy's options would mark the line is no mark of its own */
	assert_true(use(&plain, "alice"));
	memcpy(policy.force_options, "cert-authority", sizeof("cert-authority"));
	assert_int_equal(by_line("restrict ", ca), KA_REASON_CERT_CA_NOT_MARKED);
}

static void line__warnings_of_line_and_certificate__stand_side_by_side(void **state)
{
	static char text[1200];

	(void)state;
	assert_true(use(&critical, "alice"));
	policy.option_allowed[KA_KEYOPT_COMMAND] = false;
	policy.action[KA_REASON_OPTION_NOT_ALLOWED] = policy.action[KA_REASON_CERT_CRITICAL_UNKNOWN] = KA_ACTION_WARN;
	snprintf(text, sizeof(text), "cert-authority,command=\"x\" %s", ca);
	ka_keyline_parse(ka_span_sub(ka_span_of(text), 0, strcspn(text, "\n")), storage, &line);
	ka_certjudge_line(&c, &judge, &line, &policy, &when, &vet);
	assert_int_equal(vet.verdict, KA_VERDICT_WARN);
	assert_int_equal(vet.count, 2);
	assert_int_equal(vet.reasons[0], KA_REASON_OPTION_NOT_ALLOWED);
	assert_int_equal(vet.reasons[1], KA_REASON_CERT_CRITICAL_UNKNOWN);
}

/* as many options as are kept, of the line and of the policy; one more is not looked at */
static void line__too_many_options_with_the_forced_ones__refused(void **state)
{
	char text[1024] = "cert-authority", *end = text + strlen(text);

	(void)state;
	assert_true(use(&plain, "alice"));
	for (size_t i = 0; i + 2 < KA_OPTS_MAX; i++, end += 7)
		memcpy(end, ",no-pty", 8);
	memcpy(end, " ", 2);
	memcpy(policy.force_options, "restrict", sizeof("restrict"));
	assert_int_equal(by_line(text, ca), KA_REASON_NONE);
	memcpy(policy.force_options, "restrict,no-pty", sizeof("restrict,no-pty"));
	assert_int_equal(by_line(text, ca), KA_REASON_OPTION_BAD_VALUE);
}

static enum ka_reason by_file(const char *text)
{
	ka_conf_default(&conf);
	conf.trusted_ca = "/ca";
	trustroot_file("/ca", 0644, 0, text);
	ka_certjudge_trusted(&c, &judge, &conf, &policy, &when, &line, storage, &vet);
	return vet.count > 0 ? vet.reasons[0] : KA_REASON_NONE;
}

/* its authority can be read, and is nobody's: not of a line, nor of the file */
static void cert__of_a_broken_form__is_refused_whoever_is_asked(void **state)
{
	static struct ka_keyscan_offer longer;

	(void)state;
	longer = plain;
	longer.blob[longer.cert_len++] = 0;
	assert_true(use(&longer, "alice"));
	assert_int_equal(c.reason, KA_REASON_KEY_BLOB_TRAILING);
	assert_int_equal(by_line("cert-authority ", ca), KA_REASON_KEY_NOT_LISTED);
	ka_certjudge_line(&c, &judge, &line, &policy, &when, &vet);
	assert_int_equal(vet.verdict, KA_VERDICT_REJECT);
	assert_int_equal(vet.reasons[0], KA_REASON_KEY_BLOB_TRAILING);
	assert_int_equal(by_file(ca), KA_REASON_KEY_BLOB_TRAILING);
	assert_int_equal(vet.verdict, KA_VERDICT_REJECT);
}

/* options that sshd does not know, and behind them the authority's key */
static void line__that_cannot_be_read__is_none_of_its_authority(void **state)
{
	char text[1200];

	(void)state;
	assert_true(use(&plain, "alice"));
	snprintf(text, sizeof(text), "cert-authority,nonsense=\"x\" %.*s", (int)strcspn(ca, "\n"), ca);
	ka_keyline_parse(ka_span_of(text), storage, &line);
	assert_int_equal(line.reason, KA_REASON_OPTION_UNKNOWN);
	assert_true(ka_span_equal(line.key.blob, c.own.key.cert.ca));
	assert_false(ka_certjudge_is_authority(&c, &line));
}

static void trusted__its_line_is_made_here(void **state)
{
	char text[1200], want[1200];
	struct ka_buf b;

	(void)state;
	assert_true(use(&plain, "alice"));
	policy.option_allowed[KA_KEYOPT_CERT_AUTHORITY] = false; /* that is about the lines of sources */
	assert_int_equal(by_file(ca), KA_REASON_NONE);
	ka_buf_init_array(&b, text);
	ka_keyline_emit(&line, "", &b);
	snprintf(want, sizeof(want), "cert-authority %.*s", (int)strcspn(strchr(ca, ' ') + 1, " \n") + (int)(strchr(ca, ' ') - ca) + 1, ca);
	text[strcspn(text, "\n")] = '\0';
	assert_string_equal(text, want);
	assert_int_equal(by_file(other), KA_REASON_CERT_CA_UNTRUSTED);
	assert_int_equal(by_file("nonsense\n"), KA_REASON_CONF_INVALID);
	assert_true(use(&plain, "bob"));
	assert_int_equal(by_file(ca), KA_REASON_CERT_PRINCIPAL_MISMATCH);
	assert_true(use(&critical, "alice"));
	assert_int_equal(by_file(ca), KA_REASON_CERT_CRITICAL_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(line__fits__lets_it_in),
		cmocka_unit_test(line__or_policy_or_names__refuse),
		cmocka_unit_test(line__certificate_refuses__whatever_the_line_says),
		cmocka_unit_test(line__signature_of_nobody__refused),
		cmocka_unit_test(line__several_refuse__the_first_of_them_is_said),
		cmocka_unit_test(line__warnings_of_line_and_certificate__stand_side_by_side),
		cmocka_unit_test(line__too_many_options_with_the_forced_ones__refused),
		cmocka_unit_test(line__that_cannot_be_read__is_none_of_its_authority),
		cmocka_unit_test(init__no_certificate__is_none),
		cmocka_unit_test(cert__of_a_broken_form__is_refused_whoever_is_asked),
		cmocka_unit_test(trusted__its_line_is_made_here),
	};

	load();
	return trustroot_run(tests, begin);
}
