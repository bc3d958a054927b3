/* diag/rulesig on invented facts and lines of sshd as 9.2 writes them. */
#include "diag/rulesig.h"

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

#define KEY "ED25519 SHA256:one"
#define POSTPONED "Postponed publickey for alice from 192.0.2.7 port 5 ssh2: " KEY " [preauth]"
#define LISTED "Accepted key " KEY " found at /home/alice/.ssh/authorized_keys:12"
#define FAILED "Failed publickey for alice from 192.0.2.7 port 5 ssh2: " KEY
#define CLOSED "Connection closed by authenticating user alice 192.0.2.7 port 5 [preauth]"

static void served(unsigned runs)
{
	factsample.offers[0].said = KA_OFFER_SERVED;
	factsample.offers[0].runs = runs;
	put(factsample.offers[0].fp, "SHA256:one");
	factsample_sshd("usepam yes");
}

/* the key stands in a file: the command was not asked, and the log is all there is */
static void of_a_file(void)
{
	factsample.subject.offers_count = factsample.facts.offers_count = 0;
	factsample_sshd("usepam yes");
}

static void served_twice__failed__is_invalid(void **state)
{
	(void)state;
	served(2);
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	says(FAILED);
	assert_int_equal(factsample_primary(), KA_REASON_SIG_INVALID);
	assert_string_equal(factsample.evidence.detail, FAILED);
	assert_false(factsample_has(KA_REASON_SIG_MISSING));
}

/* a client that signs without asking first makes one run */
static void served_once__failed__is_invalid_and_not_missing(void **state)
{
	(void)state;
	served(1);
	assert_int_equal(factsample_primary(), KA_REASON_SIG_MISSING);
	says(FAILED);
	assert_int_equal(factsample_primary(), KA_REASON_SIG_INVALID);
	assert_false(factsample_has(KA_REASON_SIG_MISSING));
}

static void served_twice__sshd_says_why__adds_nothing(void **state)
{
	static const struct {
		const char *message;
		enum ka_reason reason;
	} table[] = {
		{ "public key " KEY " signature for alice from 192.0.2.7 port 5 rejected: user presence (authenticator touch) requirement not met ",
		  KA_REASON_SIG_NO_TOUCH },
		{ "public key " KEY " signature for alice from 192.0.2.7 port 5 rejected: user verification requirement not met ",
		  KA_REASON_SIG_NO_VERIFY },
		{ "Access denied for user alice by PAM account configuration [preauth]", KA_REASON_PAM_ACCOUNT_DENIED },
		{ "Partial publickey for alice from 192.0.2.7 port 5 ssh2: " KEY, KA_REASON_SSHD_MORE_METHODS_NEEDED },
		{ "ROOT LOGIN REFUSED FROM 192.0.2.7 port 5", KA_REASON_SSHD_ROOT_LOGIN_NO },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		factsample_plain(NULL);
		served(2);
		says(FAILED);
		says(table[i].message);
		assert_int_equal(factsample_primary(), table[i].reason);
		assert_false(factsample_has(KA_REASON_SIG_INVALID));
	}
}

static void served_twice__account_phase_was_reached__adds_nothing(void **state)
{
	(void)state;
	served(2);
	says(FAILED);
	factsample.subject.reached = KA_STEP_LOGIN;
	factsample_primary();
	assert_false(factsample_has(KA_REASON_SIG_INVALID));
}

/* LogLevel INFO: no word for failures, and the refusals behind a good signature would have had theirs */
static void served_twice__quiet_log__is_invalid(void **state)
{
	(void)state;
	served(2);
	says(CLOSED);
	assert_int_equal(factsample_primary(), KA_REASON_SIG_INVALID);
	assert_string_equal(factsample.evidence.note, "a signature came, and nothing that follows a good one");
	served(1);
	assert_int_equal(factsample_primary(), KA_REASON_SIG_MISSING);
	served(2);
	says("Failed publickey for alice from 192.0.2.7 port 5 ssh2: ED25519 SHA256:other");
	assert_int_equal(factsample_primary(), KA_REASON_NONE); /* it does tell of failures, and of none with this key */
}

/* no log at all: the account phase would have left its record, if it is watched */
static void served_twice__no_log__needs_a_watched_account_phase(void **state)
{
	(void)state;
	served(2);
	factsample_pam("account required pam_unix.so\naccount optional pam_keyaudit.so\n");
	factsample.facts.sshd.use_pam = true;
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
	factsample_pam("session optional pam_unix.so\naccount optional pam_keyaudit.so\naccount required pam_unix.so\n");
	assert_int_equal(factsample_primary(), KA_REASON_SIG_INVALID);
	factsample.facts.sshd.use_pam = false;
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
}

static void served_twice__second_method__is_no_bad_signature(void **state)
{
	(void)state;
	served(2);
	factsample_sshd("kbdinteractiveauthentication yes\nauthenticationmethods publickey,keyboard-interactive");
	says(CLOSED);
	assert_int_equal(factsample_primary(), KA_REASON_SSHD_MORE_METHODS_NEEDED);
	assert_false(factsample_has(KA_REASON_SIG_INVALID));
}

