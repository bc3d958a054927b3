/* diag/rulesaid on invented facts: the log adds what the facts do not name, and never doubles what they do. */
#include "diag/rulesaid.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/factsample.h"

#include "base/poison.h"

static struct ka_said lines[4];

static int begin(void **state)
{
	memset(lines, 0, sizeof(lines));
	return factsample_plain(state);
}

static void say(const char *message)
{
	size_t n = factsample.subject.said_count++;

	assert_true(ka_said_make(ka_span_of(message), true, (int64_t)n, &lines[n]));
	factsample.subject.said = lines;
}

/* nobody ran the command: the log is all there is */
static void no_offers(void)
{
	factsample.subject.offers_count = factsample.facts.offers_count = 0;
}

static void said__a_list_refused_the_user__decides(void **state)
{
	(void)state;
	no_offers();
	assert_int_equal(factsample_primary(), KA_REASON_CLIENT_KEY_NOT_OFFERED);
	say("User alice from 192.0.2.7 not allowed because not listed in AllowUsers");
	assert_int_equal(factsample_primary(), KA_REASON_SSHD_USER_NOT_ALLOWED);
	assert_false(factsample_has(KA_REASON_CLIENT_KEY_NOT_OFFERED));
	assert_string_equal(factsample.evidence.detail, lines[0].message);
	assert_string_equal(factsample.evidence.note, "sshd's own word, from its log");
	lines[0].is_verified = false;
	assert_int_equal(factsample_primary(), KA_REASON_SSHD_USER_NOT_ALLOWED);
	assert_non_null(strstr(factsample.evidence.note, "any local user"));
}

/* sshd says "not from a permitted host" of a list that it cannot read, too */
static void said__not_from_a_permitted_host__the_value_is_wrong(void **state)
{
	(void)state;
	factsample_hit(factsample_there(0), 0, KA_REASON_OPTION_BAD_VALUE, KA_KEYSCAN_WHOLE);
	say(FILE1 ":3: Authentication tried for alice with correct key but not from a permitted host (host=h, ip=192.0.2.7, required=10.0.0.1/8).");
	assert_int_equal(factsample_primary(), KA_REASON_OPTION_BAD_VALUE);
	assert_false(factsample_has(KA_REASON_OPTION_FROM_MISMATCH));
}

static void said__about_an_offered_key__is_about_that_one(void **state)
{
	(void)state;
	factsample.subject.offers_count = factsample.facts.offers_count = 2;
	put(factsample.offers[1].fp, "SHA256:two");
	say("Authentication key ED25519 SHA256:two revoked by file /etc/ssh/revoked");
	assert_int_equal(factsample_primary(), KA_REASON_SSHD_KEY_REVOKED);
	assert_string_equal(factsample.evidence.path, "/etc/ssh/revoked");
	for (size_t i = 0; i < factsample.out.count; i++)
		if (factsample.out.items[i].reason == KA_REASON_SSHD_KEY_REVOKED)
			assert_int_equal(factsample.out.items[i].offer, 1);
}

static void said__facts_name_it_better__adds_nothing(void **state)
{
	struct ka_userfile *f = factsample_there(0);

	(void)state;
	f->errnum = EACCES;
	f->is_read = 0;
	put(f->blocked.path, "/home/alice/.ssh");
	say("Could not open user 'alice' authorized keys '/home/alice/.ssh/authorized_keys': Permission denied");
	assert_int_equal(factsample_primary(), KA_REASON_FILE_DIR_UNSEARCHABLE);
	assert_false(factsample_has(KA_REASON_FILE_UNREADABLE));
	factsample_plain(NULL);
	say("Could not open user 'alice' authorized keys '/home/alice/.ssh/authorized_keys': Permission denied");
	assert_int_equal(factsample_primary(), KA_REASON_FILE_UNREADABLE); /* mended since: what happened stands */
}

static void said__no_cause__no_candidate(void **state)
{
	(void)state;
	say("Connection closed by authenticating user alice 192.0.2.7 port 4 [preauth]");
	assert_int_equal(factsample_primary(), KA_REASON_FILE_MISSING);
	say("Accepted key ED25519 SHA256:x found at /home/alice/.ssh/authorized_keys:1");
	assert_non_null(ka_rulesaid_find(&factsample.facts, KA_SSHDSAY_LISTED, "SHA256:x"));
	assert_null(ka_rulesaid_find(&factsample.facts, KA_SSHDSAY_LISTED, "SHA256:y"));
	assert_null(ka_rulesaid_find(&factsample.facts, KA_SSHDSAY_FAILED, NULL));
	assert_null(ka_rulesaid_cause(&factsample.facts, KA_REASON_CONN_MAX_TRIES));
}

static void reached__the_account_phase__nothing_before_it_refused(void **state)
{
	(void)state;
	say("Access denied for user alice by PAM account configuration [preauth]");
	assert_int_equal(factsample_primary(), KA_REASON_PAM_ACCOUNT_DENIED);
	assert_true(factsample_has(KA_REASON_FILE_MISSING));
	factsample.subject.reached = KA_STEP_LOGIN;
	assert_int_equal(factsample_primary(), KA_REASON_PAM_ACCOUNT_DENIED);
	assert_false(factsample_has(KA_REASON_FILE_MISSING));
}

static void reached__behind_the_lists__a_line_of_them_is_no_cause(void **state)
{
	(void)state;
	say("User alice from 192.0.2.7 not allowed because not listed in AllowUsers");
	assert_int_equal(factsample_primary(), KA_REASON_SSHD_USER_NOT_ALLOWED); /* a record cannot refute sshd */
	factsample.subject.reached = KA_STEP_SESSION;
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	assert_true(factsample_has(KA_REASON_SSHD_USER_NOT_ALLOWED));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(said__a_list_refused_the_user__decides, begin),
		cmocka_unit_test_setup(said__not_from_a_permitted_host__the_value_is_wrong, begin),
		cmocka_unit_test_setup(said__about_an_offered_key__is_about_that_one, begin),
		cmocka_unit_test_setup(said__facts_name_it_better__adds_nothing, begin),
		cmocka_unit_test_setup(said__no_cause__no_candidate, begin),
		cmocka_unit_test_setup(reached__the_account_phase__nothing_before_it_refused, begin),
		cmocka_unit_test_setup(reached__behind_the_lists__a_line_of_them_is_no_cause, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
