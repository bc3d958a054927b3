/* diag/diskroom: invented answers of statvfs(3). */
#include "diag/diskroom.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/statvfs.h>

#include <cmocka.h>

#include "base/poison.h"

static struct statvfs answer;
static const char *failing;

/* this one stands before libc's */
int statvfs(const char *path, struct statvfs *out)
{
	if (failing != NULL && strcmp(path, failing) == 0)
		return -1;
	*out = answer;
	return 0;
}

static void look__table(void **state)
{
	static const struct { unsigned blocks, avail, files, favail, flag; bool full, readonly; } cases[] = {
		{ 100, 10, 100, 10, 0, false, false },
		{ 100, 0, 100, 10, 0, true, false },
		{ 100, 10, 100, 0, 0, true, false },
		{ 100, 10, 0, 0, ST_NOSUID, false, false }, /* btrfs counts no inodes */
		{ 0, 0, 0, 0, 0, false, false },            /* a pseudo file system */
		{ 100, 10, 100, 10, ST_RDONLY, false, true },
	};
	struct ka_diskroom room;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		answer = (struct statvfs){ .f_blocks = cases[i].blocks, .f_bavail = cases[i].avail, .f_files = cases[i].files,
					   .f_favail = cases[i].favail, .f_flag = cases[i].flag };
		failing = "/run";
		memset(&room, 0xa5, sizeof(room));
		ka_diskroom_look(&room);
		assert_int_equal(room.is_full[KA_DISKROOM_VAR], cases[i].full);
		assert_int_equal(room.is_readonly[KA_DISKROOM_ROOT], cases[i].readonly);
		assert_false(room.is_full[KA_DISKROOM_RUN] || room.is_readonly[KA_DISKROOM_RUN]);
	}
}

static void path__of_each(void **state)
{
	(void)state;
	assert_string_equal(ka_diskroom_path(KA_DISKROOM_ROOT), "/");
	assert_string_equal(ka_diskroom_path(KA_DISKROOM_VAR), "/var");
	assert_string_equal(ka_diskroom_path(KA_DISKROOM_PLACES), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(look__table),
		cmocka_unit_test(path__of_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