static void of_a_file__postponed_and_nothing_more__is_missing(void **state)
{
	(void)state;
	of_a_file();
	says(LISTED);
	says(POSTPONED);
	says(CLOSED);
	assert_int_equal(factsample_primary(), KA_REASON_SIG_MISSING);
	assert_string_equal(factsample.evidence.path, "/home/alice/.ssh/authorized_keys");
	assert_int_equal(factsample.evidence.line, 12);
	assert_string_equal(factsample.evidence.note, "sshd asked for the signature, and none came");
}

static void of_a_file__postponed_and_failed__is_invalid(void **state)
{
	(void)state;
	of_a_file();
	says(LISTED);
	says(POSTPONED);
	says(LISTED);
	says(FAILED);
	assert_int_equal(factsample_primary(), KA_REASON_SIG_INVALID);
	assert_int_equal(factsample.evidence.line, 12);
	assert_string_equal(factsample.evidence.detail, FAILED);
}

static void of_a_file__accepted__is_nothing(void **state)
{
	(void)state;
	of_a_file();
	says(POSTPONED);
	says("Accepted publickey for alice from 192.0.2.7 port 5 ssh2: " KEY);
	assert_int_equal(factsample_primary(), KA_REASON_CLIENT_KEY_NOT_OFFERED);
	assert_false(factsample_has(KA_REASON_SIG_MISSING));
}

/* there the log names the authority's key, and the client's own with the failure */
static void of_a_certificate__failed__is_invalid(void **state)
{
	(void)state;
	of_a_file();
	says("Postponed publickey for alice from 192.0.2.7 port 5 ssh2: ED25519-CERT SHA256:one ID alice (serial 7) CA ED25519 SHA256:ca [preauth]");
	says("Accepted certificate ID \"alice\" (serial 7) signed by ED25519 CA SHA256:ca via /etc/ssh/ca");
	assert_int_equal(factsample_primary(), KA_REASON_SIG_MISSING);
	says("Failed publickey for alice from 192.0.2.7 port 5 ssh2: ED25519-CERT SHA256:one ID alice (serial 7) CA ED25519 SHA256:ca");
	assert_int_equal(factsample_primary(), KA_REASON_SIG_INVALID);
}

/* a refused key's failure is no bad signature, and a password is no key */
static void failed__never_listed__is_nothing(void **state)
{
	(void)state;
	of_a_file();
	says(FAILED);
	says("Postponed keyboard-interactive for alice from 192.0.2.7 port 5 ssh2 [preauth]");
	assert_int_equal(factsample_primary(), KA_REASON_CLIENT_KEY_NOT_OFFERED);
}

/* what the command printed is void when it failed: there never was a listed key */
static void served__sshd_did_not_believe_the_command__adds_nothing(void **state)
{
	(void)state;
	served(1);
	says("AuthorizedKeysCommand /usr/libexec/keyaudit/authkeys-cmd -u %u failed, status 1");
	says(FAILED);
	factsample_primary();
	assert_false(factsample_has(KA_REASON_SIG_INVALID));
}

/* of a password sshd tells at any level: its silence about the key still says nothing against it */
static void served_twice__password_failed_behind__is_invalid(void **state)
{
	(void)state;
	served(2);
	says("Failed password for alice from 192.0.2.7 port 5 ssh2");
	says(CLOSED);
	assert_int_equal(factsample_primary(), KA_REASON_SIG_INVALID);
	says("Failed publickey for alice from 192.0.2.7 port 5 ssh2: ED25519 SHA256:two"); /* of keys it tells too */
	assert_int_equal(factsample_primary(), KA_REASON_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(served_twice__failed__is_invalid, factsample_plain),
		cmocka_unit_test_setup(served_once__failed__is_invalid_and_not_missing, factsample_plain),
		cmocka_unit_test_setup(served_twice__sshd_says_why__adds_nothing, factsample_plain),
		cmocka_unit_test_setup(served_twice__account_phase_was_reached__adds_nothing, factsample_plain),
		cmocka_unit_test_setup(served_twice__quiet_log__is_invalid, factsample_plain),
		cmocka_unit_test_setup(served_twice__no_log__needs_a_watched_account_phase, factsample_plain),
		cmocka_unit_test_setup(served_twice__second_method__is_no_bad_signature, factsample_plain),
		cmocka_unit_test_setup(of_a_file__postponed_and_nothing_more__is_missing, factsample_plain),
		cmocka_unit_test_setup(of_a_file__postponed_and_failed__is_invalid, factsample_plain),
		cmocka_unit_test_setup(of_a_file__accepted__is_nothing, factsample_plain),
		cmocka_unit_test_setup(of_a_certificate__failed__is_invalid, factsample_plain),
		cmocka_unit_test_setup(failed__never_listed__is_nothing, factsample_plain),
		cmocka_unit_test_setup(served__sshd_did_not_believe_the_command__adds_nothing, factsample_plain),
		cmocka_unit_test_setup(served_twice__password_failed_behind__is_invalid, factsample_plain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
