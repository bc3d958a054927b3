/* keyaudit log stats, whole: options, exit statuses and what is printed. */
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

#define RUN(...) CAUGHT(ka_cmd_log_stats, "stats", "--trail", logplace_trail, __VA_ARGS__)

static void stats__answers__table(void **state)
{
	(void)state;
	assert_int_equal(RUN("--nonsense"), KA_EXIT_USAGE);
	assert_int_equal(RUN("--top", "x"), KA_EXIT_USAGE);
	assert_int_equal(RUN("--top"), KA_EXIT_USAGE);
	assert_int_equal(RUN("--reason", "nonsense"), KA_EXIT_UNKNOWN);
	assert_int_equal(RUN("--help"), KA_EXIT_FINE);
	assert_int_equal(RUN("--json"), KA_EXIT_FINE);
	assert_string_equal(caught_out, "{\"schema\":\"keyaudit.stats/1\",\"events\":3,\"success\":1,\"failure\":1,\"unknown\":0,"
				     "\"reasons\":[{\"name\":\"perm.wrong-owner\",\"count\":1}],"
				     "\"users\":[{\"name\":\"alice\",\"count\":1},{\"name\":\"bob\",\"count\":1}],"
				     "\"clients\":[],\"hours\":[{\"name\":\"10\",\"count\":3}]}\n");
	assert_int_equal(RUN("--top=1"), KA_EXIT_FINE);
	assert_non_null(strstr(caught_out, "3 events: 1 with success, 1 failures, 0 of unknown outcome\n"));
	assert_non_null(strstr(caught_out, "         1  alice\n            and 1 other\n"));
	assert_int_equal(RUN("--user", "bob", "--json"), KA_EXIT_FINE);
	assert_non_null(strstr(caught_out, "\"events\":1,"));
	unlink(logplace_trail);
	assert_int_equal(CAUGHT(ka_cmd_log_stats, "stats", "--trail", logplace_trail), KA_EXIT_UNDECIDED);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test_setup_teardown(stats__answers__table, logplace_setup, logplace_teardown) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
