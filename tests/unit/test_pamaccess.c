/* diag/pamaccess: rules of access.conf, and where nothing may be claimed. */
#include "diag/pamaccess.h"

#include <glob.h>
#include <grp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "diag/pamconf.h"

#include "base/poison.h"

static struct ka_pamaccess out;

/* alice is in staff */
static bool is_member(const void *ctx, struct ka_span name)
{
	(void)ctx;
	return ka_span_is(name, "staff") || ka_span_is(name, "alice");
}

static char judge_from(const char *address, const char *text)
{
	static const char letters[] = { '?', '+', '-' };
	const struct ka_pamaccess_query q = { .user = "alice", .address = address, .is_member = is_member };

	memset(&out, 0, sizeof(out));
	ka_pamaccess_judge(ka_span_of(text), &q, &out);
	return letters[out.answer];
}

static char judge(const char *text)
{
	return judge_from("192.0.2.7", text);
}

static void rules__the_first_that_matches__decides(void **state)
{
	(void)state;
	assert_int_equal(judge(""), '+');
	assert_int_equal(judge("# - : ALL : ALL\n\n- : bob : ALL\n- : ALL : LOCAL\n"), '+');
	assert_int_equal(out.line, 0);
	assert_int_equal(judge("# c\n- : alice : ALL\n+ : ALL : ALL\n"), '-');
	assert_int_equal(out.line, 2);
	assert_string_equal(out.rule, "- : alice : ALL");
	assert_int_equal(judge("+:alice:192.0.2.0/24\n-:ALL:ALL\n"), '+');
	assert_int_equal(judge("+:alice:10.0.0.0/8\n-:ALL:ALL\n"), '-');
	assert_int_equal(out.line, 2);
	assert_int_equal(judge("- : ALL EXCEPT root : ALL\n"), '-');
	assert_int_equal(judge("- : ALL EXCEPT root alice : ALL\n"), '+');
	assert_int_equal(judge("- : ALL EXCEPT root,(staff) : ALL\n"), '+');
	assert_int_equal(judge("- : ALL EXCEPT ALL EXCEPT alice : ALL\n"), '-');
	assert_int_equal(judge("- : (wheel) staff : 192.0.2.\n"), '-');
	assert_int_equal(judge("- : alice : 192.0.20.\n"), '+');
	assert_int_equal(judge("- : alice : 192.0.2.7\n"), '-');
	assert_int_equal(judge("- : alice : ALL EXCEPT 192.0.2.7\n"), '+');
	assert_int_equal(judge_from("2001:db8::7", "- : alice : 2001:db8::/32\n"), '-');
}

/* the user by name where no group is called so; and what is nearly a word of the language */
static void rules__words__each_by_itself(void **state)
{
	const struct ka_pamaccess_query dora = { .user = "dora", .address = "192.0.2.7", .is_member = is_member };
	static char longest[KA_PAMLINE_ARGUMENTS_MAX * 2];

	(void)state;
	ka_pamaccess_judge(ka_span_of("- : dora : ALL\n"), &dora, &out);
	assert_int_equal(out.answer, KA_PAMACCESS_DENIED);
	assert_int_equal(judge("- : xstaff) : ALL\n"), '+');
	assert_int_equal(judge("- : (staffx : ALL\n"), '+');
	assert_int_equal(judge("-::alice:ALL\n"), '-');
	assert_int_equal(judge(" : alice : ALL\n"), '+');
	assert_int_equal(judge("- : bob EXCEPT @admins : ALL\n"), '+');
	assert_int_equal(judge("- : alice : NONE\n"), '+');
	assert_int_equal(judge("- : alice : crond\n"), '+');
	assert_int_equal(judge("- : alice : bad.cafe\n"), '?'); /* a host, as far as one can see */
	assert_int_equal(judge("- : alice : 1g.2\n"), '?');
	assert_int_equal(judge("- : alice : 1-2.3\n"), '?');
	assert_int_equal(judge("- : alice : 12\n"), '?');
	memset(longest, ' ', sizeof(longest) - 2);
	memcpy(longest, "- : alice : ALL", 15);
	longest[sizeof(longest) - 2] = '\n';
	assert_int_equal(judge(longest), '-');
	assert_int_equal(strlen(out.rule), sizeof(out.rule) - 1);
}

