/* keyaudit/blocklist/blocksay: a complaint names its subject, whose bytes move no cursor. */
#include "keyaudit/blocklist/blocksay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/lib/caught.h"

#include "base/poison.h"

static void say__stranger_s_text__escaped(void **state)
{
	int status;

	(void)state;
	caught_begin();
	status = ka_blocksay("https://x/\x1b[2J", "it is torn", 3);
	caught_end();
	assert_int_equal(status, 3);
	assert_string_equal(caught_err, "keyaudit blocklist: https://x/\\x1b[2J: it is torn\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(say__stranger_s_text__escaped) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
