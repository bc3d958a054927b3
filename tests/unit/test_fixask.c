/* keyaudit/mend/fixask: only a clear yes is one. */
#include "keyaudit/mend/fixask.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"

#include "base/poison.h"

static int saved;

/* what is typed is there when the question comes */
static void type(const char *text)
{
	int fds[2];

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	assert_int_equal(write(fds[1], text, strlen(text)), strlen(text));
	close(fds[1]);
	assert_int_equal(dup2(fds[0], 0), 0);
	close(fds[0]);
}

static void answers__table(void **state)
{
	static const struct { const char *typed; enum ka_fixask_answer answer; } rows[] = {
		{ "y\n", KA_FIXASK_YES }, { " Y \n", KA_FIXASK_YES }, { "yes\n", KA_FIXASK_YES }, { "\n", KA_FIXASK_NO }, { "n\n", KA_FIXASK_NO },
		{ "yy\n", KA_FIXASK_NO }, { "yes please\n", KA_FIXASK_NO }, { "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\n", KA_FIXASK_NO },
		{ "q\n", KA_FIXASK_QUIT }, { "", KA_FIXASK_QUIT }, { "y", KA_FIXASK_QUIT } /* the line did not end */,
	};
	FILE *out = fopen("/dev/null", "w");

	(void)state;
	assert_non_null(out);
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		type(rows[i].typed);
		if (ka_fixask(out, "?") != rows[i].answer)
			fail_msg("'%s'", rows[i].typed);
	}
	fclose(out);
}

/* what is typed for the next question stays for it */
static void answers__one_line_each(void **state)
{
	FILE *out = fopen("/dev/null", "w");

	(void)state;
	assert_non_null(out);
	type("y\nq\n");
	assert_int_equal(ka_fixask(out, "?"), KA_FIXASK_YES);
	assert_int_equal(ka_fixask(out, "?"), KA_FIXASK_QUIT);
	assert_false(ka_fixask_can(out)); /* a pipe and a file */
	fclose(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(answers__table), cmocka_unit_test(answers__one_line_each) };
	int failed;

	saved = dup(0);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	dup2(saved, 0);
	return failed;
}
