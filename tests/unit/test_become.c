/* base/become: what is given away cannot be had back. Each case in a child of its own. */
#include "base/become.h"

#include <grp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/poison.h"

enum { UID = 64111, GID = 64112, OTHER_GID = 64113 };

/* @work in a child; its answer is the exit status */
static int in_child(int (*work)(void))
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(work());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int look_around(void)
{
	const gid_t groups[] = { GID, OTHER_GID };
	gid_t now[8];
	uid_t r, e, s;
	gid_t rg, eg, sg;

	if (!ka_become_user(UID, GID, groups, 2))
		return 1;
	if (getresuid(&r, &e, &s) < 0 || r != UID || e != UID || s != UID)
		return 2;
	if (getresgid(&rg, &eg, &sg) < 0 || rg != GID || eg != GID || sg != GID)
		return 3;
	if (getgroups(8, now) != 2 || now[0] != GID || now[1] != OTHER_GID)
		return 4;
	if (setuid(0) == 0 || seteuid(0) == 0 || setgid(0) == 0 || setgroups(0, NULL) == 0)
		return 5;
	return 0;
}

static void become__root__is_the_user_and_nobody_else(void **state)
{
	(void)state;
	assert_int_equal(in_child(look_around), 0);
}

/* without groups the caller's own are gone, too */
static int no_groups(void)
{
	const gid_t mine[] = { OTHER_GID };

	return setgroups(1, mine) == 0 && ka_become_user(UID, GID, NULL, 0) && getgroups(0, NULL) == 0 ? 0 : 1;
}

static void become__no_groups__none_is_left(void **state)
{
	(void)state;
	assert_int_equal(in_child(no_groups), 0);
}

static int gains(void)
{
	struct rlimit core;

	if (!ka_become_user(UID, GID, NULL, 0))
		return 1;
	if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1)
		return 2;
	if (prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0)
		return 3;
	return getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur == 0 && core.rlim_max == 0 ? 0 : 4;
}

static void become__then__nothing_to_gain_and_no_core(void **state)
{
	(void)state;
	assert_int_equal(in_child(gains), 0);
}

/* who is not root keeps what it has, whoever is asked for */
static int not_root(void)
{
	return ka_become_user(UID, GID, NULL, 0) && ka_become_user(UID + 1, GID + 1, NULL, 0) && getuid() == UID && getgid() == GID ? 0 : 1;
}

static void become__not_root__keeps_its_rights(void **state)
{
	(void)state;
	assert_int_equal(in_child(not_root), 0);
}

static int bad_uid(void)
{
	return ka_become_user((uid_t)-1, GID, NULL, 0) || ka_become_user(UID, (gid_t)-1, NULL, 0) ? 1 : 0;
}

/* -1 means "leave it" to setresuid(2): it must not count as done */
static void become__minus_one__is_no_user(void **state)
{
	(void)state;
	assert_int_equal(in_child(bad_uid), 0);
}

static int limited(void)
{
	struct rlimit r;

	if (!ka_become_limit(RLIMIT_FSIZE, 4096) || getrlimit(RLIMIT_FSIZE, &r) < 0 || r.rlim_cur != 4096 || r.rlim_max != 4096)
		return 1;
	if (!ka_become_user(UID, GID, NULL, 0) || ka_become_limit(RLIMIT_FSIZE, 8192))
		return 2;
	return ka_become_limit(-1, 1) ? 3 : 0;
}

static void limit__soft_and_hard__only_down(void **state)
{
	(void)state;
	assert_int_equal(in_child(limited), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(become__root__is_the_user_and_nobody_else),
		cmocka_unit_test(become__no_groups__none_is_left),
		cmocka_unit_test(become__then__nothing_to_gain_and_no_core),
		cmocka_unit_test(become__not_root__keeps_its_rights),
		cmocka_unit_test(become__minus_one__is_no_user),
		cmocka_unit_test(limit__soft_and_hard__only_down),
	};

	if (geteuid() != 0) {
		print_message("become: skipped: not root\n");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
