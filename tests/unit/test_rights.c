/* base/rights: another user's rights for a while. Needs root; every change is made in a child. */
#include "base/rights.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/poison.h"

#define USER "nobody" /* a user that every system has */

/* what @work returns in a child of our own; 99 when the child died */
static int in_child(int (*work)(void))
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(work());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}

static void need_root(void)
{
	if (geteuid() == 0 && getpwnam(USER) != NULL)
		return;
	print_message("skipped: not root, or no user " USER "\n");
	skip();
}

static int opens_only_before_and_after(void)
{
	char path[] = "/tmp/ka-rights-XXXXXX";
	int fd = mkstemp(path), seen = 0;
	struct ka_rights r;

	if (fd < 0 || fchmod(fd, 0600) != 0 || ka_rights_take(USER, &r) != KA_ERR_OK || r.answer != KA_RIGHTS_TAKEN)
		return 1;
	if (open(path, O_RDONLY | O_CLOEXEC) >= 0 || errno != EACCES)
		seen = 2;
	if (geteuid() == 0 || getuid() != 0)
		seen = 3;
	ka_rights_give_back(&r);
	if (open(path, O_RDONLY | O_CLOEXEC) < 0 || geteuid() != 0)
		seen = 4;
	unlink(path);
	return seen;
}

/* our own extra group goes, the user's come, and ours is there again */
static int groups_come_and_go(void)
{
	gid_t own[] = { 4, 61120 }, now[64];
	const struct passwd *pw = getpwnam(USER);
	struct ka_rights r;

	if (pw == NULL || setgroups(2, own) != 0 || ka_rights_take(USER, &r) != KA_ERR_OK || r.answer != KA_RIGHTS_TAKEN)
		return 1;
	if (getgroups(64, now) != 1 || now[0] != pw->pw_gid || getegid() != pw->pw_gid)
		return 2;
	ka_rights_give_back(&r);
	if (getgroups(64, now) != 2 || now[0] != 4 || now[1] != 61120 || getegid() != 0)
		return 3;
	ka_rights_give_back(&r); /* twice is nothing */
	return geteuid() == 0 ? 0 : 4;
}

/* who is started through a set-user-ID bit: one user's uid, another's groups */
static int uid_of_one_and_groups_of_another(void)
{
	const struct passwd *pw = getpwnam("daemon");
	gid_t gid, now[64];
	struct ka_rights r;

	if (pw == NULL)
		return 0;
	gid = pw->pw_gid;
	pw = getpwnam(USER);
	if (pw == NULL || pw->pw_gid == gid || ka_rights_take_as(USER, "daemon", &r) != KA_ERR_OK || r.answer != KA_RIGHTS_TAKEN)
		return 1;
	if (geteuid() != pw->pw_uid || getegid() != gid || getgroups(64, now) != 1 || now[0] != gid)
		return 2;
	ka_rights_give_back(&r);
	if (geteuid() != 0 || ka_rights_take_as(USER, "no-such-user-here", &r) != KA_ERR_OK || r.answer != KA_RIGHTS_NO_USER)
		return 3;
	if (ka_rights_take_as("no-such-user-here", USER, &r) != KA_ERR_OK || r.answer != KA_RIGHTS_NO_USER || geteuid() != 0)
		return 4;
	return 0;
}

static int unknown_user(void)
{
	struct ka_rights r;

	if (ka_rights_take("no-such-user-here", &r) != KA_ERR_OK || r.answer != KA_RIGHTS_NO_USER || geteuid() != 0)
		return 1;
	ka_rights_give_back(&r);
	return 0;
}

static int ordinary_user(void)
{
	struct ka_rights r;

	if (setgroups(0, NULL) != 0 || setgid(65534) != 0 || setuid(65534) != 0)
		return 1;
	if (ka_rights_take(USER, &r) != KA_ERR_OK || r.answer != KA_RIGHTS_OWN || geteuid() != 65534)
		return 2;
	ka_rights_give_back(&r);
	return geteuid() == 65534 ? 0 : 3;
}

/* root's rights that cannot be had again: the process must end */
static int lost_root(void)
{
	struct ka_rights r;

	if (ka_rights_take(USER, &r) != KA_ERR_OK || r.answer != KA_RIGHTS_TAKEN || seteuid(0) != 0 || setresuid(65534, 65534, 65534) != 0)
		return 1;
	ka_rights_give_back(&r);
	return 2;
}

static void take__closed_file__is_closed_until_given_back(void **state)
{
	(void)state;
	need_root();
	assert_int_equal(in_child(opens_only_before_and_after), 0);
}

static void take__groups__the_users_then_ours(void **state)
{
	(void)state;
	need_root();
	assert_int_equal(in_child(groups_come_and_go), 0);
}

static void take_as__other_groups__come_with_the_uid(void **state)
{
	(void)state;
	need_root();
	assert_int_equal(in_child(uid_of_one_and_groups_of_another), 0);
}

static void take__no_such_user__nothing_changes(void **state)
{
	(void)state;
	need_root();
	assert_int_equal(in_child(unknown_user), 0);
}

static void take__not_root__nothing_changes(void **state)
{
	(void)state;
	need_root();
	assert_int_equal(in_child(ordinary_user), 0);
}

static void give_back__root_is_lost__the_process_ends(void **state)
{
	(void)state;
	need_root();
	assert_int_equal(in_child(lost_root), KA_RIGHTS_LOST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(take__closed_file__is_closed_until_given_back),
		cmocka_unit_test(take__groups__the_users_then_ours),
		cmocka_unit_test(take_as__other_groups__come_with_the_uid),
		cmocka_unit_test(take__no_such_user__nothing_changes),
		cmocka_unit_test(take__not_root__nothing_changes),
		cmocka_unit_test(give_back__root_is_lost__the_process_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
