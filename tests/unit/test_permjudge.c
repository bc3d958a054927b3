/* perm/permjudge: sshd's StrictModes rule by table, upstream and Debian; our own rule for files that we act on. */
#include "perm/permjudge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/err.h"

#include "base/poison.h"

enum { USER = 1000, OTHER = 1001 };

/* groups by what Debian's rule looks at */
static const struct ka_perm_group private_group = { .exists = true, .has_primary = true };
static const struct ka_perm_group no_group = { .has_primary = true };
static const struct ka_perm_group shared_primary = { .exists = true, .has_primary = true, .foreign_primary = true };
static const struct ka_perm_group empty_group = { .exists = true };
static const struct ka_perm_group only_owner = { .exists = true, .members = 1, .only_member_is_owner = true };
static const struct ka_perm_group only_other = { .exists = true, .members = 1 };
static const struct ka_perm_group extra_member = { .exists = true, .has_primary = true, .members = 1 };
static const struct ka_perm_group private_named = {
	.exists = true, .has_primary = true, .members = 1, .only_member_is_owner = true,
};
static const struct ka_perm_group two_members = { .exists = true, .has_primary = true, .members = 2 };
static const struct ka_perm_group unknown_owner = { .exists = true, .has_primary = true, .owner_unknown = true };

#define OK KA_REASON_NONE
#define OWNER KA_REASON_PERM_WRONG_OWNER
#define WORLD KA_REASON_PERM_WORLD_WRITABLE
#define GROUP KA_REASON_PERM_GROUP_WRITABLE

struct row {
	mode_t mode;
	uid_t uid;
	const struct ka_perm_group *group;
	enum ka_reason upstream, debian;
};

static const struct row rows[] = {
	/* owner first, whatever the bits */
	{ 0600, OTHER, &private_group, OWNER, OWNER },
	{ 0666, OTHER, &private_group, OWNER, OWNER },
	{ 0600, UINT32_MAX, &private_group, OWNER, OWNER },
	/* then the world, then the group */
	{ 0666, USER, &private_group, WORLD, WORLD },
	{ 0602, USER, &private_group, WORLD, WORLD },
	{ 0777, 0, &private_group, WORLD, WORLD },
	{ 01777, 0, &private_group, WORLD, WORLD },
	/* the group: upstream never, Debian only the owner's private one */
	{ 0664, USER, &private_group, GROUP, OK },
	{ 0660, USER, &private_group, GROUP, OK },
	{ 0620, USER, &private_group, GROUP, OK },
	{ 02775, USER, &private_group, GROUP, OK },
	{ 0664, USER, &private_named, GROUP, OK },
	{ 0664, USER, &only_owner, GROUP, OK },
	{ 0664, 0, &only_owner, GROUP, OK },
	{ 0664, USER, &only_other, GROUP, GROUP },
	{ 0664, USER, &extra_member, GROUP, GROUP },
	{ 0664, USER, &two_members, GROUP, GROUP },
	{ 0664, USER, &empty_group, GROUP, GROUP },
	{ 0664, USER, &no_group, GROUP, GROUP },
	{ 0664, USER, &shared_primary, GROUP, GROUP },
	{ 0664, USER, &unknown_owner, GROUP, GROUP },
	/* nothing to object to; the group is not looked at */
	{ 0644, USER, &two_members, OK, OK },
	{ 0600, USER, &no_group, OK, OK },
	{ 0400, 0, &no_group, OK, OK },
	{ 0755, 0, &two_members, OK, OK },
	{ 02755, USER, &two_members, OK, OK },
	{ 04755, USER, &two_members, OK, OK },
	{ 01755, 0, &two_members, OK, OK },
	{ 0, USER, &no_group, OK, OK },
};

static struct ka_perm_fact fact(enum ka_perm_object object, const struct row *r)
{
	mode_t type = object == KA_PERM_FILE ? S_IFREG : S_IFDIR;

	return (struct ka_perm_fact){ .object = object, .mode = type | r->mode, .uid = r->uid, .gid = 7, .group = *r->group };
}

static void one__table__each_rule_and_object(void **state)
{
	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		for (unsigned o = KA_PERM_FILE; o <= KA_PERM_ABOVE_HOME; o++) {
			struct ka_perm_fact f = fact((enum ka_perm_object)o, &rows[i]);
			bool above = o == KA_PERM_ABOVE_HOME;
			enum ka_reason up = above && rows[i].upstream != OK ? KA_REASON_PERM_ABOVE_HOME : rows[i].upstream;
			enum ka_reason deb = above && rows[i].debian != OK ? KA_REASON_PERM_ABOVE_HOME : rows[i].debian;

			assert_int_equal(ka_permjudge_one(&f, USER, KA_PERM_RULE_UPSTREAM), up);
			assert_int_equal(ka_permjudge_one(&f, USER, KA_PERM_RULE_DEBIAN), deb);
		}
}

