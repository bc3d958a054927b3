/* seal/sealanchor: left in a file or with a program, in bounded time. */
#include "keyaudit/seal/sealanchor.h"

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

#include "lib/sealplace.h"

#include "base/poison.h"

static void leave__file_and_program__get_the_line(void **state)
{
	char setting[600], *here = getcwd(NULL, 0);

	(void)state;
	assert_non_null(here);
	assert_null(ka_sealanchor_leave("", ka_span_of("x\n")));
	assert_true(snprintf(setting, sizeof(setting), "file %s/anchors", here) > 0);
	assert_null(ka_sealanchor_leave(setting, ka_span_of("one\n")));
	assert_null(ka_sealanchor_leave(setting, ka_span_of("two\n")));
	assert_string_equal(verbplace_get("anchors", NULL), "one\ntwo\n");
	verbplace_append("anchors", "{\"torn");
	assert_null(ka_sealanchor_leave(setting, ka_span_of("behind it\n")));
	assert_string_equal(verbplace_get("anchors", NULL), "one\ntwo\n{\"torn\nbehind it\n");
	verbplace_put("anchors", "one\ntwo\n");
	assert_true(snprintf(setting, sizeof(setting), "exec /usr/bin/tee -a %s/anchors", here) > 0);
	assert_null(ka_sealanchor_leave(setting, ka_span_of("three\n")));
	assert_string_equal(verbplace_get("anchors", NULL), "one\ntwo\nthree\n");
	free(here);
}

static void leave__what_cannot_be__says_why(void **state)
{
	(void)state;
	assert_non_null(ka_sealanchor_leave("file /nonexistent/a", ka_span_of("x\n")));
	assert_non_null(ka_sealanchor_leave("file /dev/null", ka_span_of("x\n")));
	assert_non_null(ka_sealanchor_leave("exec /bin/false", ka_span_of("x\n")));
	assert_non_null(ka_sealanchor_leave("exec /nonexistent/a", ka_span_of("x\n")));
	assert_non_null(ka_sealanchor_leave("journal", ka_span_of("no seal\n")));
	assert_non_null(ka_sealanchor_leave("elsewhere /a", ka_span_of("x\n")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leave__file_and_program__get_the_line), cmocka_unit_test(leave__what_cannot_be__says_why),
	};

	return cmocka_run_group_tests(tests, verbplace_begin, verbplace_end);
}
