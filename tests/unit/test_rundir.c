/* keyaudit/rundir: what the folders must be. */
#include "keyaudit/case/rundir.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/lib/runplace.h"

#include "base/poison.h"

static enum ka_err reopen(void)
{
	ka_rundir_close(&runplace.r);
	return ka_rundir_open_at(&runplace.r, runplace.path, geteuid(), getegid(), runplace.why, sizeof(runplace.why));
}

static void open__wrong_mode_or_missing__names_path_and_mend(void **state)
{
	struct ka_rundir other;

	(void)state;
	assert_int_equal(ka_rundir_open_at(&other, "/tmp/ka-is-not-there", 0, 0, runplace.why, sizeof(runplace.why)), KA_ERR_SYS);
	assert_non_null(strstr(runplace.why, "/tmp/ka-is-not-there is missing; mend: systemd-tmpfiles"));
	assert_int_equal(fchmodat(runplace.r.run, "spool", 0777, 0), 0);
	assert_int_equal(reopen(), KA_ERR_SYNTAX);
	assert_non_null(strstr(runplace.why, "/spool must be root:_keyaudit with mode 0730"));
	assert_int_equal(fchmodat(runplace.r.run, "spool", 0730, 0), 0);
	assert_int_equal(fchmodat(runplace.r.run, "done", 0755, 0), 0);
	assert_int_equal(reopen(), KA_ERR_SYNTAX);
	assert_non_null(strstr(runplace.why, "/done must be root's with mode 0700"));
	assert_int_equal(fchmodat(runplace.r.run, "done", 0700, 0), 0);
	assert_int_equal(fchmod(runplace.r.run, 0777), 0);
	assert_int_equal(reopen(), KA_ERR_SYNTAX);
	assert_int_equal(chmod(runplace.path, 0700), 0);
	assert_int_equal(reopen(), KA_ERR_OK);
	assert_int_equal(unlinkat(runplace.r.run, "spool", AT_REMOVEDIR), 0);
	assert_int_equal(reopen(), KA_ERR_SYS);
	assert_int_equal(symlinkat("/tmp", runplace.r.run, "spool"), 0);
	assert_int_equal(reopen(), KA_ERR_SYS);
}

static void lock__held__is_waited_for_and_given_up(void **state)
{
	int first = ka_rundir_lock(&runplace.r), again;

	(void)state;
	assert_true(first >= 0);
	assert_int_equal(ka_rundir_lock(&runplace.r), -1);
	close(first);
	again = ka_rundir_lock(&runplace.r);
	assert_true(again >= 0);
	close(again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUNPLACE_TEST(open__wrong_mode_or_missing__names_path_and_mend),
		RUNPLACE_TEST(lock__held__is_waited_for_and_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
