/* diag/rulelogin on invented facts: it decides about keys that come that far, and is the next to mend for all others. */
#include "diag/rulelogin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/factsample.h"

#include "base/poison.h"

static struct ka_said said;

/* the key stands in a file and would let root in */
static int begin(void **state)
{
	int rc = factsample_plain(state);

	put(factsample.subject.user, "root");
	factsample.facts.uid = factsample.facts.gid = 0;
	factsample_hit(factsample_there(0), 0, KA_REASON_NONE, KA_KEYSCAN_LISTED);
	factsample.offers[0].said = KA_OFFER_UNKNOWN;
	return rc;
}

static enum ka_reason with(const char *lines)
{
	factsample_sshd(lines);
	return factsample_primary();
}

static void says(const char *message)
{
	assert_true(ka_said_make(ka_span_of(message), true, 1, &said));
	factsample.subject.said = &said;
	factsample.subject.said_count = 1;
}

/* the command answered yes twice, and nothing is known of what came then */
static void served_twice(void)
{
	factsample.facts.files.files[0].scan.hits_count = 0;
	factsample.offers[0].said = KA_OFFER_SERVED;
	factsample.offers[0].runs = 2;
}

static void root__not_at_all__decides(void **state)
{
	(void)state;
	assert_int_equal(with("permitrootlogin no"), KA_REASON_SSHD_ROOT_LOGIN_NO);
	assert_string_equal(factsample.evidence.detail, "PermitRootLogin no");
	assert_false(factsample.would_login);
	assert_int_equal(with("permitrootlogin without-password"), KA_REASON_NONE);
	assert_true(factsample.would_login);
	assert_int_equal(with("permitrootlogin yes"), KA_REASON_NONE);
	factsample.facts.uid = 1001;
	assert_int_equal(with("permitrootlogin no"), KA_REASON_NONE);
}

/* the key is not listed: that comes first, and both are said */
static void root__key_not_listed__is_the_next_to_mend(void **state)
{
	(void)state;
	factsample.facts.files.files[0].scan.hits_count = 0;
	assert_int_equal(with("permitrootlogin no"), KA_REASON_KEY_NOT_LISTED);
	assert_true(factsample_has(KA_REASON_SSHD_ROOT_LOGIN_NO));
}

static void root__no_key_asked_for__is_what_keeps_everybody_out(void **state)
{
	(void)state;
	factsample.subject.offers_count = factsample.facts.offers_count = 0;
	factsample.subject.is_general = true;
	assert_int_equal(with("permitrootlogin no"), KA_REASON_SSHD_ROOT_LOGIN_NO);
}

static void root__served_twice__decides(void **state)
{
	(void)state;
	served_twice();
	assert_int_equal(with("permitrootlogin no"), KA_REASON_SSHD_ROOT_LOGIN_NO);
	factsample.offers[0].runs = 1;
	assert_int_equal(with("permitrootlogin no"), KA_REASON_SIG_MISSING);
	factsample.offers[0].runs = 2;
	factsample.subject.reached = KA_STEP_SESSION;
	assert_int_equal(with("permitrootlogin no"), KA_REASON_NONE);
}

static void command_only__line_without_command__decides(void **state)
{
	(void)state;
	assert_int_equal(with("permitrootlogin forced-commands-only"), KA_REASON_SSHD_ROOT_COMMAND_ONLY);
	assert_string_equal(factsample.evidence.path, FILE1);
	assert_int_equal(factsample.evidence.line, 3);
	assert_string_equal(factsample.evidence.detail, "PermitRootLogin forced-commands-only");
	assert_false(factsample.would_login);
	factsample.facts.files.files[0].scan.hits[0].has_command = 1;
	assert_int_equal(with("permitrootlogin forced-commands-only"), KA_REASON_NONE);
	assert_true(factsample.would_login);
}

