/* diag/sshdsay: what sshd of 8.4, 9.2, 9.9 and 10.x writes, and what strangers can write into it. */
#include "diag/sshdsay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/limits.h"

#define ED "ED25519 SHA256:AbNytWB8tR36D63ljWLAUpxa7bjLmXMlPWYoDgilXRA"
#define FP "SHA256:AbNytWB8tR36D63ljWLAUpxa7bjLmXMlPWYoDgilXRA"

static const struct {
	enum ka_sshdsay_kind kind;
	enum ka_reason reason;
	const char *message;
} rows[] = {
#define S(kind, reason, message) { KA_SSHDSAY_##kind, KA_REASON_##reason, message },
#include "diag/sshdsay.def"
#undef S
};

static struct ka_sshdsay said;

static const char *read_it(const char *message)
{
	return ka_sshdsay_read(ka_span_of(message), &said) ? (said.reason != KA_REASON_NONE ? ka_reason_id(said.reason) : "") : "?";
}

static void has(struct ka_span s, const char *text)
{
	assert_int_equal(s.len, strlen(text));
	assert_memory_equal(s.p, text, s.len);
}

/* as long as sshd lets a line be */
static char cut[KA_SSHDSAY_LINE_MAX - sizeof("AuthorizedKeysCommand ") + 2];

static const char *sample_of(char letter)
{
	switch (letter) {
	case 'u': return "alice from the east";
	case 'w': return "alice";
	case 'a': return "2001:db8::7";
	case 'n': return "65535";
	case 'd': return "18446744073709551615";
	case 't': return "ED25519";
	case 'f': return FP;
	case 'g': return "ssh-ed25519";
	case 'm': return "keyboard-interactive/pam";
	case 'h': return "host.example";
	case 'k': return "/home/alice/.ssh/authorized_keys:3";
	case 'p': case 'P': return "/srv/a b/c";
	case 'x': return "some text: of any kind";
	case 'X': return cut;
	default: fail_msg("a field %%%c that nobody knows", letter); return "";
	}
}

/* the rows themselves: what the reader needs of them, and that none stands in another's shadow */
static void rows__each__is_well_formed_and_is_found(void **state)
{
	(void)state;
	memset(cut, 'x', sizeof(cut) - 1);
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		char text[1024] = "";
		unsigned open = 0;

		for (const char *m = rows[i].message; *m != '\0'; m++) {
			char one[2] = { *m, '\0' };

			if (*m != '%') {
				strcat(text, one);
				continue;
			}
			m++;
			strcat(text, sample_of(*m));
			open += strchr("uxPX", *m) != NULL;
			assert_int_not_equal(m[1], '%'); /* a field must have something to end at */
		}
		if (open > 1)
			fail_msg("%s: two open fields", rows[i].message);
		assert_true(ka_sshdsay_read(ka_span_of(text), &said));
		if (said.kind != rows[i].kind || said.reason != rows[i].reason)
			fail_msg("%s is read as %d, %s", rows[i].message, (int)said.kind, said.reason != KA_REASON_NONE ? ka_reason_id(said.reason) : "-");
		if (strstr(rows[i].message, "%a") != NULL)
			has(said.address, "2001:db8::7");
		if (strstr(rows[i].message, "%f") != NULL)
			has(said.fp, FP);
		if (strstr(rows[i].message, "%u") != NULL)
			has(said.user, "alice from the east");
	}
}

