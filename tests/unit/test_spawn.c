/* base/spawn: real programs, deadlines, caps. */
#include "base/spawn.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "base/clock.h"

#include "base/poison.h"

static enum ka_err sh(const char *script, const char *input, size_t max, int ms, struct ka_spawn_out *out)
{
	const char *argv[] = { "/bin/sh", "-c", script, NULL };
	struct ka_spawn what = { .argv = argv, .input = input, .input_len = input ? strlen(input) : 0,
				 .output_max = max, .deadline_ms = ms };

	return ka_spawn_run(&what, out);
}

static void run__output_and_status__are_returned(void **state)
{
	struct ka_spawn_out out;

	(void)state;
	assert_int_equal(sh("cat; echo err >&2; exit 3", "hello", 100, 5000, &out), KA_ERR_OK);
	assert_string_equal(out.output, "hello");
	assert_int_equal(WEXITSTATUS(out.status), 3);
	free(out.output);
}

static void run__environment__is_clean(void **state)
{
	struct ka_spawn_out out;

	(void)state;
	setenv("KA_SECRET", "1", 1);
	assert_int_equal(sh("echo $KA_SECRET; pwd; ls /proc/self/fd | wc -l", NULL, 100, 5000, &out), KA_ERR_OK);
	assert_string_equal(out.output, "\n/\n4\n");
	free(out.output);
}

static void run__too_much__is_limit(void **state)
{
	struct ka_spawn_out out;

	(void)state;
	assert_int_equal(sh("while :; do echo yyyyyyyyyyyyyyyyy; done", NULL, 1000, 5000, &out), KA_ERR_LIMIT);
	assert_null(out.output);
}

static void run__front_is_enough__is_kept_and_the_rest_not_waited_for(void **state)
{
	const char *argv[] = { "/bin/sh", "-c", "echo first; while :; do echo more; done", NULL };
	struct ka_spawn what = { .argv = argv, .output_max = 1000, .deadline_ms = 20000, .is_front_enough = true };
	struct ka_spawn_out out;
	int64_t begin = ka_clock_boot_ms();

	(void)state;
	assert_int_equal(ka_spawn_run(&what, &out), KA_ERR_OK);
	assert_true(ka_clock_boot_ms() - begin < 10000);
	assert_int_equal(out.len, 1000);
	assert_memory_equal(out.output, "first\nmore\n", 11);
	assert_int_equal(strlen(out.output), 1000);
	free(out.output);
}

static void run__hanging__is_killed_at_its_deadline(void **state)
{
	struct ka_spawn_out out;
	int64_t begin = ka_clock_boot_ms();

	(void)state;
	assert_int_equal(sh("sleep 30 & sleep 30", NULL, 100, 100, &out), KA_ERR_TIMEOUT);
	assert_true(ka_clock_boot_ms() - begin < 5000);
}

static void run__missing_program__is_status_127(void **state)
{
	const char *argv[] = { "/nonexistent/program", NULL };
	struct ka_spawn what = { .argv = argv, .output_max = 10, .deadline_ms = 5000 };
	struct ka_spawn_out out;

	(void)state;
	assert_int_equal(ka_spawn_run(&what, &out), KA_ERR_OK);
	assert_int_equal(WEXITSTATUS(out.status), 127);
	free(out.output);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(run__output_and_status__are_returned), cmocka_unit_test(run__environment__is_clean),
		cmocka_unit_test(run__too_much__is_limit),
		cmocka_unit_test(run__front_is_enough__is_kept_and_the_rest_not_waited_for), cmocka_unit_test(run__hanging__is_killed_at_its_deadline),
		cmocka_unit_test(run__missing_program__is_status_127),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
