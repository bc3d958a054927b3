/*
 * keyaudit/fetchuser: who becomes the fetcher, what is left of the rights before, and what is said otherwise. The users are
 * the test's; uids are really taken, in a child each, so that needs root.
 */
#include "keyaudit/cache/fetchuser.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "keyaudit/cmd.h"
#include "tests/unit/lib/caught.h"

#include "base/poison.h"

enum { COMMAND = 61100, FETCH = 61110, FETCH_GROUP = 61111, OTHER = 61120 };
enum refusal { NOTHING, GROUPS, GID, UID, UID_LIES, KEEPS_SAVED, LEAVES_A_WAY_BACK };

static uid_t fetch_uid = FETCH;
static bool no_user, no_group;
static enum refusal refuses;

/* these stand before the ones of libc */
struct passwd *getpwnam(const char *name)
{
	static struct passwd pw;

	pw.pw_uid = fetch_uid;
	pw.pw_gid = FETCH_GROUP;
	return no_user || strcmp(name, "_keyfetch") != 0 ? NULL : &pw;
}

struct group *getgrnam(const char *name)
{
	static struct group gr = { .gr_gid = COMMAND };

	return no_group || strcmp(name, "_keyaudit") != 0 ? NULL : &gr;
}

static int refuse(void)
{
	errno = EPERM;
	return -1;
}

int setgroups(size_t n, const gid_t *list)
{
	return refuses == GROUPS ? refuse() : (int)syscall(SYS_setgroups, n, list);
}

int setresgid(gid_t r, gid_t e, gid_t s)
{
	return refuses == GID ? refuse() : (int)syscall(SYS_setresgid, r, e, s);
}

int setresuid(uid_t r, uid_t e, uid_t s)
{
	if (refuses == UID_LIES)
		return 0;
	if (refuses == KEEPS_SAVED)
		s = (uid_t)-1;
	return refuses == UID ? refuse() : (int)syscall(SYS_setresuid, r, e, s);
}

int setuid(uid_t uid)
{
	if (refuses == KEEPS_SAVED) /* and would not be found by this */
		return refuse();
	return refuses == LEAVES_A_WAY_BACK ? 0 : (int)syscall(SYS_setuid, uid);
}

static int setup(void **state)
{
	(void)state;
	fetch_uid = FETCH;
	no_user = no_group = false;
	refuses = NOTHING;
	return 0;
}

/* the answer of a child that has these ids; 90 and more: what is wrong behind it */
static int become_from(uid_t r, uid_t e, bool with_group, int (*check)(void))
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		enum ka_fetchuser_answer a;

		if (geteuid() != r && syscall(SYS_setresuid, r, e, e) != 0)
			_exit(90);
		a = ka_fetchuser_become(with_group);
		_exit(check != NULL && check() != 0 ? check() : (int)a);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static int has_ids(void)
{
	uid_t r, e, s;
	gid_t rg, eg, sg;

	if (getresuid(&r, &e, &s) != 0 || r != FETCH || e != FETCH || s != FETCH)
		return 91;
	if (getresgid(&rg, &eg, &sg) != 0 || rg != FETCH_GROUP || eg != FETCH_GROUP || sg != FETCH_GROUP)
		return 92;
	if (syscall(SYS_setuid, 0) == 0 || syscall(SYS_setresuid, -1, 0, -1) == 0 || syscall(SYS_setresgid, -1, 0, -1) == 0)
		return 93;
	return 0;
}

static int is_in_its_own_group(void)
{
	gid_t groups[8];

	if (getgroups(8, groups) != 1 || groups[0] != FETCH_GROUP)
		return 94;
	return has_ids();
}

static int is_in_the_commands_group(void)
{
	gid_t groups[8];

	if (getgroups(8, groups) != 2 || groups[0] + groups[1] != FETCH_GROUP + COMMAND)
		return 95;
	return has_ids();
}

static int is_root_still(void)
{
	return geteuid() == 0 && getuid() == 0 && getegid() == 0 ? 0 : 96;
}

static void need_root(void)
{
	if (geteuid() == 0)
		return;
	print_message("skipped: not root\n");
	skip();
}

