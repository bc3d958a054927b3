/* authkeys-cmd/vet/certverify: signatures of RSA and ECDSA authorities; every vector through both judges, as a login meets them. */
#include "authkeys-cmd/vet/certverify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/certvectors.h"

#include "base/poison.h"

static struct ka_vet vet;
static struct ka_vetter_out out;
static struct ka_vetter vetter;

static int begin(void **state)
{
	return certvectors_setup(state) == 0 && ka_vetter_init(&vetter, 100) == KA_ERR_OK ? 0 : -1;
}

static int end(void **state)
{
	ka_vetter_free(&vetter);
	return certvectors_teardown(state);
}

/* the first reason of both; what is not judged is key.not-judged */
static enum ka_reason judge(struct ka_span blob)
{
	struct ka_keyblob key;

	certvectors_vet(blob, false, &vet);
	if (vet.verdict != KA_VERDICT_ACCEPT)
		return vet.reasons[0];
	assert_int_equal(ka_keyblob_parse(blob, (struct ka_span){ NULL, 0 }, &key), KA_REASON_NONE);
	ka_certverify_judge(&vetter, &key, &out);
	assert_int_equal(out.is_judged, vet.needs_signature);
	return out.is_judged || !vet.needs_signature ? out.reason : KA_REASON_KEY_NOT_JUDGED;
}

static void vectors__each__its_reason(void **state)
{
	(void)state;
	for (size_t i = 0; i < certvectors_count; i++) {
		enum ka_reason got = judge(certvectors[i].blob);

		if (got != certvectors[i].reason)
			fail_msg("%s: %s", certvectors[i].what, got == KA_REASON_NONE ? "nothing" : ka_reason_id(got));
	}
}

/* every @step-th bit, and every length: never a crash, never a pass */
static void assert_only_itself_passes(const char *what, size_t step)
{
	struct ka_span whole = certvectors_find(what);
	uint8_t *copy = malloc(whole.len);

	assert_non_null(copy);
	assert_int_equal(judge(whole), KA_REASON_NONE);
	for (size_t bit = 0; bit < whole.len * 8; bit += step) {
		memcpy(copy, whole.p, whole.len);
		copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (judge((struct ka_span){ copy, whole.len }) == KA_REASON_NONE)
			fail_msg("%s: bit %zu turned, and it passes", what, bit);
	}
	for (size_t len = 0; len < whole.len; len++)
		assert_int_not_equal(judge((struct ka_span){ whole.p, len }), KA_REASON_NONE);
	free(copy);
}

static void flips_and_cuts__never_pass(void **state)
{
	/* CERT_FLIPS=all: every bit, which takes a second; else a share that meets each byte */
	size_t step = getenv("CERT_FLIPS") != NULL ? 1 : 7;

	(void)state;
	assert_only_itself_passes("RSA with SHA-512", step);
	assert_only_itself_passes("RSA with SHA-256", step);
	assert_only_itself_passes("P-256", step);
	assert_only_itself_passes("P-384", step);
	assert_only_itself_passes("P-521", step);
	assert_only_itself_passes("a security key, P-256", step);
}

static void plain_key_and_ed25519__are_not_judged_here(void **state)
{
	struct ka_keyblob key;

	(void)state;
	assert_int_equal(ka_keyblob_parse(certvectors_find("an Ed25519 authority"), (struct ka_span){ NULL, 0 }, &key), KA_REASON_NONE);
	ka_certverify_judge(&vetter, &key, &out);
	assert_false(out.is_judged);
	key.is_cert = false;
	ka_certverify_judge(&vetter, &key, &out);
	assert_false(out.is_judged);
}

static void reason__of_the_algorithm__is_said_here_too(void **state)
{
	struct ka_keyblob key;

	(void)state;
	assert_int_equal(ka_keyblob_parse(certvectors_find("RSA with SHA-1"), (struct ka_span){ NULL, 0 }, &key), KA_REASON_NONE);
	ka_certverify_judge(&vetter, &key, &out);
	assert_true(out.is_judged && out.reason == KA_REASON_CERT_SIGNATURE_ALGORITHM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors__each__its_reason),
		cmocka_unit_test(flips_and_cuts__never_pass),
		cmocka_unit_test(plain_key_and_ed25519__are_not_judged_here),
		cmocka_unit_test(reason__of_the_algorithm__is_said_here_too),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
