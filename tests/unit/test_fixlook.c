/* keyaudit/mend/fixlook: the object that was judged is read, whatever its name leads to now. */
#include "keyaudit/mend/fixlook.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/lib/fixplace.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

static struct ka_fixlook look;
static struct ka_fixwalk walk;
static char *bytes;

static int end(void **state)
{
	free(bytes);
	bytes = NULL;
	ka_fixwalk_close(&walk);
	return fixplace_teardown(state);
}

static int begin(void **state)
{
	walk.fd = walk.dir = -1;
	return fixplace_setup(state);
}

static void open_file(void)
{
	if (!trustroot_has_uids())
		skip();
	ka_fixwalk_close(&walk);
	assert_true(ka_fixworld_take("alice", &fixplace.world));
	assert_true(ka_fixwalk_open(FIXPLACE_FILE, NULL, &walk));
}

static void read__after_a_swap__is_still_what_was_judged(void **state)
{
	(void)state;
	open_file();
	assert_int_equal(unlink(FIXPLACE_FILE), 0);
	assert_int_equal(symlink("/etc/shadow", FIXPLACE_FILE), 0);
	assert_int_equal(ka_fixlook_read(&fixplace.world, &walk, &look, &bytes), KA_ERR_OK);
	assert_int_equal(look.errnum, 0);
	assert_int_equal(look.keys.keys, 1);
	assert_int_equal(look.len, strlen(FIXPLACE_KEY " a\n"));
	assert_memory_equal(bytes, FIXPLACE_KEY " a\n", look.len);
}

static void read__with_the_users_rights__unless_it_is_not_the_users(void **state)
{
	(void)state;
	fixplace_file(FIXPLACE_KEY "\n", 0000, ALICE); /* her own, and she may not read it */
	open_file();
	assert_int_equal(ka_fixlook_read(&fixplace.world, &walk, &look, NULL), KA_ERR_OK);
	assert_int_equal(look.errnum, EACCES);
	fixplace_file(FIXPLACE_KEY "\n", 0600, 0);
	open_file();
	assert_int_equal(ka_fixlook_read(&fixplace.world, &walk, &look, NULL), KA_ERR_OK);
	assert_int_equal(look.keys.keys, 1);
}

static void read__what_is_no_file_or_too_long__is_said(void **state)
{
	(void)state;
	open_file();
	assert_int_equal(truncate(FIXPLACE_FILE, KA_FIX_FILE_MAX + 1), 0);
	assert_int_equal(ka_fixlook_read(&fixplace.world, &walk, &look, &bytes), KA_ERR_OK);
	assert_int_equal(look.errnum, EFBIG);
	assert_null(bytes);
	assert_int_equal(unlink(FIXPLACE_FILE), 0);
	assert_int_equal(mkfifo(FIXPLACE_FILE, 0666), 0);
	open_file(); /* it must not hang */
	assert_int_equal(ka_fixlook_read(&fixplace.world, &walk, &look, &bytes), KA_ERR_OK);
	assert_int_equal(look.errnum, EINVAL);
}

static void writer__as_long_as_a_descriptor_is_open(void **state)
{
	int fd;

	(void)state;
	open_file();
	assert_false(ka_fixlook_has_writer(&walk));
	fd = open(FIXPLACE_FILE, O_WRONLY | O_CLOEXEC);
	assert_true(ka_fixlook_has_writer(&walk));
	close(fd);
	fd = open(FIXPLACE_FILE, O_RDONLY | O_CLOEXEC);
	assert_false(ka_fixlook_has_writer(&walk));
	close(fd);
}

#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(read__after_a_swap__is_still_what_was_judged), T(read__with_the_users_rights__unless_it_is_not_the_users),
		T(read__what_is_no_file_or_too_long__is_said), T(writer__as_long_as_a_descriptor_is_open),
	};

	return trustroot_run(tests, fixplace_group);
}