static void rules__no_rule_at_all__is_passed_over(void **state)
{
	(void)state;
	assert_int_equal(judge("x : alice : ALL\n- : alice\n-\n- alice ALL\n: : :\n- : alice : \n"), '+');
}

/* each of them asked of pam_access 1.5.2 by pam_acct_mgmt(3) */
static void rules__written_oddly__are_what_pam_access_makes_of_them(void **state)
{
	static char text[KA_PAMACCESS_LINE_MAX + 64];
	const struct ka_pamaccess_query q = { .user = "alice", .address = "192.0.2.7", .is_member = is_member };
	static const char nul[] = "- : alice : ALL\0\n";

	(void)state;
	assert_int_equal(judge("- : ALICE : ALL\n"), '-');
	assert_int_equal(judge("- : (STAFF) : ALL\n"), '+');
	assert_int_equal(judge(" - : alice : ALL\n"), '+');
	assert_int_equal(judge("- : alice : ALL\r\n"), '-');
	assert_int_equal(judge("- : alice : 192.0.2.7\f\v\r\n"), '-');
	assert_int_equal(judge("-::alice:ALL\n"), '-');
	assert_int_equal(judge("-:alice::ALL\n"), '+');
	/* it passes these over, or turns them round, and says so in the log alone */
	assert_int_equal(judge("- : alice : ALL"), '?');
	assert_int_equal(judge("- : bob : ALL"), '+');
	assert_int_equal(judge("::+:alice:ALL\n"), '?');
	ka_pamaccess_judge((struct ka_span){ (const uint8_t *)nul, sizeof(nul) - 1 }, &q, &out);
	assert_int_equal(out.answer, KA_PAMACCESS_UNKNOWN);
	/* what is longer than it reads at once ends in a line of its own */
	memset(text, ' ', sizeof(text));
	memcpy(text, "#", 1);
	memcpy(text + KA_PAMACCESS_LINE_MAX, "- : alice : ALL\n", 17);
	assert_int_equal(judge(text), '?');
	text[KA_PAMACCESS_LINE_MAX - 1] = '\n';
	assert_int_equal(judge(text), '-');
	text[0] = '+';
	assert_int_equal(judge(text), '-');
}

static void rules__what_a_name_server_must_say__is_not_claimed(void **state)
{
	(void)state;
	assert_int_equal(judge("- : @admins : ALL\n"), '?');
	assert_int_equal(judge("- : alice@host : ALL\n"), '?');
	assert_int_equal(judge("- : alice : .example.org\n"), '?');
	assert_int_equal(judge("- : alice : bastion\n"), '?');
	assert_int_equal(judge("- : alice : 10.0.0.1/8\n"), '?');
	assert_int_equal(judge("- : bob : .example.org\n"), '+'); /* another user: where from does not matter */
	assert_int_equal(judge("- : alice : bastion ALL\n"), '-');
	assert_int_equal(judge("- : alice : ALL EXCEPT bastion\n"), '?');
	assert_int_equal(judge_from("", "- : alice : 192.0.2.7\n"), '?');
	assert_int_equal(judge_from("", "- : alice : ALL\n"), '-');
	assert_int_equal(judge_from("", "- : alice : tty1 cron :0 LOCAL\n"), '+');
	assert_int_equal(judge("- : alice EXCEPT a EXCEPT b EXCEPT c EXCEPT d EXCEPT e EXCEPT f EXCEPT g EXCEPT h : ALL\n"), '?');
}

static void groups__nodefgroup__only_in_parentheses(void **state)
{
	const struct ka_pamaccess_query q = { .user = "alice", .address = "192.0.2.7", .is_member = is_member, .new_groups_only = true };

	(void)state;
	ka_pamaccess_judge(ka_span_of("- : staff : ALL\n"), &q, &out);
	assert_int_equal(out.answer, KA_PAMACCESS_ALLOWED);
	ka_pamaccess_judge(ka_span_of("- : (staff) : ALL\n"), &q, &out);
	assert_int_equal(out.answer, KA_PAMACCESS_DENIED);
}

static bool has_more; /* files in access.d */

/* these stand before libc's: root is in daemon too */
int getgrouplist(const char *user, gid_t gid, gid_t *groups, int *n)
{
	const struct group *gr = getgrnam("daemon");

	(void)user;
	assert_true(*n >= 2 && gr != NULL);
	groups[0] = gid;
	groups[1] = gr->gr_gid;
	return *n = 2;
}

