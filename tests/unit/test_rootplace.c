/* diag/rootplace: who may make something of a path. */
#include "diag/rootplace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"

#include "base/poison.h"

static void rootplace__by_the_directories_above(void **state)
{
	char long_path[KA_TEXT_PATH_MAX + 8];

	(void)state;
	assert_true(ka_rootplace_is("/etc/x"));
	assert_true(ka_rootplace_is("/etc/no-such-directory/x"));
	assert_true(ka_rootplace_is("/x"));
	assert_false(ka_rootplace_is("/tmp/x"));   /* anybody may write there */
	assert_false(ka_rootplace_is("/etc/passwd/x"));
	assert_false(ka_rootplace_is("etc/x"));
	assert_false(ka_rootplace_is(""));
	assert_false(ka_rootplace_is("/proc/self/x")); /* a link */
	memset(long_path, 'a', sizeof(long_path));
	long_path[0] = long_path[sizeof(long_path) - 3] = '/';
	long_path[sizeof(long_path) - 1] = '\0';
	assert_false(ka_rootplace_is(long_path));
}

static void rootplace__another_owner_or_mode(void **state)
{
	char dir[] = "/run/ka-rootplace-XXXXXX", path[64];

	(void)state;
	if (geteuid() != 0 || mkdtemp(dir) == NULL)
		skip();
	snprintf(path, sizeof(path), "%s/x", dir);
	assert_true(ka_rootplace_is(path));
	assert_int_equal(chmod(dir, 0775), 0);
	assert_false(ka_rootplace_is(path));
	assert_int_equal(chmod(dir, 0755), 0);
	assert_int_equal(chown(dir, 65534, 0), 0);
	assert_false(ka_rootplace_is(path));
	assert_int_equal(rmdir(dir), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rootplace__by_the_directories_above),
		cmocka_unit_test(rootplace__another_owner_or_mode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
