/* diag/sshdconf: what sshd -T prints, in both spellings, and what must not be believed. */
#include "diag/sshdconf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static struct ka_sshdconf conf;

static bool parse(const char *text)
{
	return ka_sshdconf_parse(ka_span_of(text), &conf);
}

static void parse__lower_case__as_up_to_10_3(void **state)
{
	(void)state;
	assert_true(parse("port 22\npubkeyauthentication yes\nstrictmodes no\nusepam yes\nusedns yes\n"
			  "authorizedkeysfile .ssh/authorized_keys /etc/ssh/keys/%u\n"
			  "authorizedkeyscommand /usr/libexec/keyaudit/authkeys-cmd -u %u\nauthorizedkeyscommanduser _keyaudit\n"));
	assert_true(conf.is_known && conf.pubkey && conf.use_pam && conf.use_dns);
	assert_false(conf.strict_modes);
	assert_int_equal(conf.files_count, 2);
	assert_string_equal(conf.files[1], "/etc/ssh/keys/%u");
	assert_string_equal(conf.command, "/usr/libexec/keyaudit/authkeys-cmd -u %u");
	assert_string_equal(conf.command_user, "_keyaudit");
	assert_string_equal(conf.pam_service, "sshd"); /* 9.8 and later name another one */
	assert_true(parse("usepam yes\npamservicename ssh-in\n"));
	assert_string_equal(conf.pam_service, "ssh-in");
}

static void parse__camel_case__as_from_10_4(void **state)
{
	(void)state;
	assert_true(parse("PubkeyAuthentication no\nStrictModes yes\nAuthorizedKeysFile .ssh/authorized_keys\nAuthorizedKeysCommand none\n"));
	assert_false(conf.pubkey);
	assert_true(conf.strict_modes);
	assert_int_equal(conf.files_count, 1);
	assert_string_equal(conf.command, "");
}

static void parse__none__counts_per_word_in_any_case(void **state)
{
	(void)state;
	assert_true(parse("authorizedkeysfile none\n"));
	assert_int_equal(conf.files_count, 0);
	assert_true(parse("authorizedkeysfile NONE /opt/keys/x\n"));
	assert_int_equal(conf.files_count, 1);
	assert_string_equal(conf.files[0], "/opt/keys/x");
}

static void parse__nothing_of_ours__defaults(void **state)
{
	(void)state;
	assert_false(parse(""));
	assert_false(parse("no hostkeys available -- exiting.\n"));
	assert_false(conf.is_known);
	assert_true(conf.strict_modes && conf.pubkey);
	assert_int_equal(conf.files_count, 2);
	assert_string_equal(conf.files[0], ".ssh/authorized_keys");
}

static void parse__too_many_files_or_too_long__are_cut_and_said(void **state)
{
	char text[4096];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	memcpy(text, "authorizedkeysfile a ", 21);
	assert_true(parse(text));
	assert_int_equal(conf.files_count, 1);
	assert_true(conf.files_cut);
	assert_true(parse("authorizedkeysfile 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17\n"));
	assert_int_equal(conf.files_count, KA_DIAG_FILES_MAX);
	assert_true(conf.files_cut);
}

static void version__messages__are_read(void **state)
{
	char v[64];

	(void)state;
	assert_true(ka_sshdconf_version(ka_span_of("unknown option -- ?\nOpenSSH_9.2p1 Debian-2+deb12u10, OpenSSL 3.0.19 27 Jan 2026\n"
						   "usage: sshd [-46DdeiqTtV]\n"), v, sizeof(v)));
	assert_string_equal(v, "OpenSSH_9.2p1 Debian-2+deb12u10");
	assert_false(ka_sshdconf_version(ka_span_of("usage: sshd\n"), v, sizeof(v)));
	assert_string_equal(v, "");
	assert_false(ka_sshdconf_version(ka_span_of("OpenSSH_9\x1b[2J, x\n"), v, sizeof(v)));
}