static void command_only__certificate_or_forced_by_us__nobody_can_tell(void **state)
{
	struct ka_keysource_key *key = &factsample.facts.sources.key[0];

	(void)state;
	factsample.facts.offers[0].is_cert = true;
	with("permitrootlogin forced-commands-only");
	assert_false(factsample_has(KA_REASON_SSHD_ROOT_COMMAND_ONLY));
	factsample.facts.offers[0].is_cert = false;
	served_twice();
	assert_int_equal(with("permitrootlogin forced-commands-only"), KA_REASON_NONE); /* a store's line is not known */
	key->is_listed = true;
	put(key->path, "/etc/keyaudit/keys.d/root");
	key->hit.line = 7;
	assert_int_equal(with("permitrootlogin forced-commands-only"), KA_REASON_SSHD_ROOT_COMMAND_ONLY);
	assert_int_equal(factsample.evidence.line, 7);
	factsample.facts.command.conf.force_options = "command=\"/bin/true\"";
	assert_int_equal(with("permitrootlogin forced-commands-only"), KA_REASON_NONE);
}

/* sshd says both, the second one more exactly */
static void command_only__both_lines_of_the_log__are_one_cause(void **state)
{
	struct ka_said both[2];

	(void)state;
	served_twice();
	assert_true(ka_said_make(ka_span_of("ROOT LOGIN REFUSED FROM 192.0.2.7 port 5"), true, 1, &both[0]));
	assert_true(ka_said_make(ka_span_of("Root login accepted for forced command. [preauth]"), true, 1, &both[1]));
	factsample.subject.said = both;
	factsample.subject.said_count = 1;
	assert_int_equal(with("usepam yes"), KA_REASON_SSHD_ROOT_LOGIN_NO);
	factsample.subject.said_count = 2;
	assert_int_equal(with("usepam yes"), KA_REASON_SSHD_ROOT_COMMAND_ONLY);
	assert_false(factsample_has(KA_REASON_SSHD_ROOT_LOGIN_NO));
}

#define TWO "kbdinteractiveauthentication yes\nauthenticationmethods publickey,keyboard-interactive"

static void more__before_a_login__is_a_hint(void **state)
{
	(void)state;
	assert_int_equal(with(TWO), KA_REASON_NONE);
	assert_true(factsample_has(KA_REASON_SSHD_MORE_METHODS_NEEDED));
	assert_true(factsample.would_login);
	assert_int_equal(with("authenticationmethods publickey"), KA_REASON_NONE);
	assert_false(factsample_has(KA_REASON_SSHD_MORE_METHODS_NEEDED));
}

static void more__served_twice_and_no_account_phase__decides(void **state)
{
	(void)state;
	served_twice();
	assert_int_equal(with(TWO), KA_REASON_SSHD_MORE_METHODS_NEEDED);
	assert_string_equal(factsample.evidence.detail, "AuthenticationMethods publickey,keyboard-interactive");
	assert_string_equal(factsample.evidence.note, "behind the key sshd asks for the rest of publickey,keyboard-interactive");
	factsample.subject.reached = KA_STEP_LOGIN;
	assert_int_not_equal(with(TWO), KA_REASON_SSHD_MORE_METHODS_NEEDED);
	factsample.subject.reached = 0;
	factsample.offers[0].runs = 1;
	assert_int_equal(with(TWO), KA_REASON_SIG_MISSING);
}

static void more__log_has_it__is_one_item(void **state)
{
	size_t n = 0;

	(void)state;
	says("Partial publickey for root from 192.0.2.7 port 5 ssh2: ED25519 SHA256:x");
	assert_int_equal(with(TWO), KA_REASON_SSHD_MORE_METHODS_NEEDED);
	assert_string_equal(factsample.evidence.detail, "AuthenticationMethods publickey,keyboard-interactive");
	for (size_t i = 0; i < factsample.out.count; i++)
		n += factsample.out.items[i].reason == KA_REASON_SSHD_MORE_METHODS_NEEDED;
	assert_int_equal(n, 1);
}

