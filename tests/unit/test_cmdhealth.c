/* diag/cmdhealth on programs that every machine has. Only root can look with another user's rights. */
#include "diag/cmdhealth.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/poison.h"

static struct ka_sshdconf conf;
static struct ka_cmdhealth seen;

static void look(const char *command, const char *user)
{
	char text[512];

	assert_true(snprintf(text, sizeof(text), "authorizedkeyscommand %s\nauthorizedkeyscommanduser %s\n", command, user) < (int)sizeof(text));
	assert_true(ka_sshdconf_parse(ka_span_of(text), &conf));
	assert_int_equal(ka_cmdhealth_look(&conf, &seen), KA_ERR_OK);
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
	look("/proc/1/fd/0", "nobody"); /* root's own folder */
	assert_int_equal(seen.errnum, EACCES);
	assert_string_equal(seen.blocked, "/proc/1/fd");
	assert_int_not_equal(seen.blocked_mode, 0);
}

static void user__does_not_exist__is_missing(void **state)
{
	(void)state;
	look("/bin/sh", "no-such-user-here");
	assert_int_equal(seen.is_user_missing, geteuid() == 0);
	assert_false(seen.is_looked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(command__none_or_nobody_to_run_it__is_not_looked_at),
		cmocka_unit_test(command__a_program__is_executable_and_its_way_known),
		cmocka_unit_test(command__not_there_for_that_user__says_why),
		cmocka_unit_test(user__does_not_exist__is_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