int glob(const char *pattern, int flags, int (*error)(const char *path, int errnum), glob_t *out_)
{
	(void)flags;
	(void)error;
	assert_string_equal(pattern, "/etc/security/access.d/*.conf");
	memset(out_, 0, sizeof(*out_));
	return has_more ? 0 : GLOB_NOMATCH;
}

void globfree(glob_t *out_)
{
	(void)out_;
}

static void ignore(void *ctx, struct ka_span name, enum ka_pamconf_phase phase)
{
	(void)ctx;
	(void)name;
	(void)phase;
}

static enum ka_pamaccess_answer ask(const char *format, const char *path)
{
	static struct ka_pamconf conf;
	char text[1024];

	memset(&conf, 0, sizeof(conf));
	assert_true(snprintf(text, sizeof(text), "%s %s\n", format, path) < (int)sizeof(text));
	ka_pamconf_parse(ka_span_of(text), "sshd", KA_PAMCONF_PHASES, ignore, NULL, &conf);
	memset(&out, 0xa5, sizeof(out));
	ka_pamaccess_ask(&conf.lines, "root", 0, "192.0.2.7", &out);
	return out.answer;
}

/* the real groups of root, whose own is called root */
static void ask__of_a_file__its_rules_count(void **state)
{
	char path[] = "/tmp/ka-pamaccess.XXXXXX", word[64];
	KA_AUTOCLOSE int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(ka_fd_write_all(fd, "- : (root) : ALL\n", 17), KA_ERR_OK);
	assert_true(snprintf(word, sizeof(word), "accessfile=%s", path) > 0);
	assert_int_equal(ask("account required pam_access.so nodefgroup", word), KA_PAMACCESS_DENIED);
	assert_string_equal(out.path, path);
	assert_int_equal(ask("session required pam_access.so", word), KA_PAMACCESS_UNKNOWN); /* another phase */
	assert_int_equal(ask("account required pam_access.so fieldsep=|", word), KA_PAMACCESS_UNKNOWN);
	assert_int_equal(ask("account required pam_access.so\naccount required pam_access.so", word), KA_PAMACCESS_UNKNOWN);
	assert_int_equal(ask("account required pam_access.so listsep=,", word), KA_PAMACCESS_UNKNOWN);
	assert_int_equal(ask("account required pam_unix.so", word), KA_PAMACCESS_UNKNOWN); /* nobody asks for it */
	assert_true(snprintf(word, sizeof(word), "accessfile=%s nodefgroup", path) > 0);
	assert_int_equal(ask("account required pam_access.so", word), KA_PAMACCESS_DENIED);
	assert_string_equal(out.path, path);
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(ka_fd_write_all(fd, "- : (no-such-group) (nogroup) : ALL\n", 36), KA_ERR_OK);
	assert_int_equal(ask("account required pam_access.so", word), KA_PAMACCESS_ALLOWED);
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	assert_int_equal(ka_fd_write_all(fd, "- : daemon : ALL\n", 17), KA_ERR_OK);
	assert_int_equal(ask("account required pam_access.so", word), KA_PAMACCESS_ALLOWED); /* no group without its parentheses */
	assert_true(snprintf(word, sizeof(word), "accessfile=%s", path) > 0);
	assert_int_equal(ask("account required pam_access.so", word), KA_PAMACCESS_DENIED);
	assert_int_equal(ftruncate(fd, 0), 0);
	has_more = true; /* which are asked behind the default file only */
	assert_int_equal(ask("account required pam_access.so", word), KA_PAMACCESS_ALLOWED);
	ask("account required pam_access.so", "");
	assert_true(out.line > 0 || out.answer == KA_PAMACCESS_UNKNOWN);
	has_more = false;
	unlink(path);
	assert_int_equal(ask("account required pam_access.so", word), KA_PAMACCESS_UNKNOWN);
	ask("account required pam_access.so", "");
	assert_string_equal(out.path, "/etc/security/access.conf");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules__the_first_that_matches__decides),
		cmocka_unit_test(rules__words__each_by_itself),
		cmocka_unit_test(rules__no_rule_at_all__is_passed_over),
		cmocka_unit_test(rules__written_oddly__are_what_pam_access_makes_of_them),
		cmocka_unit_test(rules__what_a_name_server_must_say__is_not_claimed),
		cmocka_unit_test(groups__nodefgroup__only_in_parentheses),
		cmocka_unit_test(ask__of_a_file__its_rules_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