static void jail(const char *wrong, mode_t mode, int errnum)
{
	struct ka_chroot *c = &factsample.facts.chroot;

	c->is_set = true;
	put(c->path, "/srv/jail/root");
	put(c->wrong, wrong);
	c->mode = mode;
	c->errnum = errnum;
}

static void chroot__open_component__decides_with_a_command(void **state)
{
	(void)state;
	jail("/srv/jail/", 040775, 0);
	assert_int_equal(with("usepam yes"), KA_REASON_SSHD_CHROOT_UNSAFE);
	assert_string_equal(factsample.evidence.path, "/srv/jail");
	assert_true(factsample.evidence.has_stat);
	assert_int_equal(factsample.fix.commands, 2);
	assert_string_equal(factsample.fix.command[0], "chown root:root /srv/jail");
	assert_string_equal(factsample.fix.command[1], "chmod go-w /srv/jail");
	assert_false(factsample.would_login);
	jail("", 0, 0);
	assert_int_equal(with("usepam yes"), KA_REASON_NONE);
	assert_true(factsample.would_login);
}

static void chroot__not_there_or_no_directory__is_advice(void **state)
{
	(void)state;
	jail("/srv/jail/", 0, 2);
	assert_int_equal(with("usepam yes"), KA_REASON_SSHD_CHROOT_UNSAFE);
	assert_int_equal(factsample.fix.commands, 0);
	assert_false(factsample.evidence.has_stat);
	jail("/srv/jail", 0100644, 0);
	assert_int_equal(with("usepam yes"), KA_REASON_SSHD_CHROOT_UNSAFE);
	assert_int_equal(factsample.fix.commands, 0);
}

/* the key is refused before: the jail is the next to mend */
static void chroot__key_does_not_come_as_far__is_no_cause(void **state)
{
	(void)state;
	factsample.facts.files.files[0].scan.hits_count = 0;
	jail("/srv/jail/", 040775, 0);
	assert_int_equal(with("usepam yes"), KA_REASON_KEY_NOT_LISTED);
	assert_true(factsample_has(KA_REASON_SSHD_CHROOT_UNSAFE));
}

/* nobody was asked about the key of a file */
static void command_only__said_of_no_known_key__has_the_setting(void **state)
{
	(void)state;
	factsample.subject.offers_count = factsample.facts.offers_count = 0;
	says("Root login accepted for forced command. [preauth]");
	assert_int_equal(with("permitrootlogin forced-commands-only"), KA_REASON_SSHD_ROOT_COMMAND_ONLY);
	assert_string_equal(factsample.evidence.detail, "PermitRootLogin forced-commands-only");
	assert_int_equal(with("permitrootlogin prohibit-password"), KA_REASON_SSHD_ROOT_COMMAND_ONLY); /* it was so then */
	assert_string_equal(factsample.evidence.detail, "Root login accepted for forced command. [preauth]");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(root__not_at_all__decides, begin),
		cmocka_unit_test_setup(root__key_not_listed__is_the_next_to_mend, begin),
		cmocka_unit_test_setup(root__no_key_asked_for__is_what_keeps_everybody_out, begin),
		cmocka_unit_test_setup(root__served_twice__decides, begin),
		cmocka_unit_test_setup(command_only__line_without_command__decides, begin),
		cmocka_unit_test_setup(command_only__certificate_or_forced_by_us__nobody_can_tell, begin),
		cmocka_unit_test_setup(command_only__said_of_no_known_key__has_the_setting, begin),
		cmocka_unit_test_setup(command_only__both_lines_of_the_log__are_one_cause, begin),
		cmocka_unit_test_setup(more__before_a_login__is_a_hint, begin),
		cmocka_unit_test_setup(more__served_twice_and_no_account_phase__decides, begin),
		cmocka_unit_test_setup(more__log_has_it__is_one_item, begin),
		cmocka_unit_test_setup(chroot__open_component__decides_with_a_command, begin),
		cmocka_unit_test_setup(chroot__not_there_or_no_directory__is_advice, begin),
		cmocka_unit_test_setup(chroot__key_does_not_come_as_far__is_no_cause, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
