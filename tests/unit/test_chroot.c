/* diag/chroot on directories that every machine has. */
#include "diag/chroot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <sys/stat.h>

#include "base/poison.h"

static struct ka_sshdconf conf;
static struct ka_chroot seen;

static void look(const char *value)
{
	char text[256] = "usepam yes\nchrootdirectory ";

	assert_true(ka_span_copy(ka_span_of(value), text + strlen(text), sizeof(text) - strlen(text)));
	assert_true(ka_sshdconf_parse(ka_span_of(text), &conf));
	ka_chroot_look(&conf, "alice", 1001, "/usr", &seen);
}

static void chroot__none__is_not_set(void **state)
{
	(void)state;
	look("none");
	assert_false(seen.is_set);
	look("%q"); /* no token of sshd's: it would not start */
	assert_false(seen.is_set);
	look("relative");
	assert_false(seen.is_set);
}

static void chroot__roots_own__nothing_is_wrong(void **state)
{
	(void)state;
	look("/usr/bin/");
	assert_true(seen.is_set);
	assert_string_equal(seen.wrong, "");
	look("%h/bin");
	assert_string_equal(seen.path, "/usr/bin");
	assert_string_equal(seen.wrong, "");
	look("/");
	assert_string_equal(seen.wrong, "");
}

static void chroot__component_is_open__is_named(void **state)
{
	(void)state;
	look("/tmp/%u-%U%%");
	assert_string_equal(seen.path, "/tmp/alice-1001%");
	assert_string_equal(seen.wrong, "/tmp/");
	assert_int_not_equal(seen.mode & 022, 0);
}

static void chroot__not_there_or_no_directory__is_named(void **state)
{
	(void)state;
	look("/usr/no-such-directory/x");
	assert_string_equal(seen.wrong, "/usr/no-such-directory/");
	assert_int_equal(seen.errnum, ENOENT);
	look("/dev/null");
	assert_string_equal(seen.wrong, "/dev/null");
	assert_false(S_ISDIR(seen.mode));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chroot__none__is_not_set),
		cmocka_unit_test(chroot__roots_own__nothing_is_wrong),
		cmocka_unit_test(chroot__component_is_open__is_named),
		cmocka_unit_test(chroot__not_there_or_no_directory__is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
