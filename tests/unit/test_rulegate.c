/* diag/rulegate on invented facts: the gate is named for keys that come as far as the gate, and for no others. */
#include "diag/rulegate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/factsample.h"

#include "base/poison.h"

/* the key would be refused at the session, whatever happens before */
static void gate(size_t i)
{
	factsample.offers[i].said = KA_OFFER_UNKNOWN;
	factsample.facts.gate.enforce = KA_PAMCONF_ENFORCE_HARD;
	factsample.facts.gate.reason[i] = KA_REASON_KEY_RSA_TOO_SHORT;
	put(factsample.facts.gate.detail[i], "1024 bits");
}

static void gate__key_listed_in_a_file__decides_with_file_line_and_cure(void **state)
{
	(void)state;
	factsample_hit(factsample_there(0), 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	factsample.offers[0].said = KA_OFFER_UNKNOWN;
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	assert_true(factsample.would_login);
	gate(0);
	assert_int_equal(factsample_primary(), KA_REASON_KEY_RSA_TOO_SHORT);
	assert_false(factsample.would_login);
	assert_string_equal(factsample.evidence.path, FILE1);
	assert_int_equal(factsample.evidence.line, 3);
	assert_string_equal(factsample.evidence.note, "1024 bits; sshd accepts the key, and pam_keyaudit enforce refuses the session");
	assert_non_null(strstr(factsample.fix.advice, "ssh-keygen -t ed25519"));
}

static void gate__key_not_listed__is_no_cause(void **state)
{
	(void)state;
	factsample_there(0)->scan.usable = 1;
	gate(0);
	assert_int_equal(factsample_primary(), KA_REASON_KEY_NOT_LISTED);
	assert_false(factsample_has(KA_REASON_KEY_RSA_TOO_SHORT));
}

/* the next thing to mend, once the mode is */
static void gate__key_lost_before__is_said_beside(void **state)
{
	struct ka_userfile *f = factsample_there(0);

	(void)state;
	factsample_hit(f, 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	factsample_bad_perm(f, KA_REASON_PERM_WORLD_WRITABLE, FILE1, 0100666);
	gate(0);
	assert_int_equal(factsample_primary(), KA_REASON_PERM_WORLD_WRITABLE);
	assert_true(factsample_has(KA_REASON_KEY_RSA_TOO_SHORT));
}

static void gate__several_keys__the_first_accepted_one_decides(void **state)
{
	struct ka_userfile *f = factsample_there(0);

	(void)state;
	factsample.subject.offers_count = factsample.facts.offers_count = 2;
	factsample_hit(f, 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	factsample_hit(f, 1, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	gate(1);
	factsample.offers[0].said = KA_OFFER_UNKNOWN;
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	assert_true(factsample.would_login);
	assert_true(factsample_has(KA_REASON_KEY_RSA_TOO_SHORT));
	factsample.facts.gate.reason[1] = KA_REASON_NONE;
	gate(0);
	assert_int_equal(factsample_primary(), KA_REASON_KEY_RSA_TOO_SHORT);
	assert_false(factsample.would_login);
}

static void gate__broken_configuration__is_shown_and_not_the_key(void **state)
{
	(void)state;
	factsample_hit(factsample_there(0), 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	gate(0);
	factsample.facts.gate.reason[0] = factsample.facts.command.load.reason = KA_REASON_CONF_INVALID;
	factsample.facts.gate.detail[0][0] = '\0';
	put(factsample.facts.command.load.text, "/etc/keyaudit/keyaudit.conf:1: no");
	assert_int_equal(factsample_primary(), KA_REASON_CONF_INVALID);
	assert_string_equal(factsample.evidence.detail, "/etc/keyaudit/keyaudit.conf:1: no");
	assert_int_equal(factsample.evidence.line, 0);
	assert_string_equal(factsample.fix.command[0], "keyaudit config check");
}

/* sshd expands it, and we did not: only who was refused is told that the key is not listed */
static void pattern__files_not_looked_at__no_claim_that_the_key_is_absent(void **state)
{
	(void)state;
	factsample.facts.unjudged.is[KA_UNJUDGED_PATTERN] = true;
	factsample.offers[0].said = KA_OFFER_UNKNOWN;
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	assert_false(factsample.would_login);
	factsample.offers[0].said = KA_OFFER_NONE;
	assert_int_equal(factsample_primary(), KA_REASON_KEY_NOT_LISTED);
}

#define T(name) cmocka_unit_test_setup(name, factsample_plain)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(gate__key_not_listed__is_no_cause),
		T(gate__key_listed_in_a_file__decides_with_file_line_and_cure),
		T(gate__key_lost_before__is_said_beside),
		T(gate__several_keys__the_first_accepted_one_decides),
		T(gate__broken_configuration__is_shown_and_not_the_key),
		T(pattern__files_not_looked_at__no_claim_that_the_key_is_absent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
