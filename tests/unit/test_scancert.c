/* diag/scancert: lines with the authority of an offered certificate, by the whole content pass. */
#include "diag/scancert.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/certsample.h"

#include "base/poison.h"

static struct ka_offer offer;
static struct ka_keyscan_offer ready;
static struct ka_keyscan scan;
static struct ka_keyscan_work work;
static char text[8192];

/* @options in front of the authority's key, on line 2; what is found for the certificate */
static const struct ka_keyscan_hit *line(const char *name, const char *options, const char *key, const char *address)
{
	struct ka_keyscan_query q = { .offers = &ready, .offers_count = 1, .address = address, .now_sec = CERTSAMPLE_NOW,
				      .has_authorities = true };

	certsample_take(name, &offer, &ready);
	snprintf(text, sizeof(text), "# authorities\n%s%s", options, certsample_text(key));
	ka_keyscan_run((uint8_t *)text, strlen(text), &q, &work, &scan);
	assert_true(ka_keyscan_check(&scan, 1));
	return ka_keyscan_hit(&scan, 0);
}

static void marked__with_options_that_fit__is_listed(void **state)
{
	static const char *const options[] = {
		"cert-authority ", "cert-authority,restrict ", "from=\"192.0.2.0/24\",cert-authority ", "  cert-authority\t",
		"cert-authority,expiry-time=\"20300101\" ", "CERT-AUTHORITY ", "cert-authority,command=\"/bin/false\" ",
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(options); i++) {
		const struct ka_keyscan_hit *hit = line("plain", options[i], "ca", "192.0.2.7");

		assert_non_null(hit);
		assert_int_equal(hit->reason, KA_REASON_NONE);
		assert_int_equal(hit->fit, KA_KEYSCAN_LISTED);
		assert_int_equal(hit->line, 2);
		assert_int_equal(hit->named, 0);
	}
}

static void other_authority__plain_key_of_it__no_hit(void **state)
{
	(void)state;
	assert_null(line("plain", "cert-authority ", "other", ""));
	assert_null(line("plain", "", "k", "")); /* a certificate is not its key */
	assert_null(line("rsasigned", "cert-authority ", "ca", ""));
	assert_non_null(line("rsasigned", "cert-authority ", "rsaca", ""));
}

/* a certificate of which the trail has no more than its fingerprint, and where its authority stood */
static void unmarked__remembered_by_its_line__is_found_there(void **state)
{
	struct ka_keyscan_query q = { .offers = &ready, .offers_count = 1, .address = "", .now_sec = CERTSAMPLE_NOW, .has_authorities = true };
	const struct ka_keyscan_hit *hit;

	(void)state;
	memset(&offer, 0, sizeof(offer));
	snprintf(offer.type, sizeof(offer.type), "ssh-ed25519-cert-v01@openssh.com");
	offer.ca_line = 2;
	ka_keyscan_offer(&offer, &ready);
	snprintf(text, sizeof(text), "%s%s", certsample_text("k"), certsample_text("ca"));
	ka_keyscan_run((uint8_t *)text, strlen(text), &q, &work, &scan);
	hit = ka_keyscan_hit(&scan, 0);
	assert_non_null(hit);
	assert_int_equal(hit->reason, KA_REASON_CERT_CA_NOT_MARKED);
	assert_int_equal(hit->line, 2);
	snprintf(text, sizeof(text), "%scert-authority %s", certsample_text("k"), certsample_text("ca")); /* mended since */
	ka_keyscan_run((uint8_t *)text, strlen(text), &q, &work, &scan);
	assert_null(ka_keyscan_hit(&scan, 0));
}

static void unmarked__says_where_the_option_goes(void **state)
{
	const struct ka_keyscan_hit *hit = line("plain", "", "ca", "");

	(void)state;
	assert_int_equal(hit->reason, KA_REASON_CERT_CA_NOT_MARKED);
	assert_int_equal(hit->column, 1);
	assert_string_equal(hit->near, "cert-authority ");
	hit = line("plain", "\trestrict,pty ", "ca", "");
	assert_int_equal(hit->reason, KA_REASON_CERT_CA_NOT_MARKED);
	assert_int_equal(hit->column, 2);
	assert_string_equal(hit->near, "cert-authority,");
	assert_true(hit->fit > KA_KEYSCAN_WHOLE); /* no such line makes a file the one that was meant */
}

