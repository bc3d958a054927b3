/* perm/permgroup: who is in a group that may write, from a passwd and a group of our own; and when nothing answers. */
#include "perm/permgroup.h"

#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

/* uid 0 is the login user here, so that the tests can run where only one uid exists; groups are numbers in facts */
enum { USER = 0 };

static void fill__table(void **state)
{
	static const struct { gid_t gid; uid_t uid; struct ka_perm_group want; } rows[] = {
		{ 100, 0, { .exists = true, .has_primary = true } },
		{ 200, 0, { .exists = true, .has_primary = true, .foreign_primary = true } },
		{ 300, 0, { .exists = true, .has_primary = true, .foreign_primary = true } }, /* the second one is foreign */
		{ 400, 0, { .exists = true } },
		{ 500, 0, { .exists = true, .members = 1, .only_member_is_owner = true } },
		{ 501, 0, { .exists = true, .members = 1 } },
		{ 501, 1001, { .exists = true, .members = 1, .only_member_is_owner = true } },
		{ 502, 0, { .exists = true, .members = 2 } },
		{ 999, 0, { .exists = false } },
		{ 100, 999, { .exists = true, .has_primary = true, .owner_unknown = true } },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		/* twice: the second answer must not continue behind the first one */
		struct ka_perm_fact f[3] = {
			{ .mode = S_IFREG | 0660, .gid = rows[i].gid, .uid = rows[i].uid },
			{ .mode = S_IFDIR | 0700, .gid = rows[i].gid, .uid = rows[i].uid },
		};
		const struct ka_perm_group *g = &f[0].group;

		f[2] = f[0];
		for (int again = 0; again < 2; again++) {
			ka_permgroup_fill(f, 3, USER);
			assert_int_equal(g->exists, rows[i].want.exists);
			assert_int_equal(g->has_primary, rows[i].want.has_primary);
			assert_int_equal(g->foreign_primary, rows[i].want.foreign_primary);
			assert_int_equal(g->members, rows[i].want.members);
			assert_int_equal(g->only_member_is_owner, rows[i].want.only_member_is_owner);
			assert_int_equal(g->owner_unknown, rows[i].want.owner_unknown);
			assert_false(f[1].group.exists); /* not asked */
			assert_int_equal(f[2].group.exists, g->exists);
		}
	}
}

static const struct ka_perm_group untouched = { .exists = true, .members = 77 };

static void fill__no_group_may_write__nothing_is_asked(void **state)
{
	static const mode_t modes[] = { 0, 0755, 0757, 0707, 0070 & ~0020, S_IFREG | 0644, S_IFDIR | 02755, 0002, 0200 };
	struct ka_perm_fact f = { .group = untouched };

	(void)state;
	ka_permgroup_fill(NULL, 0, USER);
	for (size_t i = 0; i < KA_ARRAY_LEN(modes); i++) {
		f.mode = modes[i];
		ka_permgroup_fill(&f, 1, USER);
		assert_memory_equal(&f.group, &untouched, sizeof(untouched));
	}
	f.mode = 0020; /* this bit alone */
	f.gid = 100;
	ka_permgroup_fill(&f, 1, USER);
	assert_true(f.group.exists && f.group.members == 0);
}

/* who the login user is decides who is a stranger in the group */
static void fill__another_login_user__others_are_strangers(void **state)
{
	struct ka_perm_fact f = { .mode = 0660, .gid = 200, .uid = 1001 };

	(void)state;
	ka_permgroup_fill(&f, 1, 1001);
	assert_true(f.group.has_primary && !f.group.foreign_primary);
	ka_permgroup_fill(&f, 1, 1002);
	assert_true(f.group.has_primary && f.group.foreign_primary);
	ka_permgroup_fill(&f, 1, (uid_t)-1);
	assert_true(f.group.has_primary && f.group.foreign_primary);
}

