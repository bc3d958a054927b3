/* diag/mountlook: invented mounts below an invented home. */
#include "diag/mountlook.h"

#include <errno.h>
#include <linux/magic.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/poison.h"

static const char *exists[4];
static unsigned type;

static int is_there(const char *path)
{
	for (size_t i = 0; i < 4; i++)
		if (exists[i] != NULL && strcmp(path, exists[i]) == 0)
			return 0;
	errno = ENOENT;
	return -1;
}

/* these stand before libc's */
int statfs(const char *path, struct statfs *out)
{
	*out = (struct statfs){ .f_type = type };
	return is_there(path);
}

int access(const char *path, int mode)
{
	(void)mode;
	return is_there(path);
}

static struct ka_userfiles_query query = { .user = "alice", .home = "/home/alice" };

static struct ka_userfiles_home look(uint32_t errnum)
{
	struct ka_userfiles_home home = { .errnum = errnum };

	ka_mountlook_home(&query, &home);
	return home;
}

static void home__type_of_what_there_is(void **state)
{
	(void)state;
	memset(exists, 0, sizeof(exists));
	type = AUTOFS_SUPER_MAGIC;
	assert_int_equal(look(ENOENT).fs_type, 0);
	exists[0] = "/home"; /* the nearest directory */
	assert_int_equal(look(ENOENT).fs_type, AUTOFS_SUPER_MAGIC);
	query.home = "relative";
	assert_int_equal(look(ENOENT).fs_type, 0);
	query.home = "/home/alice";
}

static void home__encrypted__locked_until_it_is_open(void **state)
{
	(void)state;
	memset(exists, 0, sizeof(exists));
	type = EXT4_SUPER_MAGIC;
	exists[0] = "/home/alice";
	assert_int_equal(look(0).is_locked, 0);
	exists[1] = "/home/.ecryptfs/alice";
	assert_int_equal(look(0).is_locked, 1);
	assert_int_equal(look(ENOENT).is_locked, 0);
	exists[2] = "/home/alice/.ssh"; /* keys beside the encryption */
	assert_int_equal(look(0).is_locked, 0);
	exists[2] = NULL;
	type = ECRYPTFS_SUPER_MAGIC;
	assert_int_equal(look(0).is_locked, 0);
}

static void file__its_type(void **state)
{
	static struct ka_userfile f;

	(void)state;
	memset(exists, 0, sizeof(exists));
	exists[0] = "/home";
	type = NFS_SUPER_MAGIC;
	assert_true(ka_span_copy(ka_span_of("/home/alice/.ssh/k"), f.path, sizeof(f.path)));
	ka_mountlook_file(&f);
	assert_int_equal(f.fs_type, NFS_SUPER_MAGIC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(home__type_of_what_there_is),
		cmocka_unit_test(home__encrypted__locked_until_it_is_open),
		cmocka_unit_test(file__its_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
