/* keyaudit/logshow: every member has its line, and nothing moves the cursor. */
#include "keyaudit/log/logshow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static char *shown(const char *text)
{
	json_t *event = json_loads(text, 0, NULL);
	struct ka_out out;
	char *said = NULL;
	size_t len;
	FILE *f = open_memstream(&said, &len);

	assert_non_null(event);
	assert_non_null(f);
	ka_out_init(&out, f, KA_OUT_NEVER);
	ka_logshow_print(&out, event);
	assert_int_equal(fclose(f), 0);
	json_decref(event);
	return said;
}

static void print__all_shapes__this(void **state)
{
	char *said = shown("{\"message\":\"one \\\\x1b sentence\",\"a\":{\"b\":7,\"c\":[\"x\",\"y\"],\"d\":{}},\"e\":true,\"f\":null,\"g\":[]}");

	(void)state;
	assert_string_equal(said, "one \\x1b sentence\n\n"
				  "message                   one \\x1b sentence\n"
				  "a.b                       7\n"
				  "a.c                       x\n"
				  "a.c                       y\n"
				  "e                         true\n"
				  "f                         null\n");
	free(said);
}

static void print__hostile__is_escaped_and_bounded(void **state)
{
	char *said = shown("{\"message\":\"\\u001b[2J\",\"\\u001bk\":\"\\u202e\\n\",\"d\":{\"d\":{\"d\":{\"d\":{\"d\":{\"d\":{\"d\":{\"deep\":1}}}}}}}}");

	(void)state;
	assert_null(strchr(said, '\x1b'));
	assert_non_null(strstr(said, "\\x1bk"));
	assert_non_null(strstr(said, "\\xe2\\x80\\xae\\x0a\n"));
	assert_null(strstr(said, "deep"));
	assert_non_null(strstr(said, "d.d.d.d.d.d               ...\n"));
	free(said);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(print__all_shapes__this), cmocka_unit_test(print__hostile__is_escaped_and_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
