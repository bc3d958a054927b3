/* keyaudit log show, whole: options, exit statuses and what is printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "keyaudit/cmd.h"
#include "tests/unit/lib/caught.h"
#include "tests/unit/lib/logplace.h"

#include "base/poison.h"

#define RUN(...) CAUGHT(ka_cmd_log_show, "show", "--trail", logplace_trail, __VA_ARGS__)

static void show__answers__table(void **state)
{
	(void)state;
	assert_int_equal(CAUGHT(ka_cmd_log_show, "show", "--trail", logplace_trail), KA_EXIT_USAGE);
	assert_int_equal(RUN("a", "b"), KA_EXIT_USAGE);
	assert_int_equal(RUN("a", "--nonsense"), KA_EXIT_USAGE);
	assert_int_equal(RUN("--help"), KA_EXIT_FINE);
	assert_int_equal(RUN("fi7"), KA_EXIT_UNKNOWN);
	assert_non_null(strstr(caught_err, "no such event"));
	assert_int_equal(RUN("fi7v"), KA_EXIT_FINE);
	assert_non_null(strstr(caught_out, "no key worked\n\n"));
	assert_non_null(strstr(caught_out, "user.name                 alice\n"));
	assert_null(strstr(caught_out, "bob"));
	assert_int_equal(RUN("asm6lelb"), KA_EXIT_FINE);
	assert_non_null(strstr(caught_out, "alice"));
	assert_non_null(strstr(caught_out, "bob"));
	assert_int_equal(RUN("--json", "g"), KA_EXIT_FINE);
	assert_int_equal(strcspn(caught_out, "\n"), strcspn(logplace_text, "\n"));
	assert_memory_equal(caught_out, logplace_text, strlen(caught_out));
	unlink(logplace_trail);
	assert_int_equal(RUN("fi7v"), KA_EXIT_UNDECIDED);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test_setup_teardown(show__answers__table, logplace_setup, logplace_teardown) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