/* several facts of one walk, each with its own answer */
static void fill__several_groups_at_once__are_not_mixed(void **state)
{
	struct ka_perm_fact f[4] = {
		{ .mode = 0660, .gid = 100 }, { .mode = 0770, .gid = 300 }, { .mode = 0750, .gid = 300, .group = untouched }, { .mode = 0660, .gid = 999 },
	};

	(void)state;
	ka_permgroup_fill(f, 4, USER);
	assert_true(f[0].group.has_primary && !f[0].group.foreign_primary);
	assert_true(f[1].group.has_primary && f[1].group.foreign_primary);
	assert_memory_equal(&f[2].group, &untouched, sizeof(untouched));
	assert_false(f[3].group.exists || f[3].group.has_primary);
}

/* of two groups of one number the first counts, as with getgrgid(3) */
static void fill__many_members__are_counted(void **state)
{
	char text[4096] = "big:x:600:";
	struct ka_perm_fact f = { .mode = 0660, .gid = 600 };
	size_t n = strlen(text);

	(void)state;
	for (unsigned i = 0; i < 300; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%su%u", i > 0 ? "," : "", i);
	snprintf(text + n, sizeof(text) - n, "\nsecond:x:600:u\nuu:x:601:u,u\n");
	trustroot_file("/etc/group", 0644, 0, text);
	ka_permgroup_fill(&f, 1, USER);
	assert_int_equal(f.group.members, 300);
	assert_false(f.group.only_member_is_owner);
	f.gid = 601; /* the same name twice is no "only member" */
	ka_permgroup_fill(&f, 1, USER);
	assert_int_equal(f.group.members, 2);
	assert_false(f.group.only_member_is_owner);
}

/* somebody in this process stopped in the middle of passwd: who stands before that place counts all the same */
static void fill__enumeration_begun_by_others__starts_afresh(void **state)
{
	struct ka_perm_fact f = { .mode = 0660, .gid = 100 };

	(void)state;
	setpwent();
	assert_non_null(getpwent());
	assert_non_null(getpwent());
	ka_permgroup_fill(&f, 1, USER);
	assert_true(f.group.has_primary);
}

/* what cannot be answered must refuse: no group, no owner */
static void fill__no_passwd_and_no_group__exists_nowhere(void **state)
{
	struct ka_perm_fact f = { .mode = 0660, .gid = 100, .group = { .exists = true, .only_member_is_owner = true, .members = 1 } };

	(void)state;
	assert_int_equal(unlink("/etc/passwd"), 0);
	assert_int_equal(unlink("/etc/group"), 0);
	ka_permgroup_fill(&f, 1, USER);
	assert_false(f.group.exists || f.group.has_primary || f.group.only_member_is_owner || f.group.foreign_primary);
	assert_true(f.group.owner_unknown);
	assert_int_equal(f.group.members, 0);
	assert_int_not_equal(ka_permjudge_one(&f, USER, KA_PERM_RULE_DEBIAN), KA_REASON_NONE);
}

static int make_etc(void **state)
{
	(void)state;
	trustroot_dir("/etc", 0755, 0);
	trustroot_file("/etc/passwd", 0644, 0, "u:x:0:100::/home/u:/bin/sh\no:x:1001:200::/:/bin/sh\nu2:x:0:300::/:/bin/sh\n"
		       "p:x:1002:300::/:/bin/sh\n");
	trustroot_file("/etc/group", 0644, 0, "priv:x:100:\nother:x:200:\nshared:x:300:\nempty:x:400:\nonly:x:500:u\n"
		       "onlyo:x:501:o\ntwo:x:502:u,o\n");
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(fill__no_passwd_and_no_group__exists_nowhere, make_etc),
		cmocka_unit_test_setup(fill__no_group_may_write__nothing_is_asked, make_etc),
		cmocka_unit_test_setup(fill__table, make_etc),
		cmocka_unit_test_setup(fill__another_login_user__others_are_strangers, make_etc),
		cmocka_unit_test_setup(fill__several_groups_at_once__are_not_mixed, make_etc),
		cmocka_unit_test_setup(fill__many_members__are_counted, make_etc),
		cmocka_unit_test_setup(fill__enumeration_begun_by_others__starts_afresh, make_etc),
	};

	return trustroot_run(tests, NULL);
}
