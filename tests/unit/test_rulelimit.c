/* diag/rulelimit on invented facts: how many tries, and how much time. */
#include "diag/rulelimit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/factsample.h"

#include "base/poison.h"

static struct ka_said lines[8];

static void says(const char *message)
{
	size_t n = factsample.subject.said_count++;

	assert_true(ka_said_make(ka_span_of(message), true, (int64_t)n, &lines[n]));
	factsample.subject.said = lines;
}

static void offers(size_t n, enum ka_offer_said said)
{
	factsample.subject.offers_count = factsample.facts.offers_count = n;
	for (size_t i = 0; i < n; i++) {
		factsample.offers[i].said = said;
		put(factsample.facts.offers[i].type, "ssh-ed25519");
	}
}

static enum ka_reason with(const char *lines_of_sshd)
{
	factsample_sshd(lines_of_sshd);
	return factsample_primary();
}

static void tries__sshd_hung_up__decides(void **state)
{
	(void)state;
	offers(2, KA_OFFER_NONE);
	factsample_there(0)->scan.usable = 1;
	assert_int_equal(with("maxauthtries 6"), KA_REASON_KEY_NOT_LISTED);
	says("Disconnecting authenticating user alice 192.0.2.7 port 5: Too many authentication failures [preauth]");
	assert_int_equal(with("maxauthtries 6"), KA_REASON_CONN_MAX_TRIES);
	assert_string_equal(factsample.evidence.note, "2 keys were offered, a listed one was not among them");
	assert_non_null(strstr(factsample.fix.advice, "IdentitiesOnly=yes"));
}

static void tries__as_many_refused_as_there_are__decides(void **state)
{
	(void)state;
	offers(2, KA_OFFER_NONE);
	assert_int_equal(with("maxauthtries 2"), KA_REASON_FILE_MISSING); /* no key would be let in, whichever is offered */
	assert_true(factsample_has(KA_REASON_CONN_MAX_TRIES));
	factsample_there(0)->scan.usable = 1;
	assert_int_equal(with("maxauthtries 3"), KA_REASON_KEY_NOT_LISTED);
	assert_int_equal(with("maxauthtries 2"), KA_REASON_CONN_MAX_TRIES);
	assert_string_equal(factsample.evidence.detail, "MaxAuthTries 2");
	assert_int_equal(with("usepam yes"), KA_REASON_KEY_NOT_LISTED); /* sshd did not say how many */
}

/* with the mode mended the key is let in, however many there are */
static void tries__a_key_was_found_and_lost__is_said_beside(void **state)
{
	struct ka_userfile *file = factsample_there(0);

	(void)state;
	offers(2, KA_OFFER_NONE);
	factsample_hit(file, 1, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	factsample_bad_perm(file, KA_REASON_PERM_WORLD_WRITABLE, FILE1, 0100666);
	assert_int_equal(with("maxauthtries 2"), KA_REASON_PERM_WORLD_WRITABLE);
	assert_true(factsample_has(KA_REASON_CONN_MAX_TRIES));
}

static void tries__listed_key_comes_too_late__decides_beforehand(void **state)
{
	struct ka_userfile *file = factsample_there(0);

	(void)state;
	offers(3, KA_OFFER_UNKNOWN);
	factsample_hit(file, 2, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	assert_int_equal(with("maxauthtries 2"), KA_REASON_CONN_MAX_TRIES);
	assert_false(factsample.would_login);
	assert_string_equal(factsample.evidence.note, "3 keys were offered");
	assert_int_equal(with("maxauthtries 3"), KA_REASON_NONE); /* two failures, and the third is let in */
	assert_true(factsample.would_login);
}

static void tries__listed_key_not_among_them__decides_beforehand(void **state)
{
	(void)state;
	offers(3, KA_OFFER_UNKNOWN);
	assert_int_equal(with("maxauthtries 3"), KA_REASON_FILE_MISSING);
	factsample_there(0)->scan.usable = 1;
	assert_int_equal(with("maxauthtries 4"), KA_REASON_KEY_NOT_LISTED);
	assert_false(factsample_has(KA_REASON_CONN_MAX_TRIES));
	assert_int_equal(with("maxauthtries 3"), KA_REASON_CONN_MAX_TRIES);
}

static void time__sshd_says_so__decides(void **state)
{
	(void)state;
	factsample.subject.offers_count = factsample.facts.offers_count = 0;
	says("Timeout before authentication for connection from 192.0.2.7 to 192.0.2.1, pid = 77");
	assert_int_equal(with("logingracetime 20"), KA_REASON_CONN_GRACE_TIMEOUT);
	assert_non_null(strstr(factsample.evidence.detail, "20"));
	factsample.subject.said_count = 0;
	assert_int_equal(with("logingracetime 20"), KA_REASON_CLIENT_KEY_NOT_OFFERED);
}

/* sshd ends without a word: the monitor lived exactly as long */
static void time__no_word_and_just_as_long__decides(void **state)
{
	static const struct { int64_t lasted_ms; bool is_late; } cases[] = {
		{ 0, false }, { 19900, false }, { 19950, true }, { 20000, true }, { 20000 + KA_RULELIMIT_LATE_MS, true },
		{ 20001 + KA_RULELIMIT_LATE_MS, false },
	};

	(void)state;
	factsample.offers[0].said = KA_OFFER_SERVED;
	factsample.offers[0].runs = 1;
	for (size_t i = 0; i < KA_ARRAY_LEN(cases); i++) {
		factsample.subject.lasted_ms = cases[i].lasted_ms;
		assert_int_equal(with("logingracetime 20"), cases[i].is_late ? KA_REASON_CONN_GRACE_TIMEOUT : KA_REASON_SIG_MISSING);
	}
	factsample.subject.lasted_ms = 20000;
	assert_int_equal(with("logingracetime 0"), KA_REASON_SIG_MISSING);
	says("Connection closed by authenticating user alice 192.0.2.7 port 5 [preauth]");
	assert_int_equal(with("logingracetime 20"), KA_REASON_SIG_MISSING);
}

/* nor does the command, which was still asking */
static void time__over_while_the_command_ran__is_the_commands(void **state)
{
	(void)state;
	factsample.subject.offers_count = factsample.facts.offers_count = 0;
	factsample.subject.is_unanswered = true;
	factsample.subject.lasted_ms = 20000;
	assert_int_equal(with("logingracetime 20"), KA_REASON_CMD_TIMEOUT);
	factsample.subject.lasted_ms = 2000;
	assert_int_equal(with("logingracetime 20"), KA_REASON_NONE); /* a key was offered */
	assert_false(factsample_has(KA_REASON_CLIENT_KEY_NOT_OFFERED));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(tries__sshd_hung_up__decides, factsample_plain),
		cmocka_unit_test_setup(tries__as_many_refused_as_there_are__decides, factsample_plain),
		cmocka_unit_test_setup(tries__a_key_was_found_and_lost__is_said_beside, factsample_plain),
		cmocka_unit_test_setup(tries__listed_key_comes_too_late__decides_beforehand, factsample_plain),
		cmocka_unit_test_setup(tries__listed_key_not_among_them__decides_beforehand, factsample_plain),
		cmocka_unit_test_setup(time__sshd_says_so__decides, factsample_plain),
		cmocka_unit_test_setup(time__no_word_and_just_as_long__decides, factsample_plain),
		cmocka_unit_test_setup(time__over_while_the_command_ran__is_the_commands, factsample_plain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
