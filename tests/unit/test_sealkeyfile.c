/* seal/sealkeyfile: read when it is ours alone, replaced as a whole. */
#include "keyaudit/seal/sealkeyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/verbplace.h"

#include "base/poison.h"

static void write__twice__the_last_one_is_read_and_nobody_else_can(void **state)
{
	struct ka_sealkey k, back;
	struct stat st;

	(void)state;
	verbplace_clear();
	ka_sealkey_make(&k);
	for (int i = 0; i < 2; i++) {
		ka_sealkey_evolve(&k);
		assert_int_equal(ka_sealkeyfile_write("key", &k), KA_ERR_OK);
		assert_int_equal(ka_sealkeyfile_read("key", &back), KA_ERR_OK);
		assert_int_equal(back.epoch, i + 1);
		assert_memory_equal(back.bytes, k.bytes, sizeof(k.bytes));
	}
	assert_int_equal(stat("key", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_false(verbplace_has("key.new"));
	/* what a crash left of the temporary is no hindrance */
	verbplace_put("key.new", "half");
	assert_int_equal(ka_sealkeyfile_write("key", &k), KA_ERR_OK);
}

static void read__not_ours_or_no_key__is_a_fault(void **state)
{
	struct ka_sealkey k;

	(void)state;
	verbplace_clear();
	assert_int_equal(ka_sealkeyfile_read("key", &k), KA_ERR_SYS);
	assert_int_equal(errno, ENOENT);
	verbplace_put("key", "ka1 seal-key epoch=0\n");
	assert_int_equal(chmod("key", 0600), 0);
	assert_int_equal(ka_sealkeyfile_read("key", &k), KA_ERR_SYNTAX);
	assert_int_equal(chmod("key", 0640), 0);
	assert_int_equal(ka_sealkeyfile_read("key", &k), KA_ERR_SYS);
	assert_int_equal(errno, EPERM);
	verbplace_shell("ln -s key link");
	assert_int_equal(ka_sealkeyfile_read("link", &k), KA_ERR_SYS);
	assert_int_equal(ka_sealkeyfile_write("missing/key", &k), KA_ERR_SYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(write__twice__the_last_one_is_read_and_nobody_else_can),
		cmocka_unit_test(read__not_ours_or_no_key__is_a_fault),
	};

	return cmocka_run_group_tests(tests, verbplace_begin, verbplace_end);
}
