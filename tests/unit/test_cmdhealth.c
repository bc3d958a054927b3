/* diag/cmdhealth on programs that every machine has. Only root can look with another user's rights. */
#include "diag/cmdhealth.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/lib/tmptree.h"

#include "base/poison.h"

static struct ka_sshdconf conf;
static struct ka_cmdhealth seen;

static void look(const char *command, const char *user)
{
	char text[512];

	assert_true(snprintf(text, sizeof(text), "authorizedkeyscommand %s\nauthorizedkeyscommanduser %s\n", command, user) < (int)sizeof(text));
	assert_true(ka_sshdconf_parse(ka_span_of(text), &conf));
	assert_int_equal(ka_cmdhealth_look(&conf, &seen), KA_ERR_OK);
	assert_int_equal(geteuid(), getuid()); /* whatever rights were taken are given back */
}

static void command__none_or_nobody_to_run_it__is_not_looked_at(void **state)
{
	(void)state;
	look("none", "root");
	assert_string_equal(seen.path, "");
	assert_false(seen.is_looked);
	look("/bin/sh -c x", "none");
	assert_string_equal(seen.path, "/bin/sh");
	assert_false(seen.is_looked);
	look("/bin/sh -c x", "keys-%u"); /* another one for each user */
	assert_false(seen.is_looked);
	assert_false(seen.is_user_missing);
}

static void command__a_program__is_executable_and_its_way_known(void **state)
{
	(void)state;
	look("/bin/sh -c x", "root");
	assert_int_equal(seen.is_looked, geteuid() == 0);
	if (geteuid() != 0)
		return;
	assert_int_equal(seen.errnum, 0);
	assert_true(seen.is_executable);
	assert_true(seen.has_way);
	assert_int_equal(seen.way.facts[0].uid, 0);
	look("/etc/passwd", "nobody");
	assert_int_equal(seen.errnum, 0);
	assert_false(seen.is_executable);
}

static void command__not_there_for_that_user__says_why(void **state)
{
	(void)state;
	if (geteuid() != 0)
		return;
	look("/bin/no-such-program", "nobody");
	assert_int_equal(seen.errnum, ENOENT);
	assert_string_equal(seen.blocked, "");
	assert_false(seen.has_way);
	look("/proc/1/fd/0", "nobody"); /* root's own folder */
	assert_int_equal(seen.errnum, EACCES);
	assert_string_equal(seen.blocked, "/proc/1/fd");
	assert_int_not_equal(seen.blocked_mode, 0);
}

static void not_looked(const char *command, const char *user)
{
	look(command, user);
	assert_false(seen.is_looked || seen.is_user_missing || seen.has_way);
}

static void command__no_path_or_nothing_known__is_not_looked_at(void **state)
{
	(void)state;
	not_looked("bin/sh", "root");
	not_looked("/bin/sh", "none");
	look("/bin/sh", "root");
	conf.is_known = false;
	assert_int_equal(ka_cmdhealth_look(&conf, &seen), KA_ERR_OK);
	assert_false(seen.is_looked);
	assert_string_equal(seen.path, "");
}

/* a directory that the user may not search: the first one, by its own name, as it is */
static void command__behind_closed_directories__the_first_one(void **state)
{
	char path[128], want[128];

	(void)state;
	if (geteuid() != 0)
		return;
	assert_int_equal(chmod(tmptree, 0755), 0);
	assert_true(snprintf(path, sizeof(path), "%s/a", tmptree) > 0); /* its name begins as the other one's */
	assert_int_equal(mkdir(path, 0700), 0);
	assert_true(snprintf(want, sizeof(want), "%s/ab", tmptree) > 0);
	assert_int_equal(mkdir(want, 0700), 0);
	assert_true(snprintf(path, sizeof(path), "%s/ab/c", tmptree) > 0);
	assert_int_equal(mkdir(path, 0700), 0);
	tmptree_write("ab/c/prog", "#!/bin/true\n");
	assert_true(snprintf(path, sizeof(path), "%s/ab/c/prog", tmptree) > 0);
	assert_int_equal(chown(want, 12, 34), 0);
	look(path, "nobody");
	assert_int_equal(seen.errnum, EACCES);
	assert_false(seen.has_way);
	assert_string_equal(seen.blocked, want);
	assert_int_equal(seen.blocked_mode, S_IFDIR | 0700);
	assert_int_equal(seen.blocked_uid, 12);
	assert_int_equal(seen.blocked_gid, 34);
	assert_int_equal(chown(path, 56, 0), 0);
	look(path, "root");
	assert_true(seen.has_way);
	assert_string_equal(seen.blocked, "");
	assert_int_equal(seen.way.facts[0].uid, 56);
}

static void user__does_not_exist__is_missing(void **state)
{
	(void)state;
	look("/bin/sh", "no-such-user-here");
	assert_int_equal(seen.is_user_missing, geteuid() == 0);
	assert_false(seen.is_looked);
	assert_false(seen.has_way);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(command__none_or_nobody_to_run_it__is_not_looked_at),
		cmocka_unit_test(command__a_program__is_executable_and_its_way_known),
		cmocka_unit_test(command__not_there_for_that_user__says_why),
		cmocka_unit_test(command__no_path_or_nothing_known__is_not_looked_at),
		cmocka_unit_test_setup_teardown(command__behind_closed_directories__the_first_one, tmptree_make, tmptree_remove),
		cmocka_unit_test(user__does_not_exist__is_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
