/* vet/certsig: signatures of authorities, as far as libsodium goes; what is left to authkeys-vet. */
#include "vet/certsig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/certvectors.h"

#include "base/poison.h"

static struct ka_vet vet;

/* whether the pure judge can find it: a signature by RSA or ECDSA it leaves open */
static bool is_for_vetter(const struct certvector *v)
{
	struct ka_keyblob key;
	struct ka_certsig s;

	return v->reason == KA_REASON_CERT_SIGNATURE_BAD && ka_keyblob_parse(v->blob, (struct ka_span){ NULL, 0 }, &key) == KA_REASON_NONE &&
	       ka_certsig_read(&key.cert, &s) == KA_REASON_NONE && ka_certsig_needs_vetter(&s);
}

static void vectors__each__its_reason_decides(void **state)
{
	size_t open = 0;

	(void)state;
	for (size_t i = 0; i < certvectors_count; i++) {
		const struct certvector *v = &certvectors[i];
		enum ka_reason want = is_for_vetter(v) ? KA_REASON_NONE : v->reason;

		for (int whole = 0; whole < 2; whole++) {
			certvectors_vet(v->blob, whole != 0, &vet);
			if ((vet.count == 0 ? KA_REASON_NONE : vet.reasons[0]) != want || (vet.verdict == KA_VERDICT_ACCEPT) != (want == KA_REASON_NONE))
				fail_msg("%s: %s", v->what, vet.count == 0 ? "nothing" : ka_reason_id(vet.reasons[0]));
		}
		open += vet.needs_signature;
		if (is_for_vetter(v))
			assert_true(vet.needs_signature);
	}
	assert_true(open > 5);
}

static void judge__only_of_rsa_and_ecdsa__is_asked_elsewhere(void **state)
{
	static const char *const ours[] = { "an Ed25519 authority", "a security key, Ed25519" },
				*const others[] = { "P-256", "P-384", "P-521", "a security key, P-256", "RSA with SHA-512", "RSA with SHA-256" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(ours); i++) {
		certvectors_vet(certvectors_find(ours[i]), false, &vet);
		assert_true(vet.verdict == KA_VERDICT_ACCEPT && !vet.needs_signature);
	}
	for (size_t i = 0; i < KA_ARRAY_LEN(others); i++) {
		certvectors_vet(certvectors_find(others[i]), false, &vet);
		assert_true(vet.verdict == KA_VERDICT_ACCEPT && vet.needs_signature);
	}
}

/* what an admin may write as a severity does not let in what was not verified */
static void judge__policy_switches_it_off__still_refused(void **state)
{
	static const char *const what[] = { "RSA with SHA-1", "of another authority", "Ed25519 by the name of RSA" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(what); i++) {
		struct ka_vetpolicy policy;
		struct ka_vetnote note;
		struct ka_keyblob key;

		ka_vetpolicy_default(&policy);
		memset(policy.action, KA_ACTION_OFF, sizeof(policy.action));
		ka_vetnote_init(&note, &policy, false, &vet);
		assert_int_equal(ka_keyblob_parse(certvectors_find(what[i]), (struct ka_span){ NULL, 0 }, &key), KA_REASON_NONE);
		assert_false(ka_certsig_judge(&key.cert, &note));
		assert_int_equal(vet.verdict, KA_VERDICT_REJECT);
	}
}

/* every bit and every length of two genuine ones: never a crash, never a pass */
static void flips_and_cuts__of_ed25519__never_pass(void **state)
{
	static const char *const what[] = { "an Ed25519 authority", "a security key, Ed25519" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(what); i++) {
		struct ka_span whole = certvectors_find(what[i]);

		for (size_t bit = 0; bit < whole.len * 8; bit++) {
			uint8_t *copy = malloc(whole.len);

			assert_non_null(copy);
			memcpy(copy, whole.p, whole.len);
			copy[bit / 8] ^= (uint8_t)(1 << bit % 8);
			certvectors_vet((struct ka_span){ copy, whole.len }, false, &vet);
			assert_int_equal(vet.verdict, KA_VERDICT_REJECT);
			free(copy);
		}
		for (size_t len = 0; len < whole.len; len++) {
			uint8_t *copy = malloc(len + 1);

			assert_non_null(copy);
			memcpy(copy, whole.p, len);
			certvectors_vet((struct ka_span){ copy, len }, false, &vet);
			assert_int_equal(vet.verdict, KA_VERDICT_REJECT);
			free(copy);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vectors__each__its_reason_decides),
		cmocka_unit_test(judge__only_of_rsa_and_ecdsa__is_asked_elsewhere),
		cmocka_unit_test(judge__policy_switches_it_off__still_refused),
		cmocka_unit_test(flips_and_cuts__of_ed25519__never_pass),
	};

	return cmocka_run_group_tests(tests, certvectors_setup, certvectors_teardown);
}