static void read__lines_of_sshd__tell_their_reason(void **state)
{
	static const struct {
		const char *line, *reason;
	} samples[] = {
		{ "Invalid user nosuch from 127.0.0.1 port 40000", "account.unknown" },
		{ "User alice not allowed because account is locked", "account.locked" },
		{ "User alice not allowed because /etc/nologin exists", "account.nologin" },
		{ "User alice not allowed because shell /bin/zzsh does not exist", "account.shell-missing" },
		{ "User alice not allowed because shell /opt/sh is not executable", "account.shell-not-executable" },
		{ "User alice from 127.0.0.1 not allowed because listed in DenyUsers", "sshd.user-denied" },
		{ "User alice from localhost not allowed because not listed in AllowUsers", "sshd.user-not-allowed" },
		{ "User alice from ::1 not allowed because none of user's groups are listed in AllowGroups", "sshd.group-not-allowed" },
		{ "error: maximum authentication attempts exceeded for alice from 127.0.0.1 port 1 ssh2 [preauth]", "conn.max-tries" },
		{ "Disconnecting authenticating user alice 127.0.0.1 port 1: Too many authentication failures [preauth]", "conn.max-tries" },
		{ "drop connection #10 from [127.0.0.1]:40000 on [127.0.0.1]:22 past MaxStartups", "conn.max-startups" },
		{ "drop connection #1 from [127.0.0.1]:40000 on [127.0.0.1]:22 Maxstartups", "conn.max-startups" },
		{ "drop connection #0 from [::1]:40000 on [::1]:22 penalty: failed authentication", "conn.source-penalty" },
		{ "Timeout before authentication for connection from 127.0.0.1 to 127.0.0.1, pid = 100", "conn.grace-timeout" },
		{ "administratively prohibited connection for invalid user bob from 127.0.0.1 port 3", "conn.refused-by-config" },
		{ "userauth_pubkey: signature algorithm ssh-ed25519 not in PubkeyAcceptedAlgorithms [preauth]", "sshd.algorithm-not-accepted" },
		{ "userauth_pubkey: signature algorithm ssh-rsa not in PubkeyAcceptedAlgorithms [preauth]", "sshd.rsa-sha1" },
		{ "userauth_pubkey: key type ssh-rsa not in PubkeyAcceptedKeyTypes [preauth]", "sshd.algorithm-not-accepted" }, /* 8.4 */
		{ "refusing RSA key: Invalid key length [preauth]", "sshd.rsa-too-short" },
		{ "refusing previously-used ED25519 key [preauth]", "sshd.key-reused" },
		{ "error: Authentication key " ED " revoked by file /etc/ssh/revoked", "sshd.key-revoked" },
		{ "error: Error checking authentication key " ED " in revoked keys file /nonexistent: No such file or directory",
		  "sshd.revoked-file-unreadable" },
		{ "Could not open user 'alice' authorized keys '/home/alice/.ssh/authorized_keys': Permission denied", "file.unreadable" },
		{ "User 'alice' authorized keys '/home/alice/.ssh/authorized_keys' is not a regular file", "file.not-regular" },
		{ "User alice authorized keys /home/alice/.ssh/authorized_keys is not a regular file", "file.not-regular" }, /* 8.4 */
		{ "Authentication refused: bad ownership or modes for directory /home/alice/.ssh", "" },
		{ "error: Refused by key options", "" },
		{ "error: Refused by key options at /home/alice/.ssh/authorized_keys:3", "" }, /* 10.1 */
		{ "/home/alice/.ssh/authorized_keys:2: Authentication tried for alice with correct key but not from a permitted host "
		  "(host=localhost, ip=127.0.0.1, required=10.0.0.0/8,192.0.2.1).", "option.from-mismatch" },
		{ "error: Certificate invalid: expired", "cert.expired" },
		{ "error: Refusing certificate ID \"x\" serial=0 signed by ED25519 CA " FP " via /etc/ssh/ca:1: Certificate invalid: expired",
		  "cert.expired" }, /* 10.1 */
		{ "error: Refusing certificate ID \"x\" serial=0 signed by ED25519 CA " FP ": Certificate lacks principal list", "cert.no-principals" },
		{ "error: Could not stat AuthorizedKeysCommand \"/x\": No such file or directory", "cmd.missing" },
		{ "error: Unsafe AuthorizedKeysCommand \"/x/y\": bad ownership or modes for directory /x", "cmd.unsafe-path" },
		{ "AuthorizedKeysCommand /usr/libexec/keyaudit/authkeys-cmd -u %u failed, status 127", "cmd.not-executable" },
		{ "AuthorizedKeysCommand /x failed, status 1", "cmd.failed" },
		{ "error: AuthorizedKeysCommand /x exited on signal 11", "cmd.killed" },
		{ "error: AuthorizedKeysCommandUser \"nosuch\" not found: Success", "cmd.user-missing" },
		{ "fatal: vdollar_percent_expand: unknown key %C", "cmd.bad-token" },
		{ "error: public key ED25519-SK " FP " signature for alice from 127.0.0.1 port 1 rejected: user presence (authenticator touch) "
		  "requirement not met ", "sig.no-touch" },
		{ "ROOT LOGIN REFUSED FROM 127.0.0.1 port 1 [preauth]", "sshd.root-login-no" },
		{ "fatal: Access denied for user alice by PAM account configuration [preauth]", "pam.account-denied" },
		{ "error: PAM: pam_open_session(): Cannot make/remove an entry for the specified session", "pam.session-failed" },
		{ "fatal: bad ownership or modes for chroot directory component \"/srv\"", "sshd.chroot-unsafe" },
		{ "refused connect from localhost (127.0.0.1)", "conn.tcp-wrappers" },
		{ "Accepted publickey for alice from 127.0.0.1 port 1 ssh2: " ED, "" },
		{ "Connection closed by authenticating user alice 127.0.0.1 port 1 [preauth]", "" },
		{ "Server listening on 0.0.0.0 port 22.", "?" },
		{ "", "?" },
		{ " [preauth]", "?" },
		{ "error: ", "?" },
		{ "Invalid user  from 127.0.0.1 port 1", "?" },
		{ "Invalid user x from 127.0.0.256 port 1", "?" },
		{ "Invalid user x from 127.0.0.1 port 65536", "?" },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(samples); i++)
		if (strcmp(read_it(samples[i].line), samples[i].reason) != 0)
			fail_msg("%s: %s, not %s", samples[i].line, read_it(samples[i].line), samples[i].reason);
}

