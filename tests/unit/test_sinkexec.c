/* sink/sinkexec: real programs of the distribution that take it, refuse it, print for ever; and paths that are not root's. */
#include "keyaudit/sink/sinkexec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/limits.h"

#include "base/poison.h"

static char why[KA_SINK_WHY_MAX];

static enum ka_err run(const char *program)
{
	return ka_sinkexec_run(program, 5000, ka_span_of("a line\n"), why, sizeof(why));
}

static void run__answers(void **state)
{
	int64_t begin = ka_clock_boot_ms();

	(void)state;
	assert_int_equal(run("/usr/bin/true"), KA_ERR_OK);
	assert_string_equal(why, "");
	assert_int_equal(run("/usr/bin/cat"), KA_ERR_OK);
	assert_int_equal(run("/usr/bin/false"), KA_ERR_SYS);
	assert_string_equal(why, "it ended with status 1");
	assert_int_equal(run("/usr/bin/yes"), KA_ERR_LIMIT);
	assert_string_equal(why, "it printed too much and was killed");
	assert_true(ka_clock_boot_ms() - begin < 20000);
	assert_int_equal(run("/nonexistent/program"), KA_ERR_SYS);
	assert_string_equal(why, "it cannot be opened: ENOENT");
	assert_int_equal(run("/etc/passwd"), KA_ERR_SYS);
	assert_string_equal(why, "it cannot be executed: EACCES");
}

static void run__others_could_change_it__never(void **state)
{
	char dir[] = "/tmp/ka-exec-XXXXXX", path[64], want[128];

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/program", dir);
	snprintf(want, sizeof(want), "not root alone can change /tmp");
	assert_int_equal(symlink("/usr/bin/true", path), 0);
	assert_int_equal(run(path), KA_ERR_SYS);
	assert_string_equal(why, want);
	unlink(path);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(run__answers),
		cmocka_unit_test(run__others_could_change_it__never),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