static void become__root__has_all_ids_and_no_way_back(void **state)
{
	(void)state;
	need_root();
	assert_int_equal(become_from(0, 0, false, is_in_its_own_group), KA_FETCHUSER_IS);
	assert_int_equal(become_from(0, 0, true, is_in_the_commands_group), KA_FETCHUSER_IS);
	no_group = true; /* not installed, or another name service: nothing is written for a group that is not there */
	assert_int_equal(become_from(0, 0, true, is_in_its_own_group), KA_FETCHUSER_IS);
}

static void become__that_user__is_it_already(void **state)
{
	(void)state;
	refuses = UID; /* nothing needs to be changed */
	if (geteuid() != 0)
		fetch_uid = geteuid();
	assert_int_equal(become_from(fetch_uid, fetch_uid, true, NULL), KA_FETCHUSER_IS);
}

static void become__somebody_else__may_not(void **state)
{
	(void)state;
	if (geteuid() == 0)
		assert_int_equal(become_from(OTHER, OTHER, true, NULL), KA_FETCHUSER_MAY_NOT);
	else
		assert_int_equal(ka_fetchuser_become(true), KA_FETCHUSER_MAY_NOT);
}

/* a set-user-ID copy of the program, in either direction */
static void become__half_that_user__may_not(void **state)
{
	(void)state;
	need_root();
	assert_int_equal(become_from(OTHER, FETCH, true, NULL), KA_FETCHUSER_MAY_NOT);
	assert_int_equal(become_from(FETCH, OTHER, true, NULL), KA_FETCHUSER_MAY_NOT);
}

static void become__no_such_user__nothing_changes(void **state)
{
	(void)state;
	no_user = true;
	assert_int_equal(become_from(geteuid(), geteuid(), true, geteuid() == 0 ? is_root_still : NULL), KA_FETCHUSER_NONE);
}

static void become__user_is_root__nothing_changes(void **state)
{
	(void)state;
	fetch_uid = 0;
	assert_int_equal(become_from(geteuid(), geteuid(), true, geteuid() == 0 ? is_root_still : NULL), KA_FETCHUSER_FAILED);
}

static void become__system_refuses_a_step__has_failed(void **state)
{
	(void)state;
	need_root();
	for (refuses = GROUPS; refuses <= LEAVES_A_WAY_BACK; refuses++)
		assert_int_equal(become_from(0, 0, true, NULL), KA_FETCHUSER_FAILED);
}

static int say(enum ka_fetchuser_answer a)
{
	int status;

	caught_begin();
	status = ka_fetchuser_say("verb", a);
	caught_end();
	assert_string_equal(caught_out, "");
	return status;
}

static void say__each_answer__its_line_and_status(void **state)
{
	(void)state;
	assert_int_equal(say(KA_FETCHUSER_MAY_NOT), KA_EXIT_NOPERM);
	assert_string_equal(caught_err, "keyaudit verb: root may do that, and _keyfetch\n");
	assert_int_equal(say(KA_FETCHUSER_NONE), KA_EXIT_UNDECIDED);
	assert_string_equal(caught_err, "keyaudit verb: there is no user _keyfetch; mend: systemd-sysusers keyaudit.conf\n");
	assert_int_equal(say(KA_FETCHUSER_FAILED), KA_EXIT_UNDECIDED);
	assert_string_equal(caught_err, "keyaudit verb: the system does not let us become _keyfetch\n");
	assert_int_equal(say(KA_FETCHUSER_IS), KA_EXIT_FINE);
	assert_string_equal(caught_err, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(become__root__has_all_ids_and_no_way_back, setup),
		cmocka_unit_test_setup(become__that_user__is_it_already, setup),
		cmocka_unit_test_setup(become__somebody_else__may_not, setup),
		cmocka_unit_test_setup(become__half_that_user__may_not, setup),
		cmocka_unit_test_setup(become__no_such_user__nothing_changes, setup),
		cmocka_unit_test_setup(become__user_is_root__nothing_changes, setup),
		cmocka_unit_test_setup(become__system_refuses_a_step__has_failed, setup),
		cmocka_unit_test_setup(say__each_answer__its_line_and_status, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
