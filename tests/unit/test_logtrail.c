/* keyaudit/logtrail: which trail, and what is said when there is none. */
#include "keyaudit/log/logtrail.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/paths.h"
#include "keyaudit/screen/exit.h"
#include "tests/unit/lib/caught.h"

#include "base/poison.h"

static void find__no_usable_configuration__the_usual_place_and_said(void **state)
{
	char path[KA_TEXT_PATH_MAX];

	(void)state;
	caught_begin();
	ka_logtrail_find("explain", "/nonexistent/keyaudit.conf", path, sizeof(path));
	caught_end();
	assert_string_equal(path, KA_PATH_TRAIL);
	assert_non_null(strstr(caught_err, "keyaudit explain: no usable configuration ("));
	assert_string_equal(caught_out, "");
}

static int complain(int e, const char *path)
{
	int status;

	caught_begin();
	errno = e;
	status = ka_logtrail_complain("log", path);
	caught_end();
	assert_true(caught_is_plain(caught_err));
	return status;
}

static void complain__by_errno__says_how_to_mend(void **state)
{
	(void)state;
	assert_int_equal(complain(EACCES, "/t"), KA_EXIT_NOPERM);
	assert_non_null(strstr(caught_err, "keyaudit log: /t: no permission"));
	assert_int_equal(complain(ENOENT, "/t"), KA_EXIT_UNDECIDED);
	assert_non_null(strstr(caught_err, "keyaudit collect writes it"));
	assert_int_equal(complain(EINVAL, "/t\x1b[2J"), KA_EXIT_UNDECIDED);
	assert_non_null(strstr(caught_err, "not a regular file"));
	assert_null(strchr(caught_err, '\x1b'));
	assert_int_equal(complain(EIO, "/t"), KA_EXIT_UNDECIDED);
	assert_non_null(strstr(caught_err, "cannot be read"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(find__no_usable_configuration__the_usual_place_and_said),
		cmocka_unit_test(complain__by_errno__says_how_to_mend),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
