/* keyaudit log seal: what can be said without root's places; tests/trail runs the rest. */
#include "keyaudit/cmd.h"

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

#include "lib/caught.h"
#include "lib/verbplace.h"

#include "base/poison.h"

static int seal(const char *a, const char *b)
{
	const char *const args[] = { a, b, NULL };

	return caught_verb(ka_cmd_log_seal, "seal", args);
}

static void seal__words__statuses(void **state)
{
	(void)state;
	assert_int_equal(seal("--help", NULL), 0);
	assert_non_null(strstr(caught_out, "--init"));
	assert_int_equal(seal("--wrong", NULL), 2);
	assert_int_equal(seal("stray", NULL), 2);
	assert_int_equal(seal("-c", NULL), 2);
	assert_int_equal(seal("-c", "/nonexistent/keyaudit.conf"), 3);
	assert_non_null(strstr(caught_err, "no usable configuration"));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(seal__words__statuses) };

	return cmocka_run_group_tests(tests, verbplace_begin, verbplace_end);
}
