/* diag/filesys: names, networks, labels. */
#include "diag/filesys.h"

#include <linux/magic.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

#include "base/poison.h"

static void types__table(void **state)
{
	(void)state;
	assert_string_equal(ka_filesys_name(NFS_SUPER_MAGIC), "nfs");
	assert_true(ka_filesys_is_network(NFS_SUPER_MAGIC));
	assert_string_equal(ka_filesys_name(AUTOFS_SUPER_MAGIC), "autofs");
	assert_false(ka_filesys_is_network(AUTOFS_SUPER_MAGIC));
	assert_true(ka_filesys_is_encrypted(ECRYPTFS_SUPER_MAGIC));
	assert_null(ka_filesys_name(EXT4_SUPER_MAGIC));
	assert_false(ka_filesys_is_network(0) || ka_filesys_is_encrypted(EXT4_SUPER_MAGIC));
}

static void label__table(void **state)
{
	static const struct { const char *label; bool closed; } cases[] = {
		{ "unconfined_u:object_r:default_t:s0", true }, { "system_u:object_r:unlabeled_t:s0", true },
		{ "unconfined_u:object_r:user_tmp_t", true }, { "unconfined_u:object_r:ssh_home_t:s0", false },
		{ "unconfined_u:object_r:user_home_t:s0", false }, { "system_u:object_r:nfs_t:s0", false },
		{ "", false }, { "default_t", false }, { ":::", false }, { "a:b:default_tt:s0", false },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(cases); i++)
		assert_int_equal(ka_filesys_label_is_closed(cases[i].label), cases[i].closed);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(types__table), cmocka_unit_test(label__table) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
