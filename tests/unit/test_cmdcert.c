/* authkeys-cmd/cmdcert: an offered certificate in a run of the command. Whether it may pass is judge/certjudge's business. */
#include "authkeys-cmd/cmdcert.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "key/keyb64.h"
#include "tests/unit/lib/certsample.h"
#include "tests/unit/lib/certvectors.h"
#include "tests/unit/lib/serveplace.h"

#include "base/poison.h"

static char source_text[4096];
static unsigned sources_read;

/* stands before the one in the archive */
enum ka_err ka_sourcefile_read(const struct ka_conf_source *source, const struct ka_source_query *query,
			       ka_sourcefile_take *take, void *ctx, struct ka_sourcefile_out *out)
{
	(void)source;
	(void)query;
	sources_read++;
	*out = (struct ka_sourcefile_out){ .answer = KA_SOURCE_FOUND, .reason = KA_REASON_NONE };
	take(ctx, "/k", ka_span_of(source_text));
	return KA_ERR_OK;
}

static bool is_trusted;

/* as above: the file of authorities, or none */
void ka_trustedca_open(const struct ka_conf *c, struct ka_trustedca *t)
{
	(void)c;
	memset(t, 0, sizeof(*t));
	if (is_trusted)
		assert_int_equal(ka_trustedca_parse(ka_span_of(certsample_text("ca")), t), 0);
}

bool ka_trustedca_has(const struct ka_trustedca *t, struct ka_span key)
{
	(void)key;
	return t->count > 0;
}

unsigned ka_trustedca_parse(struct ka_span text, struct ka_trustedca *t)
{
	(void)text;
	t->count = 1;
	return 0;
}

void ka_trustedca_judge(const struct ka_trustedca *t, const struct ka_keyblob *key, struct ka_vetnote *note)
{
	if (!ka_trustedca_has(t, key->cert.ca))
		ka_vetnote_refuse(note, KA_REASON_CERT_CA_UNTRUSTED, NULL);
}

static int setup(void **state)
{
	(void)state;
	serveplace_clear();
	(void)serveplace_source("local", "/k");
	conf.trusted_ca = "";
	serve.attempt = &attempt;
	policy.certificates = policy.option_allowed[KA_KEYOPT_CERT_AUTHORITY] = true;
	source_text[0] = '\0';
	sources_read = 0;
	is_trusted = false;
	return 0;
}

static void offer(const char *name)
{
	static struct ka_certjudge certjudge;
	static struct ka_keysample sample;

	snprintf(sample.line, sizeof(sample.line), "%s", certsample_text(name));
	serve.certjudge = &certjudge;
	run(&sample);
}

static void list(const char *options, const char *name)
{
	snprintf(source_text, sizeof(source_text), "# x\n%s%s", options, certsample_text(name));
}

static void cert__line_of_its_authority__is_printed(void **state)
{
	(void)state;
	list("cert-authority ", "ca");
	offer("plain");
	assert_int_equal(strncmp(printed, "cert-authority ssh-ed25519 AAAA", 31), 0);
	assert_null(strchr(printed, '#'));
	assert_string_equal(record.reasons, "");
	assert_string_equal(record.opts, "cert-authority");
}

static void cert__not_by_that_line__says_why(void **state)
{
	(void)state;
	list("", "ca");
	offer("plain");
	assert_string_equal(printed, "");
	assert_string_equal(record.reasons, "cert.ca-not-marked");
	setup(state);
	list("cert-authority ", "ca");
	offer("critical");
	assert_string_equal(printed, "");
	assert_string_equal(record.reasons, "cert.critical-unknown");
}

static void cert__nobody_names_its_authority__is_untrusted(void **state)
{
	(void)state;
	list("cert-authority ", "other");
	offer("plain");
	assert_string_equal(printed, "");
	assert_string_equal(record.reasons, "cert.ca-untrusted");
	setup(state);
	list("", "plain"); /* a line that holds the certificate matches nothing */
	offer("plain");
	assert_string_equal(printed, "");
	assert_string_equal(record.reasons, "cert.ca-untrusted");
}

static void cert__trusted__its_line_is_made(void **state)
{
	(void)state;
	is_trusted = true;
	policy.option_allowed[KA_KEYOPT_CERT_AUTHORITY] = false;
	offer("plain");
	assert_int_equal(strncmp(printed, "cert-authority ssh-ed25519 AAAA", 31), 0);
	assert_string_equal(record.reasons, "");
	setup(state);
	is_trusted = true;
	offer("host");
	assert_string_equal(printed, "");
	assert_string_equal(record.reasons, "cert.host-type");
}

static void cert__certificates_are_off__is_a_key_like_others(void **state)
{
	(void)state;
	policy.certificates = false;
	is_trusted = true;
	list("cert-authority ", "ca");
	offer("plain");
	assert_string_equal(printed, "");
	assert_string_equal(record.reasons, "");
	setup(state);
	policy.certificates = false;
	list("", "plain");
	offer("plain");
	assert_string_equal(printed, "");
	assert_string_equal(record.reasons, "cert.not-enabled");
}

