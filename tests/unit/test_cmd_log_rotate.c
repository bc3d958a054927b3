/* keyaudit log rotate: its words. What it does needs root's own places: tests/e2e/395-rotate.sh and test_trailrotate.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "keyaudit/cmd.h"
#include "keyaudit/screen/exit.h"
#include "tests/unit/lib/caught.h"

#include "base/poison.h"

static void rotate__wrong_words__are_told(void **state)
{
	static const char *const sizes[] = { "", "0", "M", "-1", "1T", "64m", "1.5G", "9223372036854775807K" };

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		assert_int_equal(CAUGHT(ka_cmd_log_rotate, "rotate", "--if-larger", sizes[i], "-c", "/nonexistent"), KA_EXIT_USAGE);
		assert_non_null(strstr(caught_err, "not a size (64M, 1G):"));
	}
	assert_int_equal(CAUGHT(ka_cmd_log_rotate, "rotate", "--if-older=soon"), KA_EXIT_USAGE);
	assert_non_null(strstr(caught_err, "not an age (12h, 7d): \"soon\""));
	assert_int_equal(CAUGHT(ka_cmd_log_rotate, "rotate", "--if-older"), KA_EXIT_USAGE);
	assert_int_equal(CAUGHT(ka_cmd_log_rotate, "rotate", "now"), KA_EXIT_USAGE);
	assert_int_equal(CAUGHT(ka_cmd_log_rotate, "rotate", "--help"), KA_EXIT_FINE);
	assert_true(caught_is_plain(caught_out));
}

/* a file that nobody meant must not be renamed */
static void rotate__no_configuration__nothing_is_renamed(void **state)
{
	(void)state;
	assert_int_equal(CAUGHT(ka_cmd_log, "log", "rotate", "--if-larger=64M", "--if-older", "7d", "-c", "/nonexistent/keyaudit.conf"),
			 KA_EXIT_UNDECIDED);
	assert_non_null(strstr(caught_err, "no usable configuration"));
	assert_non_null(strstr(caught_err, "nothing was renamed"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rotate__wrong_words__are_told), cmocka_unit_test(rotate__no_configuration__nothing_is_renamed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
