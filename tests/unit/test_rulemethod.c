/* diag/rulemethod on invented facts: the method, then the kind of the key. */
#include "diag/rulemethod.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/factsample.h"

#include "base/poison.h"

static struct ka_said said;

/* alice's key stands in a file, so that nothing else keeps it out */
static int begin(void **state)
{
	int rc = factsample_plain(state);

	factsample_hit(factsample_there(0), 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	factsample.offers[0].said = KA_OFFER_UNKNOWN;
	put(factsample.facts.version, "OpenSSH_9.2p1 Debian-2+deb12u10");
	return rc;
}

static enum ka_reason with(const char *lines)
{
	factsample_sshd(lines);
	return factsample_primary();
}

/* --key SHA256:..., and no line has it */
static void algorithm__only_the_fingerprint_is_known__nothing_is_said(void **state)
{
	(void)state;
	put(factsample.facts.offers[0].type, "");
	assert_int_equal(with("pubkeyauthentication yes\npubkeyacceptedalgorithms ecdsa-sha2-nistp256\nrequiredrsasize 4096\n"), KA_REASON_NONE);
	put(factsample.facts.offers[0].type, "ssh-ed25519");
	assert_int_equal(with("pubkeyauthentication yes\npubkeyacceptedalgorithms ecdsa-sha2-nistp256\n"), KA_REASON_SSHD_ALGORITHM_NOT_ACCEPTED);
}

static void says(const char *message)
{
	assert_true(ka_said_make(ka_span_of(message), true, 1, &said));
	factsample.subject.said = &said;
	factsample.subject.said_count = 1;
}

static void offer_type(const char *type)
{
	put(factsample.facts.offers[0].type, type);
	put(factsample.offers[0].type, type);
}

static void pubkey__switched_off__decides(void **state)
{
	(void)state;
	assert_int_equal(with("pubkeyauthentication no"), KA_REASON_SSHD_PUBKEY_DISABLED);
	assert_string_equal(factsample.evidence.detail, "PubkeyAuthentication no");
	assert_false(factsample.would_login);
	assert_int_equal(with("pubkeyauthentication yes"), KA_REASON_NONE);
	assert_true(factsample.would_login);
}

/* the log is mute, and no key is offered: the configuration is the only witness */
static void pubkey__switched_off_and_nothing_offered__is_named(void **state)
{
	(void)state;
	factsample.subject.offers_count = factsample.facts.offers_count = 0;
	assert_int_equal(with("pubkeyauthentication no"), KA_REASON_SSHD_PUBKEY_DISABLED);
	assert_int_equal(with("pubkeyauthentication yes"), KA_REASON_CLIENT_KEY_NOT_OFFERED);
	factsample.facts.sshd.is_known = false;
	factsample.facts.sshd.pubkey = false;
	assert_int_equal(factsample_primary(), KA_REASON_CLIENT_KEY_NOT_OFFERED);
}

static void methods__without_publickey__exclude_the_key(void **state)
{
	(void)state;
	assert_int_equal(with("passwordauthentication yes\nauthenticationmethods password"), KA_REASON_SSHD_METHODS_EXCLUDE_KEY);
	assert_string_equal(factsample.evidence.detail, "AuthenticationMethods password");
	assert_int_equal(with("passwordauthentication yes\nauthenticationmethods password publickey"), KA_REASON_NONE);
	assert_int_equal(with("authenticationmethods any"), KA_REASON_NONE);
}

static void methods__one_is_off__are_impossible(void **state)
{
	(void)state;
	assert_int_equal(with("passwordauthentication no\nauthenticationmethods publickey,password"), KA_REASON_SSHD_METHODS_IMPOSSIBLE);
	assert_string_equal(factsample.evidence.detail, "AuthenticationMethods publickey,password");
	assert_string_equal(factsample.evidence.note, "password is switched off");
	assert_int_equal(with("passwordauthentication no\nauthenticationmethods publickey,password publickey"), KA_REASON_NONE);
	assert_int_equal(with("passwordauthentication no\nauthenticationmethods publickey,password password"),
			 KA_REASON_SSHD_METHODS_IMPOSSIBLE);
	assert_int_equal(with("pubkeyauthentication no\nauthenticationmethods publickey"), KA_REASON_SSHD_METHODS_IMPOSSIBLE);
	assert_true(factsample_has(KA_REASON_SSHD_PUBKEY_DISABLED));
}

static void algorithm__table__as_sshd_takes_them(void **state)
{
	static const struct {
		const char *type, *accepted;
		bool is_cert;
		enum ka_reason reason;
	} table[] = {
		{ "ssh-ed25519", "ssh-ed25519,rsa-sha2-512", false, KA_REASON_NONE },
		{ "ssh-ed25519", "rsa-sha2-512", false, KA_REASON_SSHD_ALGORITHM_NOT_ACCEPTED },
		{ "ssh-ed25519", "ssh-ed25519-cert-v01@openssh.com", false, KA_REASON_SSHD_ALGORITHM_NOT_ACCEPTED },
		{ "ssh-ed25519", "ssh-ed25519-cert-v01@openssh.com", true, KA_REASON_NONE },
		{ "ssh-ed25519", "ssh-*", false, KA_REASON_NONE },
		{ "ssh-rsa", "rsa-sha2-256", false, KA_REASON_NONE },
		{ "ssh-rsa", "ssh-rsa", false, KA_REASON_NONE },
		{ "ssh-rsa", "ssh-ed25519", false, KA_REASON_SSHD_ALGORITHM_NOT_ACCEPTED },
		{ "ssh-rsa", "rsa-sha2-512", true, KA_REASON_SSHD_ALGORITHM_NOT_ACCEPTED },
		{ "ssh-rsa", "rsa-sha2-512-cert-v01@openssh.com", true, KA_REASON_NONE },
		{ "sk-ecdsa-sha2-nistp256@openssh.com", "webauthn-sk-ecdsa-sha2-nistp256@openssh.com", false, KA_REASON_NONE },
		{ "ssh-dss", "ssh-ed25519", false, KA_REASON_SSHD_ALGORITHM_NOT_ACCEPTED },
		{ "ssh-post-quantum", "ssh-ed25519", false, KA_REASON_SSHD_ALGORITHM_UNKNOWN },
		{ "ssh-post-quantum", "ssh-ed25519,ssh-post-quantum", false, KA_REASON_NONE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		char line[256] = "pubkeyacceptedalgorithms ";
		enum ka_reason got;

		assert_true(ka_span_copy(ka_span_of(table[i].accepted), line + 25, sizeof(line) - 25));
		offer_type(table[i].type);
		factsample.facts.offers[0].is_cert = table[i].is_cert;
		got = with(line);
		if (table[i].is_cert && table[i].reason == KA_REASON_NONE) { /* no authority is known here */
			assert_false(factsample_has(KA_REASON_SSHD_ALGORITHM_NOT_ACCEPTED));
			continue;
		}
		if (got != table[i].reason)
			fail_msg("%s in %s: %s", table[i].type, table[i].accepted, ka_reason_id(got));
		assert_int_equal(factsample.would_login, table[i].reason == KA_REASON_NONE);
	}
}

static void algorithm__evidence__list_and_what_the_key_needs(void **state)
{
	(void)state;
	offer_type("ssh-rsa");
	assert_int_equal(with("pubkeyacceptedalgorithms ssh-ed25519"), KA_REASON_SSHD_ALGORITHM_NOT_ACCEPTED);
	assert_string_equal(factsample.evidence.detail, "PubkeyAcceptedAlgorithms ssh-ed25519");
	assert_string_equal(factsample.evidence.note, "the key signs with rsa-sha2-512, rsa-sha2-256, ssh-rsa");
	assert_int_equal(with("pubkeyacceptedkeytypes ssh-ed25519"), KA_REASON_SSHD_ALGORITHM_NOT_ACCEPTED); /* 8.4 */
}

static void algorithm__gone_from_this_release__is_unknown(void **state)
{
	(void)state;
	offer_type("ssh-dss");
	put(factsample.facts.version, "OpenSSH_10.0p2 Debian-7");
	assert_int_equal(with("pubkeyacceptedalgorithms ssh-ed25519"), KA_REASON_SSHD_ALGORITHM_UNKNOWN);
	offer_type("sk-ssh-ed25519@openssh.com");
	assert_int_equal(with("pubkeyacceptedalgorithms ssh-ed25519"), KA_REASON_SSHD_ALGORITHM_NOT_ACCEPTED);
	put(factsample.facts.version, "OpenSSH_7.9p1 Debian-10+deb10u2");
	assert_int_equal(with("pubkeyacceptedalgorithms ssh-ed25519"), KA_REASON_SSHD_ALGORITHM_UNKNOWN);
}

/* another key of the same person is let in: the first one was passed over */
static void algorithm__of_one_key_only__others_are_let_in(void **state)
{
	(void)state;
	factsample.subject.offers_count = factsample.facts.offers_count = 2;
	offer_type("ssh-rsa");
	put(factsample.facts.offers[1].type, "ssh-ed25519");
	factsample_hit(&factsample.facts.files.files[0], 1, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	assert_int_equal(with("pubkeyacceptedalgorithms ssh-ed25519"), KA_REASON_NONE);
	assert_true(factsample.would_login);
	assert_int_equal(ka_primary_of(&factsample.out, 0)->reason, KA_REASON_SSHD_ALGORITHM_NOT_ACCEPTED);
	assert_null(ka_primary_of(&factsample.out, 1));
}

/* tests/world/keys/alice-rsa.rsa1024.pub */
static void offer_rsa1024(void)
{
	offer_type("ssh-rsa");
	put(factsample.offers[0].key, "AAAAB3NzaC1yc2EAAAADAQABAAAAgQDPl/72ax265uNsi4yw8/JB5kMcAaoWfbE33ZFFJTy35EvKP1I+WRnZQpxAuXfbC0lZXCgo"
				      "1FLR1ONZQ0Uhb1PTm4/3xWKIdsJvo1IlfgQxFDOMMCuu607vDsQC6HZorZ+PgyXhQ5TlEvK0NlOmu6pko3damOqhLwPlglWioPQpFQ==");
}

static void rsa__below_the_limit__is_too_short(void **state)
{
	(void)state;
	offer_rsa1024();
	assert_int_equal(ka_keyscan_bits(&factsample.offers[0]), 1024);
	assert_int_equal(with("requiredrsasize 2048"), KA_REASON_SSHD_RSA_TOO_SHORT);
	assert_string_equal(factsample.evidence.detail, "RequiredRSASize 2048");
	assert_string_equal(factsample.evidence.note, "the key has 1024 bits");
	assert_int_equal(with("requiredrsasize 1024"), KA_REASON_NONE);
	factsample.offers[0].key[0] = '\0';
	assert_int_equal(with("requiredrsasize 2048"), KA_REASON_NONE); /* nobody knows its length */
}

/* sshd names no key: what it demands is the evidence, and another key's record does not speak against it */
static void log__names_no_key__the_demand_is_the_evidence(void **state)
{
	(void)state;
	factsample.facts.files.files[0].scan.hits_count = 0;
	factsample.offers[0].said = KA_OFFER_NONE;
	says("userauth_pubkey: signature algorithm ssh-dss not in PubkeyAcceptedAlgorithms [preauth]");
	assert_int_equal(with("pubkeyacceptedalgorithms ssh-ed25519"), KA_REASON_SSHD_ALGORITHM_NOT_ACCEPTED);
	assert_string_equal(factsample.evidence.detail, "PubkeyAcceptedAlgorithms ssh-ed25519");
	assert_string_equal(factsample.evidence.note, "sshd's log: the client offered ssh-dss");
	says("refusing RSA key: Invalid key length [preauth]");
	assert_int_equal(with("requiredrsasize 2048"), KA_REASON_SSHD_RSA_TOO_SHORT);
	assert_string_equal(factsample.evidence.detail, "RequiredRSASize 2048");
}

static void log__only_witness__is_named(void **state)
{
	static const struct {
		const char *message;
		enum ka_reason reason;
	} table[] = {
		{ "userauth_pubkey: signature algorithm ssh-rsa not in PubkeyAcceptedAlgorithms [preauth]", KA_REASON_SSHD_RSA_SHA1 },
		{ "userauth_pubkey: unsupported public key algorithm: ssh-dss [preauth]", KA_REASON_SSHD_ALGORITHM_UNKNOWN },
		{ "userauth_pubkey: parse key: invalid format [preauth]", KA_REASON_SSHD_KEY_MALFORMED },
		{ "refusing previously-used ED25519 key [preauth]", KA_REASON_SSHD_KEY_REUSED },
		{ "No AuthenticationMethods left after eliminating disabled methods", KA_REASON_SSHD_METHODS_IMPOSSIBLE },
	};

	(void)state;
	factsample.subject.offers_count = factsample.facts.offers_count = 0;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		says(table[i].message);
		assert_int_equal(with("pubkeyacceptedalgorithms ssh-ed25519"), table[i].reason);
		assert_string_equal(factsample.evidence.detail, table[i].message);
	}
	factsample.subject.said_count = 0;
	assert_int_equal(with("pubkeyacceptedalgorithms ssh-ed25519"), KA_REASON_CLIENT_KEY_NOT_OFFERED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(algorithm__only_the_fingerprint_is_known__nothing_is_said, begin),
		cmocka_unit_test_setup(pubkey__switched_off__decides, begin),
		cmocka_unit_test_setup(pubkey__switched_off_and_nothing_offered__is_named, begin),
		cmocka_unit_test_setup(methods__without_publickey__exclude_the_key, begin),
		cmocka_unit_test_setup(methods__one_is_off__are_impossible, begin),
		cmocka_unit_test_setup(algorithm__table__as_sshd_takes_them, begin),
		cmocka_unit_test_setup(algorithm__evidence__list_and_what_the_key_needs, begin),
		cmocka_unit_test_setup(algorithm__gone_from_this_release__is_unknown, begin),
		cmocka_unit_test_setup(algorithm__of_one_key_only__others_are_let_in, begin),
		cmocka_unit_test_setup(rsa__below_the_limit__is_too_short, begin),
		cmocka_unit_test_setup(log__names_no_key__the_demand_is_the_evidence, begin),
		cmocka_unit_test_setup(log__only_witness__is_named, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