/* what it is wrong with it is said, and nobody is asked */
static void cert__of_a_broken_form__ends_there(void **state)
{
	static const struct { const char *what, *reasons; } rows[] = {
		{ "a byte behind it", "key.blob-trailing" }, { "type 3", "cert.malformed" },
	};
	static struct ka_certjudge certjudge;
	static struct ka_keysample sample;
	struct ka_buf b;

	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		setup(state);
		is_trusted = true;
		list("cert-authority ", "ca");
		serve.certjudge = &certjudge;
		ka_buf_init_array(&b, sample.line);
		ka_buf_text(&b, "ssh-ed25519-cert-v01@openssh.com ");
		ka_keyb64_encode(&b, certvectors_find(rows[i].what));
		assert_false(b.overflow);
		run(&sample);
		assert_string_equal(printed, "");
		assert_string_equal(record.reasons, rows[i].reasons);
		assert_int_equal(sources_read, 0);
	}
}

/* by the policy in force for this source, for this user and by the command line, by a line and by trusted_ca */
static void cert__profile__tightens_both_ways(void **state)
{
	for (unsigned i = 0; i < 6; i++) {
		setup(state);
		is_trusted = i % 2 == 1;
		if (!is_trusted)
			list("cert-authority ", "ca");
		if (i / 2 == 0)
			conf.sources[0].profile = KA_CONF_PROFILE_SK_ONLY;
		else if (i / 2 == 1)
			conf.user_profiles = "a*:sk-only";
		else
			serveplace_profile = KA_CONF_PROFILE_SK_ONLY;
		offer("plain");
		if (i == 1) { /* the source's: trusted_ca is none */
			assert_int_equal(strncmp(printed, "cert-authority ", 15), 0);
			continue;
		}
		assert_string_equal(printed, "");
		assert_string_equal(record.reasons, "policy.type-not-allowed");
	}
}

static void cert__trusted_with_a_warning__its_line_is_made(void **state)
{
	(void)state;
	is_trusted = true;
	memset(policy.type_allowed, 0, sizeof(policy.type_allowed));
	policy.action[KA_REASON_POLICY_TYPE_NOT_ALLOWED] = KA_ACTION_WARN;
	offer("plain");
	assert_int_equal(strncmp(printed, "cert-authority ssh-ed25519 AAAA", 31), 0);
}

/* a line has said something; what the way by trusted_ca found is said beside it, but for that it does not trust */
static void cert__refused_by_a_line_and_by_trusted_ca__both_are_said(void **state)
{
	(void)state;
	list("", "ca");
	is_trusted = true;
	offer("host");
	assert_string_equal(printed, "");
	assert_string_equal(record.reasons, "cert.ca-not-marked,cert.host-type");
}

/* five hours east of here: what ends two hours from now by our clock has ended there */
static void cert__forced_expiry_time__is_local_time(void **state)
{
	time_t end = time(NULL) + 2 * 3600;
	struct tm tm;

	(void)state;
	assert_int_equal(setenv("TZ", "EAST-5", 1), 0);
	tzset();
	is_trusted = true;
	assert_non_null(gmtime_r(&end, &tm));
	assert_true(strftime(policy.force_options, sizeof(policy.force_options), "expiry-time=\"%Y%m%d%H%M%S\"", &tm) > 0);
	policy.option_forced[KA_KEYOPT_EXPIRY_TIME] = true;
	offer("plain");
	assert_string_equal(printed, "");
	assert_string_equal(record.reasons, "option.expired");
	setup(state);
	assert_int_equal(setenv("TZ", "UTC0", 1), 0);
	tzset();
	is_trusted = true;
	assert_true(strftime(policy.force_options, sizeof(policy.force_options), "expiry-time=\"%Y%m%d%H%M%S\"", &tm) > 0);
	policy.option_forced[KA_KEYOPT_EXPIRY_TIME] = true;
	offer("plain");
	assert_int_equal(strncmp(printed, "cert-authority,", 15), 0);
	assert_int_equal(unsetenv("TZ"), 0);
}

/* an authority is printed for a judged certificate and for nothing else */
static void key__of_an_authority__is_not_served(void **state)
{
	(void)state;
	list("cert-authority ", "ca");
	offer("ca");
	assert_string_equal(printed, "");
	assert_string_equal(record.reasons, "option.cert-authority");
	setup(state);
	list("cert-authority ", "ca");
	run(NULL);
	assert_string_equal(printed, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(cert__line_of_its_authority__is_printed, setup),
		cmocka_unit_test_setup(cert__not_by_that_line__says_why, setup),
		cmocka_unit_test_setup(cert__nobody_names_its_authority__is_untrusted, setup),
		cmocka_unit_test_setup(cert__trusted__its_line_is_made, setup),
		cmocka_unit_test_setup(cert__certificates_are_off__is_a_key_like_others, setup),
		cmocka_unit_test_setup(cert__of_a_broken_form__ends_there, setup),
		cmocka_unit_test_setup(cert__profile__tightens_both_ways, setup),
		cmocka_unit_test_setup(cert__trusted_with_a_warning__its_line_is_made, setup),
		cmocka_unit_test_setup(cert__refused_by_a_line_and_by_trusted_ca__both_are_said, setup),
		cmocka_unit_test_setup(cert__forced_expiry_time__is_local_time, setup),
		cmocka_unit_test_setup(key__of_an_authority__is_not_served, setup),
	};

	return cmocka_run_group_tests(tests, certvectors_setup, certvectors_teardown);
}
