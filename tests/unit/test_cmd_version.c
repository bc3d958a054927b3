/* keyaudit version: what it says, and that it takes no words. */
#include "keyaudit/cmd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/paths.h"
#include "reason/reason.h"
#include "tests/unit/lib/caught.h"

#include "base/poison.h"

#define VERSION(...) CAUGHT(ka_cmd_version, "version", __VA_ARGS__)

static void version__alone__what_was_built(void **state)
{
	char want[64];

	(void)state;
	assert_int_equal(VERSION(NULL), KA_EXIT_FINE);
	assert_int_equal(strncmp(caught_out, "keyaudit " KA_VERSION "\n", strlen("keyaudit " KA_VERSION "\n")), 0);
	assert_non_null(strstr(caught_out, sodium_version_string()));
	snprintf(want, sizeof(want), "%d known", KA_REASON_COUNT - 1);
	assert_non_null(strstr(caught_out, want));
	assert_non_null(strstr(caught_out, KA_PATH_CONF "\n"));
	assert_non_null(strstr(caught_out, KA_PATH_TRAIL "\n"));
	assert_string_equal(caught_err, "");
}

static void version__words__usage(void **state)
{
	static const char *const words[] = { "x", "--json", "", "-", "a\x1b[2J\nb", "\xff" };

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		assert_int_equal(VERSION(words[i]), KA_EXIT_USAGE);
		assert_string_equal(caught_out, "");
		assert_true(caught_is_plain(caught_err));
		assert_ptr_equal(strchr(caught_err, '\n'), caught_err + strlen(caught_err) - 1);
	}
	assert_int_equal(VERSION("--help"), KA_EXIT_FINE);
	assert_non_null(strstr(caught_out, "examples:"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(version__alone__what_was_built),
		cmocka_unit_test(version__words__usage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
