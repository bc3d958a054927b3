/* keyaudit/mend/fixrun: who may run it, and that a dry run changes nothing. What it does to a login is shown by e2e 540 and 541. */
#include "keyaudit/mend/fixrun.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "keyaudit/screen/exit.h"
#include "tests/unit/lib/fixplace.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

/* a test has no terminal on its standard input */
static void refusal__without_a_terminal__needs_yes(void **state)
{
	struct ka_fixrun_how how = { .yes = false };
	int status = 0, saved = dup(0), null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_true(null < 0 || dup2(null, 0) == 0);
	if (geteuid() != 0)
		skip();
	assert_non_null(strstr(ka_fixrun_refusal(&how, &status), "--yes"));
	assert_int_equal(status, KA_EXIT_USAGE);
	how.yes = true;
	assert_null(ka_fixrun_refusal(&how, &status));
	how = (struct ka_fixrun_how){ .dry_run = true };
	assert_null(ka_fixrun_refusal(&how, &status));
	dup2(saved, 0);
	close(saved);
	if (null >= 0)
		close(null);
}

static void run__dry__changes_nothing_and_keeps_no_note(void **state)
{
	const struct ka_fixrun_how how = { .dry_run = true, .state = FIXPLACE_STATE };
	struct ka_diag_subject subject = { .user = "alice" };
	int out = dup(1), null;

	(void)state;
	fixplace_file(FIXPLACE_KEY "\n", 0666, ALICE);
	ka_fixop_chmod(fixplace_ops(), FIXPLACE_FILE, true, 07755, 0);
	fixplace_plan();
	null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	fflush(stdout);
	dup2(null, 1);
	assert_int_equal(ka_fixrun_user(&how, &subject, &fixplace.d), KA_EXIT_FINDINGS);
	fflush(stdout);
	dup2(out, 1);
	close(out);
	close(null);
	assert_int_equal(fixplace_mode(FIXPLACE_FILE), S_IFREG | 0666);
	assert_int_equal(fixplace_mode(FIXPLACE_STATE "/private"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXPLACE_TEST(refusal__without_a_terminal__needs_yes), FIXPLACE_TEST(run__dry__changes_nothing_and_keeps_no_note),
	};

	return trustroot_run(tests, fixplace_group);
}
