/* keyaudit sign with the real ssh-keygen: what it makes is what ssh-keygen verifies, and nothing else is ever written. */
#include "keyaudit/cmd.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "store/signedcheck.h"
#include "tests/unit/lib/verbplace.h"
#include "vet/vetselftest.h"

#include "base/poison.h"

#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP4c0dsOHq5vBNwtKeroAvBjRTyCtcz7jgy5OCu3feNl alice@laptop\n"
#define SIGN(...) VERBPLACE(ka_cmd_sign, __VA_ARGS__)

static struct ka_signeddoc doc;

static int setup(void **state)
{
	(void)state;
	verbplace_clear();
	verbplace_signer("ops");
	verbplace_signer("ops-new");
	unsetenv("SSH_AUTH_SOCK");
	return 0;
}

/* the file, read as a host reads it */
static const struct ka_signeddoc *document(const char *path)
{
	size_t len;
	const char *bytes = verbplace_get(path, &len);

	assert_non_null(bytes);
	assert_int_equal(ka_signeddoc_parse((struct ka_span){ (const uint8_t *)bytes, len }, KA_SIGNEDDOC_KEYS, &doc), KA_REASON_NONE);
	return &doc;
}

/* is it accepted for alice at @now by signers whose file is the public keys of these? */
static enum ka_reason judged(const char *path, const char *signers, unsigned threshold, int64_t now)
{
	static struct ka_signers list;
	static struct ka_signedcheck_out out;
	static uint8_t storage[KA_SSHSIG_MAX];
	struct ka_signedcheck_in in = {
		.signers = &list, .threshold = threshold, .user = "alice", .host_id = "web01", .now = now,
		.ed25519 = ka_vetselftest_ed25519(), .storage = storage, .storage_size = sizeof(storage),
	};

	assert_true(ka_signers_parse(ka_span_of(signers), &list));
	ka_signedcheck(document(path), &in, &out);
	return out.reason;
}

static const char *signers(void)
{
	static char text[2048];
	const char *one;

	one = verbplace_get("ops.pub", NULL);
	assert_true(snprintf(text, sizeof(text), "ops %.*s\n", (int)strcspn(one, "\n"), one) > 0);
	one = verbplace_get("ops-new.pub", NULL);
	assert_true(snprintf(text + strlen(text), sizeof(text) - strlen(text), "new %.*s\n", (int)strcspn(one, "\n"), one) > 0);
	return text;
}

static void sign__key_file__becomes_a_document_that_ssh_keygen_verifies(void **state)
{
	(void)state;
	verbplace_put("alice", KEY "\r\n# a comment\n");
	assert_int_equal(SIGN("--key", "ops", "--user", "alice", "--hosts", "web*", "--serial", "42", "alice"), 0);
	assert_true(verbplace_verifies("alice", "ops"));
	assert_false(verbplace_verifies("alice", "ops-new"));
	assert_true(ka_span_is(document("alice")->head.user, "alice"));
	assert_true(ka_span_is(doc.head.hosts, "web*"));
	assert_int_equal(doc.head.serial, 42);
	assert_int_equal(doc.head.expires - doc.head.issued, KA_SIGN_EXPIRES_SEC);
	assert_int_equal(doc.lines, 1);
	assert_true(ka_span_starts(doc.body, KEY));
	assert_int_equal(judged("alice", signers(), 1, doc.head.issued + 1), KA_REASON_NONE);
	assert_non_null(strstr(verbplace_out, "alice's 1 key"));
}

static void sign__without_headers_or_user__is_refused_and_untouched(void **state)
{
	(void)state;
	verbplace_put("alice", KEY);
	assert_int_equal(SIGN("--key", "ops", "alice"), 1);
	assert_string_equal(verbplace_get("alice", NULL), KEY);
	assert_non_null(strstr(verbplace_err, "--user"));
}

static void sign__line_like_a_header__stays_a_comment(void **state)
{
	(void)state;
	verbplace_put("alice", "# hosts: evil\n" KEY);
	assert_int_equal(SIGN("--key", "ops", "--user", "alice", "alice"), 0);
	assert_true(ka_span_is(document("alice")->head.hosts, "*"));
	assert_int_equal(doc.lines, 1);
}

static void sign__second_signer__both_hold(void **state)
{
	(void)state;
	verbplace_put("alice", KEY);
	assert_int_equal(SIGN("--key", "ops", "--user", "alice", "alice"), 0);
	assert_int_equal(judged("alice", signers(), 2, document("alice")->head.issued), KA_REASON_STORE_THRESHOLD);
	assert_int_equal(SIGN("--key", "ops-new", "alice"), 0);
	assert_non_null(strstr(verbplace_out, "and 1 more"));
	assert_int_equal(document("alice")->blocks, 2);
	assert_int_equal(judged("alice", signers(), 2, doc.head.issued), KA_REASON_NONE);
}

