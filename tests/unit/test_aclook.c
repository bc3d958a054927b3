/* diag/aclook: invented attributes on an invented way; the real ones are in test_userfiles.c and in tests/e2e. */
#include "diag/aclook.h"

#include <errno.h>
#include <pwd.h>
#include <grp.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include <cmocka.h>

#include "base/err.h"

#include "base/poison.h"

static const uint8_t writes[] = { 2, 0, 0, 0, 1, 0, 7, 0, 255, 255, 255, 255, 2, 0, 6, 0, 0xf0, 0xff, 0xff, 0x7f, 4, 0, 0, 0, 255, 255, 255, 255,
				  8, 0, 2, 0, 0, 0, 0, 0, 16, 0, 6, 0, 255, 255, 255, 255, 32, 0, 0, 0, 255, 255, 255, 255 };
static struct { const char *path, *name; const uint8_t *bytes; size_t len; int errnum; } attr[3];
static struct ka_permcollect way;
static struct ka_userfile f;

/* this one stands before libc's */
ssize_t getxattr(const char *path, const char *name, void *value, size_t size)
{
	for (size_t i = 0; i < KA_ARRAY_LEN(attr); i++) {
		if (attr[i].path == NULL || strcmp(path, attr[i].path) != 0 || strcmp(name, attr[i].name) != 0)
			continue;
		if (attr[i].errnum == 0 && size >= attr[i].len && attr[i].len > 0)
			memcpy(value, attr[i].bytes, attr[i].len);
		errno = attr[i].errnum;
		return attr[i].errnum == 0 ? (ssize_t)attr[i].len : -1;
	}
	errno = ENODATA;
	return -1;
}

/* /home/a/.ssh/k, its directories up to the home, and one above */
static int begin(void **state)
{
	static const size_t lens[] = { 14, 12, 7, 5 };

	(void)state;
	memset(&way, 0, sizeof(way));
	memset(&f, 0, sizeof(f));
	memset(attr, 0, sizeof(attr));
	assert_true(ka_span_copy(ka_span_of("/home/a/.ssh/k"), way.real, sizeof(way.real)));
	way.count = KA_ARRAY_LEN(lens);
	for (size_t i = 0; i < way.count; i++) {
		way.path_len[i] = lens[i];
		way.facts[i] = (struct ka_perm_fact){ .object = i == 0 ? KA_PERM_FILE : i == 1 ? KA_PERM_DIR : i == 2 ? KA_PERM_HOME : KA_PERM_ABOVE_HOME,
						      .mode = S_IFREG | 0660, .uid = 7, .gid = 8 };
	}
	return 0;
}

static void put(size_t i, const char *path, const char *name, const uint8_t *bytes, size_t len)
{
	attr[i].path = path;
	attr[i].name = name;
	attr[i].bytes = bytes;
	attr[i].len = len;
}

static void look__no_list__nothing(void **state)
{
	(void)state;
	ka_aclook_run(&way, 7, &f);
	assert_string_equal(f.acl_open.path, "");
	assert_string_equal(f.acl, "");
}

static void look__others_write__the_first_object(void **state)
{
	(void)state;
	put(0, "/home/a/.ssh", "system.posix_acl_access", writes, sizeof(writes));
	put(1, "/home/a", "system.posix_acl_access", writes, sizeof(writes));
	ka_aclook_run(&way, 7, &f);
	assert_string_equal(f.acl_open.path, "/home/a/.ssh");
	assert_int_equal(f.acl_open.mode, S_IFREG | 0660);
	assert_int_equal(f.acl_open.uid, 7);
	assert_int_equal(f.acl_open.gid, 8);
	assert_int_equal(f.acl_only_mask, 1);
	assert_string_equal(f.acl_who, "user:2147483632 group:root"); /* numbers where there is no name */
	assert_string_equal(f.acl, "");
	memset(&f, 0, sizeof(f));
	ka_aclook_run(&way, 2147483632, &f);
	assert_string_equal(f.acl_who, "group:root"); /* the user himself is no other */
}

/* a user and a group of the same number have names of their own; and not everybody has room */
static void look__names__of_users_and_of_groups(void **state)
{
	static const uint8_t both[] = { 2, 0, 0, 0, 2, 0, 6, 0, 5, 0, 0, 0, 8, 0, 6, 0, 5, 0, 0, 0 };
	static const uint8_t many[] = { 2, 0, 0, 0, 2, 0, 6, 0, 1, 0xff, 0xff, 1, 2, 0, 6, 0, 2, 0xff, 0xff, 1, 2, 0, 6, 0, 3, 0xff, 0xff, 1,
					2, 0, 6, 0, 4, 0xff, 0xff, 1, 2, 0, 6, 0, 5, 0xff, 0xff, 1 };
	const struct passwd *pw = getpwuid(5);
	const struct group *gr = getgrgid(5);
	char want[256];

	(void)state;
	put(0, "/home/a/.ssh/k", "system.posix_acl_access", both, sizeof(both));
	ka_aclook_run(&way, 7, &f);
	assert_true(snprintf(want, sizeof(want), "user:%s group:%s", pw != NULL ? pw->pw_name : "5", gr != NULL ? gr->gr_name : "5") > 0);
	assert_string_equal(f.acl_who, want);
	begin(NULL);
	put(0, "/home/a/.ssh/k", "system.posix_acl_access", many, sizeof(many));
	ka_aclook_run(&way, 7, &f);
	assert_string_equal(f.acl_who, "user:33554177 user:33554178 user:33554179 user:33554180 ...");
}

static void look__above_the_home__nobody_looks(void **state)
{
	(void)state;
	put(0, "/home", "system.posix_acl_access", writes, sizeof(writes));
	ka_aclook_run(&way, 7, &f);
	assert_string_equal(f.acl_open.path, "");
}

static void look__cannot_be_judged__is_said(void **state)
{
	static const uint8_t old[] = { 1, 0, 0, 0 };

	(void)state;
	put(0, "/home/a/.ssh/k", "system.posix_acl_access", old, sizeof(old));
	ka_aclook_run(&way, 7, &f);
	assert_string_equal(f.acl, "/home/a/.ssh/k");
	put(1, "/home/a", "system.posix_acl_access", old, sizeof(old)); /* the first one is told */
	ka_aclook_run(&way, 7, &f);
	assert_string_equal(f.acl, "/home/a/.ssh/k");
	begin(NULL);
	put(0, "/home/a/.ssh", "system.nfs4_acl", old, sizeof(old));
	ka_aclook_run(&way, 7, &f);
	assert_string_equal(f.acl, "/home/a/.ssh");
	begin(NULL);
	put(0, "/home/a", "system.posix_acl_access", NULL, 0);
	attr[0].errnum = ERANGE; /* longer than any that is allowed */
	ka_aclook_run(&way, 7, &f);
	assert_string_equal(f.acl, "/home/a");
}

#define T(name) cmocka_unit_test_setup(name, begin)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(look__no_list__nothing),
		T(look__others_write__the_first_object),
		T(look__names__of_users_and_of_groups),
		T(look__above_the_home__nobody_looks),
		T(look__cannot_be_judged__is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