static void read__a_refusal__its_parts(void **state)
{
	(void)state;
	assert_string_equal(read_it("Failed publickey for invalid user bob from fe80::1%eth0 port 22 ssh2: " ED), "");
	assert_int_equal(said.kind, KA_SSHDSAY_FAILED);
	assert_true(said.is_invalid_user);
	has(said.user, "bob");
	has(said.address, "fe80::1%eth0");
	has(said.port, "22");
	has(said.method, "publickey");
	has(said.type, "ED25519");
	has(said.fp, FP);
	assert_string_equal(read_it("error: Error checking authentication key " ED " in revoked keys file /r: Permission denied"),
			    "sshd.revoked-file-unreadable");
	assert_false(said.is_invalid_user);
	has(said.path, "/r");
	has(said.text, "Permission denied");
	assert_string_equal(read_it("Accepted key " ED " found at /home/a/.ssh/authorized_keys:7"), "");
	assert_int_equal(said.kind, KA_SSHDSAY_LISTED);
	has(said.place, "/home/a/.ssh/authorized_keys:7");
	assert_string_equal(read_it("userauth_pubkey: signature algorithm ssh-dss not in PubkeyAcceptedAlgorithms"), "sshd.algorithm-not-accepted");
	has(said.algorithm, "ssh-dss");
}