static void sign__two_keys_at_once__both_hold(void **state)
{
	(void)state;
	verbplace_put("alice", KEY);
	assert_int_equal(SIGN("--key", "ops", "--key", "ops-new", "--user", "alice", "alice"), 0);
	assert_int_equal(judged("alice", signers(), 2, document("alice")->head.issued), KA_REASON_NONE);
}

static void sign__again__nothing_changes(void **state)
{
	char *before;
	struct stat a, b;

	(void)state;
	verbplace_put("alice", KEY);
	assert_int_equal(SIGN("--key", "ops", "--user", "alice", "alice"), 0);
	before = strdup(verbplace_get("alice", NULL));
	assert_non_null(before);
	assert_int_equal(stat("alice", &a), 0);
	assert_int_equal(SIGN("--key", "ops", "alice"), 0);
	assert_non_null(strstr(verbplace_out, "already"));
	assert_string_equal(verbplace_get("alice", NULL), before);
	assert_int_equal(stat("alice", &b), 0);
	assert_true(a.st_ino == b.st_ino);
	free(before);
}

static void sign__edited_text__old_signatures_go(void **state)
{
	(void)state;
	verbplace_put("alice", KEY);
	assert_int_equal(SIGN("--key", "ops", "--key", "ops-new", "--user", "alice", "alice"), 0);
	verbplace_shell("sed -i 's/laptop/desktop/' alice");
	assert_int_equal(SIGN("--key", "ops", "alice"), 0);
	assert_non_null(strstr(verbplace_err, "1 signature"));
	assert_int_equal(document("alice")->blocks, 1);
	assert_true(verbplace_verifies("alice", "ops"));
}

static void sign__headers_anew__serial_rises_and_keys_stay(void **state)
{
	uint64_t before;

	(void)state;
	verbplace_put("alice", KEY);
	assert_int_equal(SIGN("--key", "ops", "--user", "alice", "--hosts", "web*", "alice"), 0);
	before = document("alice")->head.serial;
	assert_int_equal(SIGN("--key", "ops", "--expires", "30d", "alice"), 0);
	assert_true(document("alice")->head.serial > before);
	assert_int_equal(doc.head.expires - doc.head.issued, 30 * 86400);
	assert_true(ka_span_is(doc.head.hosts, "web*"));
	assert_true(ka_span_is(doc.head.user, "alice"));
	assert_true(ka_span_is(doc.body, KEY));
	assert_int_equal(doc.blocks, 1);
	assert_int_equal(SIGN("--key", "ops", "--serial", "7", "alice"), 1);
	assert_non_null(strstr(verbplace_err, "higher already"));
}

static void sign__what_hosts_would_refuse__is_refused_here(void **state)
{
	static const struct {
		const char *text, *said;
	} cases[] = {
		{ "# keyaudit-keys-v1\n# user: alice\n# hosts: *\n# serial: 1\n# issued: 2020-01-01T00:00:00Z\n# expires: 2020-01-02T00:00:00Z\n" KEY, "expired" },
		{ "# keyaudit-keys-v1\n# user: alice\n# hosts: *\n# serial: 1\n# issued: 2999-01-01T00:00:00Z\n# expires: 2999-01-02T00:00:00Z\n" KEY, "future" },
		{ "# keyaudit-keys-v1\n# user: alice\n# hosts: *\n# serial: 01\n# issued: 2020-01-01T00:00:00Z\n# expires: 2999-01-02T00:00:00Z\n" KEY, "serial" },
		{ "# keyaudit-keys-v1\n# user: alice\n# serial: 1\n# issued: 2020-01-01T00:00:00Z\n# expires: 2999-01-02T00:00:00Z\n" KEY, "missing" },
		{ "# keyaudit-keys-v1\n# user: alice\n# hosts: *\n# serial: 1\n# issued: 2020-01-01T00:00:00Z\n# expires: 2999-01-02T00:00:00Z\n\r\n", "carriage" },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(cases); i++) {
		verbplace_put("alice", cases[i].text);
		assert_int_equal(SIGN("--key", "ops", "alice"), 1);
		if (strstr(verbplace_err, cases[i].said) == NULL)
			fail_msg("%zu: %s", i, verbplace_err);
		assert_string_equal(verbplace_get("alice", NULL), cases[i].text);
	}
}

static void sign__one_file_of_two_is_wrong__neither_is_signed(void **state)
{
	(void)state;
	verbplace_put("alice", KEY);
	assert_int_equal(SIGN("--key", "ops", "--user", "alice", "--output", "good", "alice"), 0);
	assert_string_equal(verbplace_get("alice", NULL), KEY);
	assert_int_equal(SIGN("--key", "ops-new", "good", "alice"), 1);
	assert_int_equal(document("good")->blocks, 1);
	assert_int_equal(SIGN("--key", "ops-new", "good", "absent"), 3);
	assert_int_equal(document("good")->blocks, 1);
}

