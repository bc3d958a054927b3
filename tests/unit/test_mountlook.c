/* diag/mountlook: invented mounts below an invented home. */
#include "diag/mountlook.h"

#include <errno.h>
#include <linux/fscrypt.h>
#include <linux/magic.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
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

/* a directory of fscrypt: version of its policy (0: it has none), and whether the file system has the key */
static unsigned policy_version, key_status;

int ioctl(int fd, unsigned long request, ...)
{
	va_list args;
	void *arg;

	(void)fd;
	va_start(args, request);
	arg = va_arg(args, void *);
	va_end(args);
	if (request == FS_IOC_GET_ENCRYPTION_POLICY_EX && policy_version > 0) {
		struct fscrypt_get_policy_ex_arg *policy = arg;

		memset(&policy->policy, 0x5a, sizeof(policy->policy));
		policy->policy.version = (uint8_t)policy_version;
		return 0;
	}
	if (request == FS_IOC_GET_ENCRYPTION_KEY_STATUS) {
		struct fscrypt_get_key_status_arg *key = arg;

		assert_int_equal(key->key_spec.type, FSCRYPT_KEY_SPEC_TYPE_IDENTIFIER);
		assert_int_equal(key->key_spec.u.identifier[15], 0x5a);
		key->status = key_status;
		return key_status > 0 ? 0 : -1;
	}
	errno = ENODATA;
	return -1;
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

static void home__fscrypt__locked_while_its_key_is_absent(void **state)
{
	(void)state;
	memset(exists, 0, sizeof(exists));
	type = EXT4_SUPER_MAGIC;
	query.home = exists[0] = "/tmp"; /* a directory that is there */
	assert_int_equal(look(0).is_locked, KA_HOME_OPEN);
	policy_version = FSCRYPT_POLICY_V2;
	assert_int_equal(look(0).is_locked, KA_HOME_OPEN); /* the kernel does not tell */
	key_status = FSCRYPT_KEY_STATUS_ABSENT;
	assert_int_equal(look(0).is_locked, KA_HOME_LOCKED_FSCRYPT);
	assert_int_equal(look(EACCES).is_locked, KA_HOME_OPEN);
	key_status = FSCRYPT_KEY_STATUS_PRESENT;
	assert_int_equal(look(0).is_locked, KA_HOME_OPEN);
	key_status = FSCRYPT_KEY_STATUS_ABSENT;
	policy_version = FSCRYPT_POLICY_V1; /* the key may be in a keyring */
	assert_int_equal(look(0).is_locked, KA_HOME_OPEN);
	policy_version = key_status = 0;
	query.home = "/home/alice";
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
		cmocka_unit_test(home__fscrypt__locked_while_its_key_is_absent),
		cmocka_unit_test(file__its_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