/* names and IDs come from the network; the true address is the one sshd wrote last */
static void read__a_forged_name__the_frame_holds(void **state)
{
	(void)state;
	assert_string_equal(read_it("Invalid user root from 192.0.2.1 port 5 from 127.0.0.1 port 6"), "account.unknown");
	has(said.user, "root from 192.0.2.1 port 5");
	has(said.address, "127.0.0.1");
	has(said.port, "6");
	assert_string_equal(read_it("Invalid user alice not allowed because account is locked from 127.0.0.1 port 6"), "account.unknown");
	assert_string_equal(read_it("Failed publickey for invalid user x from 192.0.2.1 port 5 ssh2: RSA SHA256:no from 127.0.0.1 port 6 ssh2: " ED), "");
	has(said.address, "127.0.0.1");
	has(said.fp, FP);
	has(said.user, "x from 192.0.2.1 port 5 ssh2: RSA SHA256:no");
	/* a certificate that a stranger signed for himself */
	assert_string_equal(read_it("Failed publickey for bob from 127.0.0.1 port 6 ssh2: ED25519-CERT " FP
				    " ID me from 192.0.2.1 port 5 ssh2: RSA SHA256:no (serial 0) CA ED25519 SHA256:ca"), "");
	has(said.user, "bob");
	has(said.address, "127.0.0.1");
	has(said.fp, FP);
	assert_false(said.is_invalid_user);
	/* both: nothing in such a line can be told apart, so nothing is read */
	assert_string_equal(read_it("Failed publickey for invalid user a b from 127.0.0.1 port 6 ssh2: ED25519-CERT " FP " ID me (serial 0) CA ED25519 SHA256:ca"),
			    "?");
	assert_string_equal(read_it("error: Refusing certificate ID \"Certificate invalid: expired\" serial=0 signed by ED25519 CA " FP
				    ": Certificate lacks principal list"), "cert.no-principals");
	assert_string_equal(read_it("error: Refusing certificate ID \"x\" serial=0 signed by ED25519 CA " FP ": something new"), "?");
	assert_string_equal(read_it("User x from 192.0.2.1 not allowed because listed in DenyUsers from 127.0.0.1 not allowed because not listed in AllowUsers"),
			    "sshd.user-not-allowed");
}

/* however the message is built, and whatever it tells besides */
static void read__an_invalid_user__is_called_that(void **state)
{
	static const char *const lines[] = {
		"Invalid user bob from ::1 port 6",
		"Connection closed by invalid user bob ::1 port 6 [preauth]",
		"Disconnecting invalid user bob ::1 port 6: Too many authentication failures [preauth]",
		"maximum authentication attempts exceeded for invalid user bob from ::1 port 6 ssh2 [preauth]",
		"Failed publickey for invalid user bob from ::1 port 6 ssh2: " ED,
		"Failed publickey for invalid user bob from ::1 port 6 ssh2: ED25519-CERT " FP " ID x (serial 0) CA ED25519 SHA256:ca",
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(lines); i++) {
		read_it(lines[i]);
		has(said.user, "bob");
		has(said.address, "::1");
		if (!said.is_invalid_user)
			fail_msg("%s", lines[i]);
	}
	read_it("Connection closed by authenticating user bob ::1 port 6 [preauth]");
	assert_false(said.is_invalid_user);
}

static void read__any_bytes__are_nothing(void **state)
{
	static const char nul[] = "Invalid user \0 from 127.0.0.1 port 6";
	static uint8_t big[1 << 16];

	(void)state;
	assert_true(ka_sshdsay_read((struct ka_span){ (const uint8_t *)nul, sizeof(nul) - 1 }, &said)); /* the caller escapes what it shows */
	assert_int_equal(said.user.len, 1);
	memset(big, '"', sizeof(big));
	assert_false(ka_sshdsay_read((struct ka_span){ big, sizeof(big) }, &said));
	memcpy(big, "Refusing certificate ID \"", 25);
	assert_false(ka_sshdsay_read((struct ka_span){ big, sizeof(big) }, &said));
	assert_int_equal(said.kind, KA_SSHDSAY_OTHER);
	assert_false(ka_sshdsay_read((struct ka_span){ NULL, 0 }, &said));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows__each__is_well_formed_and_is_found),
		cmocka_unit_test(read__lines_of_sshd__tell_their_reason),
		cmocka_unit_test(read__a_refusal__its_parts),
		cmocka_unit_test(read__a_forged_name__the_frame_holds),
		cmocka_unit_test(read__an_invalid_user__is_called_that),
		cmocka_unit_test(read__any_bytes__are_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
