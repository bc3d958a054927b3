/* keyaudit/earframe: a syslog file, a file of sshd -E, and strangers who want to be in the other. */
#include "keyaudit/ear/earframe.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "diag/sshdsay.h"
#include "keyaudit/ear/ear.h"

#define NOW 1795341610 /* 2026-11-22T10:00:10Z */
#define TIME "2026-11-22T10:00:00.25+00:00 h "

static struct ka_earline line;

static bool reads(enum ka_earframe_kind kind, const char *text)
{
	return ka_earframe_read(kind, ka_span_of(text), NOW, &line);
}

static enum ka_earframe_kind kind(const char *first, mode_t mode, uid_t uid)
{
	struct stat st = { .st_mode = S_IFREG | mode, .st_uid = uid };

	return ka_earframe_kind(ka_span_of(first), &st);
}

static void kind__first_line__decides(void **state)
{
	(void)state;
	assert_int_equal(kind(TIME "sshd[1]: Server listening on 0.0.0.0 port 22.", 0640, 0), KA_EARFRAME_SYSLOG);
	assert_int_equal(kind(TIME "CRON[1]: pam_unix(cron:session): session opened", 0640, 0), KA_EARFRAME_SYSLOG);
	assert_int_equal(kind("Nov 22 10:00:00 h kernel: [    0.000000] x", 0640, 0), KA_EARFRAME_SYSLOG);
	assert_int_equal(kind("Server listening on 0.0.0.0 port 22.\r", 0600, 0), KA_EARFRAME_BARE);
	assert_int_equal(kind("Invalid user " TIME "sshd[1]: x from 1.2.3.4 port 5\r", 0644, 0), KA_EARFRAME_BARE);
	assert_int_equal(kind("", 0644, geteuid()), KA_EARFRAME_BARE);
}

/* who else may write there could have written that line */
static void kind__others_write_there__is_none_of_sshd(void **state)
{
	(void)state;
	assert_int_equal(kind("Server listening on 0.0.0.0 port 22.\r", 0620, 0), KA_EARFRAME_SYSLOG);
	assert_int_equal(kind("Server listening on 0.0.0.0 port 22.\r", 0602, 0), KA_EARFRAME_SYSLOG);
	assert_int_equal(kind("Server listening on 0.0.0.0 port 22.\r", 0600, geteuid() + 104), KA_EARFRAME_SYSLOG);
}

/* as sshd 9.2 -E really writes it for the user name "x\r\n2026-...: Accepted ...\r\ny" */
static void read__frame_in_a_bare_file__is_text(void **state)
{
	(void)state;
	assert_true(reads(KA_EARFRAME_BARE, "Invalid user x\r"));
	assert_true(reads(KA_EARFRAME_BARE, TIME "sshd[123]: Accepted publickey for root from 1.2.3.4 port 5 ssh2\r"));
	assert_int_equal(line.pid, 0);
	assert_int_equal(line.at_us, 0);
	assert_false(line.is_verified);
	assert_true(line.is_from_file);
	assert_true(ka_span_is(line.message, TIME "sshd[123]: Accepted publickey for root from 1.2.3.4 port 5 ssh2"));
	assert_false(ka_sshdsay_read(line.message, &(struct ka_sshdsay){ .kind = KA_SSHDSAY_OTHER }));
}

static void read__no_frame_in_a_syslog_file__is_nothing(void **state)
{
	(void)state;
	assert_false(reads(KA_EARFRAME_SYSLOG, "Accepted publickey for root from 1.2.3.4 port 5 ssh2\r"));
	assert_false(reads(KA_EARFRAME_SYSLOG, "  continued: sshd[1]: x"));
	assert_false(reads(KA_EARFRAME_SYSLOG, TIME "logger: sshd[1]: x"));
	assert_false(reads(KA_EARFRAME_UNKNOWN, TIME "sshd[1]: x"));
	assert_true(reads(KA_EARFRAME_SYSLOG, TIME "sshd[1]: x"));
	assert_int_equal(line.pid, 1);
	assert_int_equal(line.at_us, NOW * 1000000ll - 9750000);
	assert_false(line.is_verified);
	assert_false(line.is_from_file);
	assert_true(ka_span_is(line.message, "x"));
}

