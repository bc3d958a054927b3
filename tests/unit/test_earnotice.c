/* keyaudit/earnotice: a change wakes us, and is dealt with. */
#include "keyaudit/ear/earnotice.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/lib/runplace.h"

static bool is_told(const struct ka_earnotice *n)
{
	struct pollfd p = { .fd = n->fd, .events = POLLIN };

	return poll(&p, 1, 0) == 1;
}

static void drain__each_change__is_told_once(void **state)
{
	struct ka_earnotice n;
	int fd;

	(void)state;
	ka_earnotice_open(&n, runplace.path);
	assert_true(n.fd >= 0);
	assert_false(is_told(&n));
	runplace_put(runplace.r.run, "log", "");
	assert_true(is_told(&n));
	ka_earnotice_drain(&n);
	assert_false(is_told(&n));
	fd = openat(runplace.r.run, "log", O_RDONLY);
	ka_earnotice_file(&n, fd);
	runplace_put(runplace.r.run, "log", "line\n");
	assert_true(is_told(&n));
	ka_earnotice_drain(&n);
	assert_int_equal(renameat(runplace.r.run, "log", runplace.r.run, "log.1"), 0);
	assert_true(is_told(&n));
	ka_earnotice_drain(&n);
	runplace_put(runplace.r.run, "log.1", "more\n"); /* still the file that is watched */
	assert_true(is_told(&n));
	ka_earnotice_drain(&n);
	ka_earnotice_file(&n, -1);
	ka_earnotice_drain(&n);
	runplace_put(runplace.r.run, "log.1", "and more\n");
	assert_false(is_told(&n));
	close(fd);
	ka_earnotice_close(&n);
	assert_int_equal(n.fd, -1);
}

static void open__no_folder__is_nobody(void **state)
{
	struct ka_earnotice n;

	(void)state;
	ka_earnotice_open(&n, "/nonexistent");
	assert_int_equal(n.fd, -1);
	ka_earnotice_file(&n, 0);
	ka_earnotice_drain(&n);
	ka_earnotice_close(&n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUNPLACE_TEST(drain__each_change__is_told_once),
		RUNPLACE_TEST(open__no_folder__is_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