static void unmarked__and_marked_further_down__is_listed(void **state)
{
	const struct ka_keyscan_hit *hit;
	char both[4096];

	(void)state;
	snprintf(both, sizeof(both), "%s", certsample_text("ca"));
	snprintf(both + strlen(both), sizeof(both) - strlen(both), "cert-authority ");
	hit = line("plain", both, "ca", "");
	assert_int_equal(hit->reason, KA_REASON_NONE);
	assert_int_equal(hit->line, 3);
}

static void options__of_the_line__refuse_as_for_keys(void **state)
{
	(void)state;
	assert_int_equal(line("plain", "cert-authority,no-such ", "ca", "")->reason, KA_REASON_OPTION_UNKNOWN);
	assert_int_equal(line("plain", "cert-authority,expiry-time=\"20200101\" ", "ca", "")->reason, KA_REASON_OPTION_EXPIRED);
	assert_int_equal(line("plain", "cert-authority,from=\"10.0.0.1\" ", "ca", "192.0.2.7")->reason, KA_REASON_OPTION_FROM_MISMATCH);
	assert_int_equal(line("plain", "cert-authority,from=\"10.0.0.1\" ", "ca", "")->what, KA_KEYSCAN_FROM_UNJUDGED);
}

static void principals__of_the_line(void **state)
{
	const struct ka_keyscan_hit *hit = line("plain", "cert-authority,principals=\"x,ops\" ", "ca", "");

	(void)state;
	assert_int_equal(hit->reason, KA_REASON_NONE);
	assert_int_equal(hit->named, 1);
	hit = line("plain", "cert-authority,principals=\"x,op,alic\" ", "ca", "");
	assert_int_equal(hit->reason, KA_REASON_CERT_PRINCIPAL_NOT_ALLOWED);
	assert_string_equal(hit->detail, "x,op,alic");
	assert_int_equal(hit->column, 16);
	hit = line("nameless", "cert-authority,principals=\"x\" ", "ca", "");
	assert_int_equal(hit->reason, KA_REASON_CERT_PRINCIPAL_NOT_ALLOWED);
}

static void command__of_line_and_certificate(void **state)
{
	(void)state;
	assert_int_equal(line("command", "cert-authority ", "ca", "")->reason, KA_REASON_NONE);
	assert_int_equal(line("command", "cert-authority,command=\"/bin/true\" ", "ca", "")->reason, KA_REASON_NONE);
	assert_int_equal(line("command", "cert-authority,command=\"/bin/tru\" ", "ca", "")->reason, KA_REASON_CERT_OPTION_CONFLICT);
	assert_int_equal(line("command", "cert-authority,command=\"/bin/true \\\"\" ", "ca", "")->reason, KA_REASON_CERT_OPTION_CONFLICT);
	assert_int_equal(line("command", "cert-authority,principals=\"x\",command=\"y\" ", "ca", "")->reason, KA_REASON_CERT_OPTION_CONFLICT);
}

static void sources__are_not_looked_at_for_authorities(void **state)
{
	struct ka_keyscan_query q = { .offers = &ready, .offers_count = 1, .address = "", .now_sec = CERTSAMPLE_NOW };

	(void)state;
	line("plain", "cert-authority ", "ca", "");
	ka_keyscan_run((uint8_t *)text, strlen(text), &q, &work, &scan);
	assert_null(ka_keyscan_hit(&scan, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(marked__with_options_that_fit__is_listed),
		cmocka_unit_test(other_authority__plain_key_of_it__no_hit),
		cmocka_unit_test(unmarked__remembered_by_its_line__is_found_there),
		cmocka_unit_test(unmarked__says_where_the_option_goes),
		cmocka_unit_test(unmarked__and_marked_further_down__is_listed),
		cmocka_unit_test(options__of_the_line__refuse_as_for_keys),
		cmocka_unit_test(principals__of_the_line),
		cmocka_unit_test(command__of_line_and_certificate),
		cmocka_unit_test(sources__are_not_looked_at_for_authorities),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
