/* keyaudit/mend/fixwalk: links of root's are followed, anybody else's never; what is seen is the object, not its name. */
#include "keyaudit/mend/fixwalk.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/lib/fixplace.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

static struct ka_fixwalk w;

/* 0 when it was gone to; else why not */
static int go(const char *path)
{
	int errnum;

	if (!trustroot_has_uids())
		skip();
	errnum = ka_fixwalk_open(path, NULL, &w) ? 0 : w.errnum;
	ka_fixwalk_close(&w);
	return errnum;
}

static int begin(void **state)
{
	fixplace_setup(state);
	unlink("/link");
	unlink("/home/alice/link");
	unlink("/tmp/link");
	return 0;
}

static void open__the_plain_way__is_seen(void **state)
{
	(void)state;
	assert_int_equal(go(FIXPLACE_FILE), 0);
	assert_string_equal(w.real, FIXPLACE_FILE);
	assert_string_equal(w.name, "authorized_keys");
	assert_int_equal(w.it.mode, S_IFREG | 0600);
	assert_int_equal(w.parent.uid, ALICE);
	assert_false(w.is_roots);
	assert_int_equal(go("//home/./alice//.ssh/"), 0);
	assert_string_equal(w.name, ".ssh");
	assert_int_equal(go("/etc/passwd"), 0);
	assert_true(w.is_roots);
	assert_int_equal(go("/home/alice/.ssh/none"), ENOENT);
	assert_int_equal(go("/etc/passwd/x"), ENOTDIR);
	assert_false(ka_fixwalk_open("/home/alice/.ssh/none", NULL, &w)); /* where it would lie is known, */
	assert_true(w.fd < 0 && w.dir >= 0 && w.parent.uid == ALICE);
	assert_string_equal(w.name, "none");
	ka_fixwalk_close(&w);
	assert_false(ka_fixwalk_open("/home/alice/.ssh/none/x", NULL, &w)); /* and here it is not */
	assert_true(w.fd < 0 && w.dir < 0 && w.errnum == ENOENT);
}

static void open__paths_that_are_none__table(void **state)
{
	static char deep[KA_TEXT_PATH_MAX * 3];
	static const char *const bad[] = { "", "etc", "/etc/../etc/passwd", "/..", "/" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++)
		if (go(bad[i]) != EINVAL || ka_fixwalk_open(bad[i], NULL, &w) || w.fd >= 0 || w.dir >= 0)
			fail_msg("'%s'", bad[i]);
	memset(deep, 'a', sizeof(deep) - 1);
	deep[0] = '/';
	assert_int_equal(go(deep), EINVAL);
	deep[300] = '\0';
	assert_int_equal(go(deep), ENAMETOOLONG);
}

static void open__links__roots_alone(void **state)
{
	(void)state;
	if (!trustroot_has_uids())
		skip();
	assert_int_equal(symlink("/home", "/link"), 0);
	assert_int_equal(go("/link/alice/.ssh"), 0);
	assert_string_equal(w.real, FIXPLACE_SSH);
	assert_int_equal(go("/link"), ELOOP); /* the last one is never followed ... */
	assert_int_equal(go("/link/."), 0);   /* ... unless it is said to be a directory */
	assert_int_equal(lchown("/link", BOB, BOB), 0);
	assert_int_equal(go("/link/alice/.ssh"), ELOOP);
	/* root's own link, in a place where alice could have put another */
	assert_int_equal(symlink("/etc", "/home/alice/link"), 0);
	assert_int_equal(go("/home/alice/link/passwd"), ELOOP);
	trustroot_dir("/tmp", 01777, 0);
	assert_int_equal(symlink("/etc", "/tmp/link"), 0);
	assert_int_equal(go("/tmp/link/passwd"), ELOOP);
}

static void open__relative_and_endless_links__are_resolved_or_refused(void **state)
{
	(void)state;
	if (!trustroot_has_uids())
		skip();
	assert_int_equal(symlink("home", "/link"), 0);
	assert_int_equal(go("/link/alice"), 0);
	assert_string_equal(w.real, FIXPLACE_HOME);
	assert_int_equal(unlink("/link"), 0);
	assert_int_equal(symlink("link", "/link"), 0);
	assert_int_equal(go("/link/alice"), ELOOP);
	assert_int_equal(unlink("/link"), 0);
	assert_int_equal(symlink("home/../etc", "/link"), 0);
	assert_int_equal(go("/link/passwd"), EINVAL);
}

/* each attack between two looks */
static void again__whatever_was_swapped__is_noticed(void **state)
{
	struct ka_fixstat home;

	(void)state;
	if (!trustroot_has_uids())
		skip();
	assert_true(ka_fixwalk_open(FIXPLACE_HOME, NULL, &w));
	home = w.it;
	ka_fixwalk_close(&w);
	assert_true(ka_fixwalk_open(FIXPLACE_FILE, &home, &w));
	assert_true(w.is_in_home);
	assert_true(ka_fixwalk_again(FIXPLACE_FILE, &home, &w));
	assert_int_equal(chmod(FIXPLACE_FILE, 0644), 0);
	assert_false(ka_fixwalk_again(FIXPLACE_FILE, &home, &w));
	ka_fixwalk_close(&w);
	assert_true(ka_fixwalk_open(FIXPLACE_FILE, &home, &w));
	assert_int_equal(rename(FIXPLACE_FILE, "/home/alice/away"), 0);
	assert_false(ka_fixwalk_again(FIXPLACE_FILE, &home, &w));
	assert_int_equal(symlink("/home/alice/away", FIXPLACE_FILE), 0);
	assert_false(ka_fixwalk_again(FIXPLACE_FILE, &home, &w));
	assert_int_equal(unlink(FIXPLACE_FILE), 0);
	assert_int_equal(rename("/home/alice/away", FIXPLACE_FILE), 0);
	ka_fixwalk_close(&w);
	assert_true(ka_fixwalk_open(FIXPLACE_FILE, &home, &w));
	assert_int_equal(rename(FIXPLACE_SSH, "/home/alice/old"), 0); /* a parent */
	assert_int_equal(symlink("/home/alice/old", FIXPLACE_SSH), 0);
	assert_false(ka_fixwalk_again(FIXPLACE_FILE, &home, &w));
	ka_fixwalk_close(&w);
}

#define T(name) cmocka_unit_test_setup_teardown(name, begin, fixplace_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(open__the_plain_way__is_seen), T(open__paths_that_are_none__table), T(open__links__roots_alone),
		T(open__relative_and_endless_links__are_resolved_or_refused), T(again__whatever_was_swapped__is_noticed),
	};

	return trustroot_run(tests, fixplace_group);
}