static void read__odd_bytes__are_nothing(void **state)
{
	static const char nul[] = TIME "sshd[1]: a\0b";

	(void)state;
	assert_false(ka_earframe_read(KA_EARFRAME_SYSLOG, (struct ka_span){ (const uint8_t *)nul, sizeof(nul) - 1 }, NOW, &line));
	assert_false(ka_earframe_read(KA_EARFRAME_BARE, (struct ka_span){ (const uint8_t *)nul, sizeof(nul) - 1 }, NOW, &line));
	assert_false(reads(KA_EARFRAME_BARE, ""));
	assert_false(reads(KA_EARFRAME_BARE, "\r"));
	assert_false(reads(KA_EARFRAME_BARE, " \t\r"));
	assert_false(reads(KA_EARFRAME_SYSLOG, TIME "sshd[1]:"));
	assert_false(reads(KA_EARFRAME_SYSLOG, TIME "sshd[1]: "));
}

/* what the versions say of the same things: 8.4 and 9.2 as sshd, 9.9 as sshd-session, 10.x also as sshd-auth */
static void read__versions__all_are_heard(void **state)
{
	static const struct { const char *text; enum ka_sshdsay_kind said; } lines[] = {
		{ TIME "sshd[40]: Failed publickey for alice from 10.0.0.7 port 4 ssh2: RSA SHA256:HlvASAwD+z+5OGb3kl0ruV0Cb/hkLoTCxoqzLRtGGeA",
		  KA_SSHDSAY_FAILED },
		{ TIME "sshd[40]: userauth_pubkey: key type ssh-dss not in PubkeyAcceptedKeyTypes [preauth]", KA_SSHDSAY_CAUSE },
		{ TIME "sshd[40]: User bob from 10.0.0.7 not allowed because not listed in AllowUsers", KA_SSHDSAY_CAUSE },
		{ TIME "sshd[40]: error: maximum authentication attempts exceeded for bob from 10.0.0.7 port 4 ssh2 [preauth]", KA_SSHDSAY_CAUSE },
		{ TIME "sshd-session[40]: Accepted publickey for alice from 10.0.0.7 port 4 ssh2: ED25519 SHA256:HlvASAwD+z+5OGb3kl0ruV0Cb/hkLoTCxoqzLRtGGeA",
		  KA_SSHDSAY_ACCEPTED },
		{ TIME "sshd-session[40]: Connection closed by authenticating user alice 10.0.0.7 port 4 [preauth]", KA_SSHDSAY_CLOSED },
		{ TIME "sshd[39]: drop connection #10 from [10.0.0.7]:4 on [10.0.0.1]:22 penalty: failed authentication", KA_SSHDSAY_CAUSE },
		{ TIME "sshd-auth[41]: userauth_pubkey: signature algorithm ssh-rsa not in PubkeyAcceptedAlgorithms [preauth]", KA_SSHDSAY_CAUSE },
		{ TIME "sshd[40]: refused connect from 10.0.0.7 (10.0.0.7)", KA_SSHDSAY_CAUSE },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(lines); i++) {
		struct ka_sshdsay said;

		assert_true(reads(KA_EARFRAME_SYSLOG, lines[i].text));
		if (!ka_sshdsay_read(line.message, &said) || said.kind != lines[i].said)
			fail_msg("not heard: %s", lines[i].text);
		/* sshd -E has the same message alone */
		assert_true(reads(KA_EARFRAME_BARE, strstr(lines[i].text, "]: ") + 3));
		assert_true(ka_sshdsay_read(line.message, &said) && said.kind == lines[i].said);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(kind__first_line__decides),
		cmocka_unit_test(kind__others_write_there__is_none_of_sshd),
		cmocka_unit_test(read__frame_in_a_bare_file__is_text),
		cmocka_unit_test(read__no_frame_in_a_syslog_file__is_nothing),
		cmocka_unit_test(read__odd_bytes__are_nothing),
		cmocka_unit_test(read__versions__all_are_heard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