/* upstream is nothing but this expression: every mode, three owners, all groups */
static void one__upstream__is_owner_and_022(void **state)
{
	static const uid_t uids[] = { 0, USER, OTHER };
	const struct ka_perm_group *groups[] = { &private_group, &shared_primary, &only_owner, &empty_group };

	(void)state;
	for (mode_t mode = 0; mode <= 07777; mode++)
		for (size_t u = 0; u < KA_ARRAY_LEN(uids); u++)
			for (size_t g = 0; g < KA_ARRAY_LEN(groups); g++) {
				struct row r = { .mode = mode, .uid = uids[u], .group = groups[g] };
				struct ka_perm_fact f = fact(KA_PERM_FILE, &r);
				bool good = (uids[u] == 0 || uids[u] == USER) && (mode & 022) == 0;

				assert_int_equal(ka_permjudge_one(&f, USER, KA_PERM_RULE_UPSTREAM) == OK, good);
				if (good) /* Debian only ever allows more */
					assert_int_equal(ka_permjudge_one(&f, USER, KA_PERM_RULE_DEBIAN), OK);
			}
}

static void one__not_regular__before_owner(void **state)
{
	static const mode_t types[] = { S_IFDIR, S_IFLNK, S_IFIFO, S_IFSOCK, S_IFCHR, S_IFBLK, 0 };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(types); i++) {
		struct ka_perm_fact f = { .object = KA_PERM_FILE, .mode = types[i] | 0600, .uid = OTHER };

		assert_int_equal(ka_permjudge_one(&f, USER, KA_PERM_RULE_UPSTREAM), KA_REASON_FILE_NOT_REGULAR);
		assert_int_equal(ka_permjudge_one(&f, USER, KA_PERM_RULE_DEBIAN), KA_REASON_FILE_NOT_REGULAR);
	}
}

static void one__root_logs_in__only_root_may_own(void **state)
{
	struct row r = { .mode = 0600, .uid = USER, .group = &private_group };
	struct ka_perm_fact f = fact(KA_PERM_FILE, &r);

	(void)state;
	assert_int_equal(ka_permjudge_one(&f, 0, KA_PERM_RULE_DEBIAN), OWNER);
	f.uid = 0;
	assert_int_equal(ka_permjudge_one(&f, 0, KA_PERM_RULE_DEBIAN), OK);
}

static void chain__first_refused__decides(void **state)
{
	struct ka_perm_fact f[3] = {
		{ .object = KA_PERM_FILE, .mode = S_IFREG | 0600, .uid = USER },
		{ .object = KA_PERM_DIR, .mode = S_IFDIR | 0700, .uid = USER },
		{ .object = KA_PERM_HOME, .mode = S_IFDIR | 0755, .uid = USER },
	};
	size_t at = 9;

	(void)state;
	assert_int_equal(ka_permjudge_chain(f, 3, USER, KA_PERM_RULE_UPSTREAM, &at), KA_REASON_NONE);
	assert_int_equal(at, 3);
	f[2].mode = S_IFDIR | 0777;
	assert_int_equal(ka_permjudge_chain(f, 3, USER, KA_PERM_RULE_DEBIAN, &at), KA_REASON_PERM_WORLD_WRITABLE);
	assert_int_equal(at, 2);
	f[1].mode = S_IFDIR | 0770; /* group facts are all false */
	assert_int_equal(ka_permjudge_chain(f, 3, USER, KA_PERM_RULE_DEBIAN, &at), KA_REASON_PERM_GROUP_WRITABLE);
	assert_int_equal(at, 1);
	f[0].uid = OTHER;
	assert_int_equal(ka_permjudge_chain(f, 3, USER, KA_PERM_RULE_DEBIAN, NULL), KA_REASON_PERM_WRONG_OWNER);
}

static void chain__nothing__is_never_fine(void **state)
{
	(void)state;
	assert_int_equal(ka_permjudge_chain(NULL, 0, USER, KA_PERM_RULE_DEBIAN, NULL), KA_REASON_FILE_MISSING);
}

static void trusted__every_mode(void **state)
{
	(void)state;
	for (mode_t mode = 0; mode <= 07777; mode++) {
		bool good = (mode & 022) == 0;

		assert_int_equal(ka_permjudge_trusted(S_IFREG | mode, 0, 0), good);
		assert_int_equal(ka_permjudge_trusted(S_IFREG | mode, 0, USER), good);
		assert_int_equal(ka_permjudge_trusted(S_IFREG | mode, USER, USER), good);
		assert_false(ka_permjudge_trusted(S_IFREG | mode, USER, 0));
		assert_false(ka_permjudge_trusted(S_IFREG | mode, OTHER, USER));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one__table__each_rule_and_object), cmocka_unit_test(one__upstream__is_owner_and_022),
		cmocka_unit_test(one__not_regular__before_owner), cmocka_unit_test(one__root_logs_in__only_root_may_own),
		cmocka_unit_test(chain__first_refused__decides), cmocka_unit_test(chain__nothing__is_never_fine),
		cmocka_unit_test(trusted__every_mode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
