/* authkeys-cmd/cmdcert: an offered certificate in a run of the command. Whether it may pass is judge/certjudge's business. */
#include "authkeys-cmd/cmdcert.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/certsample.h"
#include "tests/unit/lib/serveplace.h"

#include "base/poison.h"

static char source_text[4096];

/* stands before the one in the archive */
enum ka_err ka_sourcefile_read(const struct ka_conf_source *source, const struct ka_source_query *query,
			       ka_sourcefile_take *take, void *ctx, struct ka_sourcefile_out *out)
{
	(void)source;
	(void)query;
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
		cmocka_unit_test_setup(key__of_an_authority__is_not_served, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
