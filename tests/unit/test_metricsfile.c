/* metrics/metricsfile: whole or not at all, and no temporary left. */
#include "keyaudit/metrics/metricsfile.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/poison.h"

static char dir[] = "/tmp/ka-metricsfile-XXXXXX";

static void put__replaces_whole(void **state)
{
	char got[16] = "";
	struct stat st;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(chdir(dir), 0);
	/* what a killed one left is somebody's link now: never written through */
	assert_int_equal(symlink("victim", "a.prom.keyaudit-new"), 0);
	assert_int_equal(ka_metricsfile_put("a.prom", ka_span_of("long text\n"), 0644), KA_ERR_OK);
	assert_int_equal(ka_metricsfile_put("a.prom", ka_span_of("new\n"), 0644), KA_ERR_OK);
	assert_int_equal(lstat("victim", &st), -1);
	assert_int_equal(lstat("a.prom.keyaudit-new", &st), -1);
	assert_int_equal(lstat("a.prom", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	fd = open("a.prom", O_RDONLY | O_CLOEXEC);
	assert_int_equal(read(fd, got, sizeof(got)), 4);
	assert_memory_equal(got, "new\n", 4);
	close(fd);
	assert_int_equal(ka_metricsfile_put("none/a.prom", ka_span_of("x"), 0644), KA_ERR_SYS);
	assert_int_equal(unlink("a.prom"), 0);
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(put__replaces_whole) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
