/* spool/ownfile: a line whole or not at all, and only into a plain file of ours. */
#include "spool/ownfile.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/lib/tmptree.h"

#include "base/poison.h"

enum { MAX = 64 };

static int dir = -1;

static int make(void **state)
{
	if (tmptree_make(state) < 0)
		return -1;
	dir = open(tmptree, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dir < 0 ? -1 : 0;
}

static int drop(void **state)
{
	close(dir);
	return tmptree_remove(state);
}

static enum ka_err append(const char *text)
{
	return ka_ownfile_append(dir, "r", (struct ka_span){ (const uint8_t *)text, strlen(text) }, MAX);
}

/* the file's length, or -1 */
static long size_of(void)
{
	struct stat st;

	return fstatat(dir, "r", &st, AT_SYMLINK_NOFOLLOW) < 0 ? -1 : (long)st.st_size;
}

static void append__new_and_again__one_private_file(void **state)
{
	char text[MAX] = "";
	struct stat st;
	int fd;

	(void)state;
	umask(0);
	assert_int_equal(append("one\n"), KA_ERR_OK);
	assert_int_equal(append("two\n"), KA_ERR_OK);
	assert_int_equal(fstatat(dir, "r", &st, 0), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0600);
	fd = openat(dir, "r", O_RDONLY | O_CLOEXEC);
	assert_int_equal(read(fd, text, sizeof(text)), 8);
	assert_string_equal(text, "one\ntwo\n");
	close(fd);
}

static void append__up_to_the_limit__and_not_a_byte_more(void **state)
{
	char text[MAX + 2];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[MAX - 1] = '\0';
	assert_int_equal(append(text), KA_ERR_OK);
	assert_int_equal(append("\n"), KA_ERR_OK);
	assert_int_equal(append("\n"), KA_ERR_LIMIT);
	assert_int_equal(size_of(), MAX);
}

/* more than fits into any file of that bound: nothing is written */
static void append__longer_than_the_limit__nothing(void **state)
{
	char text[MAX + 2];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[MAX + 1] = '\0';
	assert_int_equal(append(text), KA_ERR_LIMIT);
	assert_true(size_of() <= 0);
}

static void append__link_twin_fifo_folder__left_alone(void **state)
{
	(void)state;
	tmptree_write("other", "kept\n");
	assert_int_equal(symlinkat("other", dir, "r"), 0);
	assert_int_equal(append("x\n"), KA_ERR_SYS);
	assert_int_equal(unlinkat(dir, "r", 0), 0);
	assert_int_equal(linkat(dir, "other", dir, "r", 0), 0); /* a second name: who else writes there? */
	assert_int_equal(append("x\n"), KA_ERR_SYNTAX);
	assert_int_equal(size_of(), 5);
	assert_int_equal(unlinkat(dir, "r", 0), 0);
	assert_int_equal(mkfifoat(dir, "r", 0600), 0);
	assert_int_equal(append("x\n"), KA_ERR_SYS); /* and does not wait for a reader */
	assert_int_equal(unlinkat(dir, "r", 0), 0);
	assert_int_equal(mkdirat(dir, "r", 0700), 0);
	assert_int_equal(append("x\n"), KA_ERR_SYS);
}

static void append__another_owner__left_alone(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	tmptree_write("r", "");
	assert_int_equal(fchownat(dir, "r", 64111, 64111, 0), 0);
	assert_int_equal(append("x\n"), KA_ERR_SYNTAX);
	assert_int_equal(size_of(), 0);
}

/* a write that stops in the middle, as on a full disk: RLIMIT_FSIZE cuts it */
static void append__torn__is_taken_away(void **state)
{
	struct rlimit was, little;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &was), 0);
	little = (struct rlimit){ 10, was.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(append("first\n"), KA_ERR_OK);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
	assert_int_equal(append("second\n"), KA_ERR_SYS);
	assert_int_equal(size_of(), 6);
	assert_int_equal(unlinkat(dir, "r", 0), 0);
	assert_int_equal(append("a first that is too long\n"), KA_ERR_SYS);
	assert_int_equal(size_of(), -1); /* made by us, and nothing whole in it */
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &was), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(append__new_and_again__one_private_file, make, drop),
		cmocka_unit_test_setup_teardown(append__up_to_the_limit__and_not_a_byte_more, make, drop),
		cmocka_unit_test_setup_teardown(append__longer_than_the_limit__nothing, make, drop),
		cmocka_unit_test_setup_teardown(append__link_twin_fifo_folder__left_alone, make, drop),
		cmocka_unit_test_setup_teardown(append__another_owner__left_alone, make, drop),
		cmocka_unit_test_setup_teardown(append__torn__is_taken_away, make, drop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
