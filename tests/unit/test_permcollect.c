/* perm/permcollect: the facts of key files in a root of our own. */
#include "perm/permcollect.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

#define KEYS "/home/u/.ssh/authorized_keys"

/* uid 0 is the login user here, so that the tests can run where only one uid exists; groups are numbers in facts */
enum { USER = 0 };
static struct ka_permcollect got;

static void collect(const char *file, const char *home)
{
	assert_int_equal(ka_permcollect(file, home, USER, &got), KA_ERR_OK);
}

static void fact_is(size_t i, const char *path, enum ka_perm_object object, mode_t mode)
{
	char at[KA_PATH_TRUSTED_MAX];

	assert_true(i < got.count);
	ka_permcollect_path(&got, i, at, sizeof(at));
	assert_string_equal(at, path);
	assert_int_equal(got.facts[i].object, object);
	assert_int_equal(got.facts[i].mode & 07777, mode);
}

static int make_tree(void **state)
{
	(void)state;
	trustroot_dir("/home", 0775, 0);
	trustroot_dir("/home/u", 0750, 0);
	trustroot_dir("/home/u/.ssh", 0700, 0);
	trustroot_file(KEYS, 0640, 0, "x");
	return 0;
}

static void collect__inside_home__ends_at_home(void **state)
{
	(void)state;
	collect(KEYS, "/home/u");
	assert_int_equal(got.count, 3);
	assert_string_equal(got.real, KEYS);
	fact_is(0, KEYS, KA_PERM_FILE, 0640);
	fact_is(1, "/home/u/.ssh", KA_PERM_DIR, 0700);
	fact_is(2, "/home/u", KA_PERM_HOME, 0750);
}

static void collect__outside_home__goes_to_the_root(void **state)
{
	(void)state;
	trustroot_dir("/opt", 0777, 0);
	trustroot_file("/opt/u", 0644, 0, "x");
	collect("/opt/u", "/home/u");
	assert_int_equal(got.count, 3);
	fact_is(1, "/opt", KA_PERM_ABOVE_HOME, 0777);
	fact_is(2, "/", KA_PERM_ABOVE_HOME, 0755);
	collect(KEYS, "/nowhere"); /* a home without a real path ends nothing */
	assert_string_equal(got.home, "");
	assert_int_equal(got.count, 5);
	collect(KEYS, "/home/u/.ssh/.."); /* the home's real path counts */
	assert_int_equal(got.count, 3);
	collect(KEYS, "/home/u/.s"); /* a prefix of a name is no directory on the way */
	assert_int_equal(got.count, 5);
	collect(KEYS, "/");
	fact_is(4, "/", KA_PERM_HOME, 0755);
}

static void collect__links__real_path_counts(void **state)
{
	(void)state;
	trustroot_dir("/srv", 0755, 0);
	trustroot_dir("/srv/h", 0711, 0);
	trustroot_file("/srv/h/ak", 0604, 0, "x");
	assert_int_equal(symlink("/srv/h", "/home/l"), 0);
	assert_int_equal(symlink("/opt/u", "/srv/h/out"), 0);
	collect("/home/l/ak", "/home/l"); /* home is a link */
	assert_int_equal(got.count, 2);
	fact_is(0, "/srv/h/ak", KA_PERM_FILE, 0604);
	fact_is(1, "/srv/h", KA_PERM_HOME, 0711);
	collect("/home/l/out", "/home/l"); /* the link's own directory is not on the way */
	fact_is(1, "/opt", KA_PERM_ABOVE_HOME, 0777);
}

static void collect__odd_files__never_block(void **state)
{
	(void)state;
	assert_int_equal(mkfifo("/home/u/fifo", 0600), 0);
	collect("/home/u/fifo", "/home/u");
	assert_int_equal(got.count, 1);
	assert_int_equal(ka_permjudge_chain(got.facts, got.count, USER, KA_PERM_RULE_UPSTREAM, NULL), KA_REASON_FILE_NOT_REGULAR);
	assert_int_equal(ka_permcollect("/home/u/none", "/home/u", USER, &got), KA_ERR_SYS);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(ka_permcollect(KEYS "/x", "/home/u", USER, &got), KA_ERR_SYS);
	assert_int_equal(errno, ENOTDIR);
	assert_int_equal(ka_permcollect("relative", "/home/u", USER, &got), KA_ERR_SYS);
	assert_int_equal(errno, EINVAL);
}

static void collect__too_deep__is_a_fault(void **state)
{
	char path[KA_PATH_TRUSTED_MAX] = "";
	size_t n = 0;

	(void)state;
	for (int i = 0; i < KA_PATH_DEPTH_MAX; i++) {
		memcpy(path + n, "/d", 3);
		n += 2;
		trustroot_dir(path, 0755, 0);
	}
	memcpy(path + n, "/f", 3);
	trustroot_file(path, 0644, 0, "x");
	assert_int_equal(ka_permcollect(path, "/home/u", USER, &got), KA_ERR_LIMIT);
	collect(path, "/d"); /* 64 directories and the file, the last one being the home */
	assert_int_equal(got.count, KA_PATH_DEPTH_MAX + 1);
}

static void path__out_of_range__is_empty(void **state)
{
	char out[8] = "x";

	(void)state;
	collect(KEYS, "/home/u");
	ka_permcollect_path(&got, 3, out, sizeof(out));
	assert_string_equal(out, "");
	ka_permcollect_path(&got, 0, out, sizeof(out)); /* does not fit */
	assert_string_equal(out, "");
}

static void collect__acl_mask__is_told_apart(void **state)
{
	/* user::rw- user:1001:rw- group::r-- mask::rw- other::r--, as setfacl writes it */
	static const uint8_t acl[] = {
		2, 0, 0, 0, 0x01, 0, 6, 0, 255, 255, 255, 255, 0x02, 0, 6, 0, 0, 0, 0, 0,
		0x04, 0, 4, 0, 255, 255, 255, 255, 0x10, 0, 6, 0, 255, 255, 255, 255, 0x20, 0, 4, 0, 255, 255, 255, 255,
	};

	(void)state;
	trustroot_file("/home/u/acl", 0664, 0, "x");
	collect("/home/u/acl", "/home/u");
	assert_false(got.facts[0].is_group_writable_only_by_acl_mask);
	if (setxattr("/home/u/acl", "system.posix_acl_access", acl, sizeof(acl), 0) < 0)
		skip(); /* no ACLs on this tmpfs */
	collect("/home/u/acl", "/home/u");
	assert_int_equal(got.facts[0].mode & 0777, 0664);
	assert_true(got.facts[0].is_group_writable_only_by_acl_mask);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(collect__inside_home__ends_at_home), cmocka_unit_test(collect__outside_home__goes_to_the_root),
		cmocka_unit_test(collect__links__real_path_counts), cmocka_unit_test(collect__odd_files__never_block),
		cmocka_unit_test(collect__too_deep__is_a_fault), cmocka_unit_test(path__out_of_range__is_empty),
		cmocka_unit_test(collect__acl_mask__is_told_apart),
	};

	return trustroot_run(tests, make_tree);
}