static void is_debian__vendors__two_have_the_rule(void **state)
{
	(void)state;
	assert_true(ka_sshdconf_is_debian("OpenSSH_9.2p1 Debian-2+deb12u10"));
	assert_true(ka_sshdconf_is_debian("OpenSSH_9.6p1 Ubuntu-3ubuntu13"));
	assert_false(ka_sshdconf_is_debian("OpenSSH_8.7p1"));
	assert_false(ka_sshdconf_is_debian("OpenSSH_9.9p2 FreeBSD-2025"));
	assert_false(ka_sshdconf_is_debian(""));
}

static void release__numbers__compare(void **state)
{
	(void)state;
	assert_int_equal(ka_sshdconf_release("OpenSSH_9.2p1 Debian-2"), 902);
	assert_int_equal(ka_sshdconf_release("OpenSSH_10.4p1"), 1004);
	assert_int_equal(ka_sshdconf_release("OpenSSH_9"), 0);
	assert_int_equal(ka_sshdconf_release(""), 0);
}

static void expand__tokens__as_sshd(void **state)
{
	char out[KA_TEXT_PATH_MAX], tiny[8];

	(void)state;
	assert_true(ka_sshdconf_expand(".ssh/authorized_keys", "alice", "1001", "/home/alice", out, sizeof(out)));
	assert_string_equal(out, "/home/alice/.ssh/authorized_keys");
	assert_true(ka_sshdconf_expand("%h/.ssh/k", "alice", "1001", "/home/alice", out, sizeof(out)));
	assert_string_equal(out, "/home/alice/.ssh/k");
	assert_true(ka_sshdconf_expand("/etc/ssh/keys/%u-%U%%", "alice", "1001", "/home/alice", out, sizeof(out)));
	assert_string_equal(out, "/etc/ssh/keys/alice-1001%");
	assert_true(ka_sshdconf_expand("%u", "alice", "1001", "/home/alice", out, sizeof(out)));
	assert_string_equal(out, "/home/alice/alice");
	assert_false(ka_sshdconf_expand("/x/%k", "alice", "1001", "/home/alice", out, sizeof(out)));
	assert_false(ka_sshdconf_expand("/x/%", "alice", "1001", "/home/alice", out, sizeof(out)));
	assert_false(ka_sshdconf_expand("/x/longer", "alice", "1001", "/home/alice", tiny, sizeof(tiny)));
	assert_false(ka_sshdconf_expand("x", "alice", "1001", "nohome", out, sizeof(out)));
}

static void next__list_keywords__each_line_in_order_in_any_case(void **state)
{
	static const char text[] = "port 22\nallowusers alice\nAllowUsers bob@10.*\nusepam yes\nrevokedkeys none";
	struct ka_span value;
	size_t at = 0;

	(void)state;
	assert_true(ka_sshdconf_parse(ka_span_of(text), &conf));
	assert_true(ka_sshdconf_next(&conf, "allowusers", &at, &value));
	assert_true(ka_span_is(value, "alice"));
	assert_true(ka_sshdconf_next(&conf, "AllowUsers", &at, &value));
	assert_true(ka_span_is(value, "bob@10.*"));
	assert_false(ka_sshdconf_next(&conf, "allowusers", &at, &value));
	assert_int_equal(value.len, 0);
	assert_true(ka_span_is(ka_sshdconf_value(&conf, "RevokedKeys"), "none"));
	assert_true(ka_sshdconf_is(&conf, "usepam", "YES"));
	assert_false(ka_sshdconf_is(&conf, "usepa", "yes"));
	assert_int_equal(ka_sshdconf_value(&conf, "denyusers").len, 0);
	ka_sshdconf_default(&conf);
	assert_int_equal(ka_sshdconf_value(&conf, "port").len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse__lower_case__as_up_to_10_3),
		cmocka_unit_test(parse__camel_case__as_from_10_4),
		cmocka_unit_test(parse__none__counts_per_word_in_any_case),
		cmocka_unit_test(parse__nothing_of_ours__defaults),
		cmocka_unit_test(parse__too_many_files_or_too_long__are_cut_and_said),
		cmocka_unit_test(version__messages__are_read),
		cmocka_unit_test(is_debian__vendors__two_have_the_rule),
		cmocka_unit_test(release__numbers__compare),
		cmocka_unit_test(expand__tokens__as_sshd),
		cmocka_unit_test(next__list_keywords__each_line_in_order_in_any_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
