/* verdict/verdictlook: how many there are, of whom; what the command would not believe is said to be so; and taking it away. */
#include "verdict/verdictlook.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "tests/unit/lib/tmptree.h"
#include "tests/unit/lib/verdictsample.h"
#include "verdict/verdictrow.h"
#include "verdict/verdicts.h"

#include "base/poison.h"

static char table[128];

static int make_dir(void **state)
{
	if (tmptree_make(state) != 0)
		return -1;
	return snprintf(table, sizeof(table), "%s/" KA_VERDICTS_TABLE, tmptree) > 0 ? 0 : -1;
}

static void keep(struct ka_verdictkey key)
{
	struct ka_vetanswer a = verdictsample_answer(&key);

	assert_true(ka_verdicts_put(tmptree, &key, &a));
}

static struct ka_verdictlook look(void)
{
	struct ka_verdictlook l;

	assert_int_equal(ka_verdictlook(tmptree, &l), KA_ERR_OK);
	assert_int_equal(l.owner, geteuid());
	return l;
}

static void look__table__counted(void **state)
{
	struct ka_verdictkey first = verdictsample_key(0);
	off_t at = (off_t)(ka_verdictrow_bucket(&first) * KA_VERDICTROW_BUCKET);
	KA_AUTOCLOSE int fd = -1;

	(void)state;
	assert_int_equal(look().state, KA_VERDICTLOOK_NONE);
	for (unsigned i = 0; i < 30; i++)
		keep(verdictsample_key(i));
	keep(verdictsample_key(3)); /* once more: the same row */
	keep(verdictsample_in_bucket(1)); /* the first bucket */
	assert_int_equal(look().state, KA_VERDICTLOOK_TABLE);
	assert_int_equal(look().kept, 31);
	assert_int_equal(look().damaged, 0);
	fd = open(table, O_RDWR | O_CLOEXEC);
	assert_int_equal(pwrite(fd, "x", 1, at + 100), 1);
	assert_int_equal(look().kept, 30);
	assert_int_equal(look().damaged, 1);
	/* the last row of all, and one behind the end, which nobody reads */
	assert_int_equal(pwrite(fd, "x", 1, KA_VERDICTS_BYTES - KA_VERDICTS_ROW), 1);
	assert_int_equal(pwrite(fd, "x", 1, KA_VERDICTS_BYTES), 1);
	assert_int_equal(look().damaged, 2);
	assert_int_equal(ftruncate(fd, 777), 0);
	assert_int_equal(look().state, KA_VERDICTLOOK_TABLE);
	assert_int_equal(look().kept, 1);
}

static void look__what_the_command_does_not_believe__unusable(void **state)
{
	(void)state;
	keep(verdictsample_key(0));
	assert_int_equal(chmod(table, 0660), 0);
	assert_int_equal(look().state, KA_VERDICTLOOK_UNUSABLE);
	assert_int_equal(unlink(table), 0);
	assert_int_equal(symlink("/etc/passwd", table), 0);
	assert_int_equal(look().state, KA_VERDICTLOOK_UNUSABLE);
	assert_int_equal(unlink(table), 0);
	assert_int_equal(mkfifo(table, 0600), 0);
	assert_int_equal(look().state, KA_VERDICTLOOK_UNUSABLE);
	assert_int_equal(look().kept, 0);
	if (geteuid() == 0) { /* begun by root in the command's directory */
		assert_int_equal(unlink(table), 0);
		keep(verdictsample_key(0));
		assert_int_equal(chown(table, 65534, (gid_t)-1), 0);
		assert_int_equal(look().state, KA_VERDICTLOOK_UNUSABLE);
	}
}

static void look__directory__absent_or_open_is_a_fault(void **state)
{
	struct ka_verdictlook l;
	bool was_there = true;

	(void)state;
	assert_int_equal(ka_verdictlook("/nowhere/at/all", &l), KA_ERR_SYS);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(ka_verdictlook_clear("/nowhere/at/all", &was_there), KA_ERR_SYS);
	assert_false(was_there);
	keep(verdictsample_key(0));
	assert_int_equal(chmod(tmptree, 0770), 0);
	assert_int_equal(ka_verdictlook(tmptree, &l), KA_ERR_SYS);
	assert_int_equal(errno, EPERM);
	assert_int_equal(ka_verdictlook_clear(tmptree, &was_there), KA_ERR_SYS);
	assert_int_equal(access(table, F_OK), 0);
}

static void clear__whatever_is_there__gone(void **state)
{
	struct ka_vetanswer got;
	struct ka_verdictkey key = verdictsample_key(0);
	bool was_there;

	(void)state;
	assert_int_equal(ka_verdictlook_clear(tmptree, &was_there), KA_ERR_OK);
	assert_false(was_there);
	keep(key);
	assert_int_equal(ka_verdictlook_clear(tmptree, &was_there), KA_ERR_OK);
	assert_true(was_there);
	assert_int_equal(access(table, F_OK), -1);
	assert_false(ka_verdicts_get(tmptree, &key, &got));
	assert_int_equal(symlink("/etc/passwd", table), 0);
	assert_int_equal(ka_verdictlook_clear(tmptree, &was_there), KA_ERR_OK);
	assert_int_equal(access("/etc/passwd", F_OK), 0);
	assert_int_equal(mkdir(table, 0700), 0);
	assert_int_equal(ka_verdictlook_clear(tmptree, &was_there), KA_ERR_SYS);
	assert_int_equal(rmdir(table), 0);
	keep(key);
	assert_true(ka_verdicts_get(tmptree, &key, &got));
}

int main(void)
{
#define IN_DIR(f) cmocka_unit_test_setup_teardown(f, make_dir, tmptree_remove)
	const struct CMUnitTest tests[] = {
		IN_DIR(look__table__counted),
		IN_DIR(look__what_the_command_does_not_believe__unusable),
		IN_DIR(look__directory__absent_or_open_is_a_fault),
		IN_DIR(clear__whatever_is_there__gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