static void sign__ssh_keygen_cannot__file_is_as_it_was(void **state)
{
	(void)state;
	verbplace_put("alice", KEY);
	verbplace_shell("rm ops");
	/* the public half alone, and no agent */
	assert_int_equal(SIGN("--key", "ops.pub", "--user", "alice", "alice"), 3);
	assert_string_equal(verbplace_get("alice", NULL), KEY);
	assert_int_equal(SIGN("--key", "ops-new", "--key", "ops.pub", "--user", "alice", "alice"), 3);
	assert_string_equal(verbplace_get("alice", NULL), KEY);
	verbplace_shell("! ls -d /tmp/keyaudit-sign-* 2>/dev/null");
}

static void sign__agent__signs_with_its_only_key(void **state)
{
	(void)state;
	verbplace_put("alice", KEY);
	verbplace_shell("ssh-agent -a agent >agent.env; SSH_AUTH_SOCK=$PWD/agent ssh-add -q ops; rm ops");
	assert_int_equal(SIGN("--signer-agent", "agent", "--user", "alice", "alice"), 0);
	assert_true(verbplace_verifies("alice", "ops"));
	assert_int_equal(SIGN("--signer-agent", "agent", "--key", "ops.pub", "--expires", "3d", "alice"), 0);
	assert_true(verbplace_verifies("alice", "ops"));
	verbplace_shell(". ./agent.env >/dev/null; kill $SSH_AGENT_PID");
	assert_int_equal(SIGN("--signer-agent", "/nonexistent", "--user", "alice", "alice"), 3);
}

static void sign__link__is_not_followed(void **state)
{
	(void)state;
	verbplace_put("real", KEY);
	verbplace_shell("ln -s real alice");
	assert_int_equal(SIGN("--key", "ops", "--user", "alice", "alice"), 3);
	assert_string_equal(verbplace_get("real", NULL), KEY);
}

static void sign__mode__stays(void **state)
{
	struct stat st;

	(void)state;
	verbplace_put("alice", KEY);
	verbplace_shell("chmod 0640 alice");
	assert_int_equal(SIGN("--key", "ops", "--user", "alice", "alice"), 0);
	assert_int_equal(stat("alice", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
}

static void sign__usage__status_2(void **state)
{
	(void)state;
	verbplace_put("alice", KEY);
	assert_int_equal(VERBPLACE(ka_cmd_sign, "--key", "ops"), 2);
	assert_int_equal(SIGN("--key", "ops", "--user", "../x", "alice"), 2);
	assert_int_equal(SIGN("--key", "ops", "--hosts", "a,b", "alice"), 2);
	assert_int_equal(SIGN("--key", "ops", "--serial", "0", "alice"), 2);
	assert_int_equal(SIGN("--key", "ops", "--expires", "yesterday", "alice"), 2);
	assert_int_equal(SIGN("--key", "ops", "--user", "alice", "alice", "bob"), 2);
	assert_int_equal(SIGN("--key", "ops", "--output", "x", "alice", "bob"), 2);
	assert_int_equal(SIGN("alice", "--key"), 2);
	assert_int_equal(SIGN("--nonsense", "alice"), 2);
	assert_int_equal(SIGN("--help"), 0);
	assert_string_equal(verbplace_get("alice", NULL), KEY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(sign__key_file__becomes_a_document_that_ssh_keygen_verifies, setup),
		cmocka_unit_test_setup(sign__without_headers_or_user__is_refused_and_untouched, setup),
		cmocka_unit_test_setup(sign__line_like_a_header__stays_a_comment, setup),
		cmocka_unit_test_setup(sign__second_signer__both_hold, setup),
		cmocka_unit_test_setup(sign__two_keys_at_once__both_hold, setup),
		cmocka_unit_test_setup(sign__again__nothing_changes, setup),
		cmocka_unit_test_setup(sign__edited_text__old_signatures_go, setup),
		cmocka_unit_test_setup(sign__headers_anew__serial_rises_and_keys_stay, setup),
		cmocka_unit_test_setup(sign__what_hosts_would_refuse__is_refused_here, setup),
		cmocka_unit_test_setup(sign__one_file_of_two_is_wrong__neither_is_signed, setup),
		cmocka_unit_test_setup(sign__ssh_keygen_cannot__file_is_as_it_was, setup),
		cmocka_unit_test_setup(sign__agent__signs_with_its_only_key, setup),
		cmocka_unit_test_setup(sign__link__is_not_followed, setup),
		cmocka_unit_test_setup(sign__mode__stays, setup),
		cmocka_unit_test_setup(sign__usage__status_2, setup),
	};

	return cmocka_run_group_tests(tests, verbplace_begin, verbplace_end);
}
