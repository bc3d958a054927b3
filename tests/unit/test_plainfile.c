/* keyaudit/plainfile: only regular files, only so large, and nothing half-written. */
#include "keyaudit/sign/plainfile.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "tests/unit/lib/verbplace.h"

#include "base/poison.h"

static int setup(void **state)
{
	(void)state;
	verbplace_clear();
	return 0;
}

/* the answer, with the bytes compared when there should be some */
static enum ka_plainfile_answer look(const char *name, bool follow, size_t max, const char *expected)
{
	enum ka_plainfile_answer a;
	struct stat st;
	char *bytes;
	size_t len;

	a = ka_plainfile_read(AT_FDCWD, name, follow, max, &bytes, &len, &st);
	if (a != KA_PLAINFILE_READ) {
		assert_null(bytes);
	} else {
		assert_int_equal(len, strlen(expected));
		assert_string_equal(bytes, expected); /* so a NUL is behind it */
		assert_int_equal(st.st_size, len);
	}
	free(bytes);
	return a;
}

static void read__what_is_no_regular_file__is_said(void **state)
{
	(void)state;
	verbplace_put("file", "text\n");
	verbplace_shell("mkdir folder && ln -s file link && ln -s nowhere dangling && mkfifo fifo");
	assert_int_equal(look("absent", false, 100, NULL), KA_PLAINFILE_ABSENT);
	assert_int_equal(look("file/below", false, 100, NULL), KA_PLAINFILE_ABSENT);
	assert_int_equal(look("folder", false, 100, NULL), KA_PLAINFILE_NO_REGULAR);
	assert_int_equal(look("fifo", false, 100, NULL), KA_PLAINFILE_NO_REGULAR); /* and nobody waits for its writer */
	assert_int_equal(look("link", false, 100, NULL), KA_PLAINFILE_NO_REGULAR);
	assert_int_equal(look("dangling", true, 100, NULL), KA_PLAINFILE_ABSENT);
	assert_int_equal(look("link", true, 100, "text\n"), KA_PLAINFILE_READ);
	assert_int_equal(look("file", false, 100, "text\n"), KA_PLAINFILE_READ);
}

static void read__limit__is_exact(void **state)
{
	(void)state;
	verbplace_put("file", "12345");
	verbplace_put("empty", "");
	assert_int_equal(look("file", false, 5, "12345"), KA_PLAINFILE_READ);
	assert_int_equal(look("file", false, 4, NULL), KA_PLAINFILE_TOO_LARGE);
	assert_int_equal(look("empty", false, 4, ""), KA_PLAINFILE_READ);
}

static void write__mode_whatever_the_umask__and_never_over_another(void **state)
{
	mode_t saved = umask(0077);
	struct stat st;

	(void)state;
	assert_int_equal(ka_plainfile_write(AT_FDCWD, "new", ka_span_of("text"), 0644, true), KA_ERR_OK);
	umask(saved);
	assert_string_equal(verbplace_get("new", NULL), "text");
	assert_int_equal(stat("new", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(ka_plainfile_write(AT_FDCWD, "new", ka_span_of("other"), 0644, false), KA_ERR_SYS);
	assert_string_equal(verbplace_get("new", NULL), "text");
	verbplace_shell("ln -s target link");
	assert_int_equal(ka_plainfile_write(AT_FDCWD, "link", ka_span_of("other"), 0644, false), KA_ERR_SYS);
	assert_false(verbplace_has("target"));
}

static void text__every_answer_but_read__has_one(void **state)
{
	(void)state;
	assert_null(ka_plainfile_text(KA_PLAINFILE_READ));
	for (enum ka_plainfile_answer a = KA_PLAINFILE_ABSENT; a <= KA_PLAINFILE_FAILED; a++)
		assert_non_null(ka_plainfile_text(a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(read__what_is_no_regular_file__is_said, setup),
		cmocka_unit_test_setup(read__limit__is_exact, setup),
		cmocka_unit_test_setup(write__mode_whatever_the_umask__and_never_over_another, setup),
		cmocka_unit_test(text__every_answer_but_read__has_one),
	};

	return cmocka_run_group_tests(tests, verbplace_begin, verbplace_end);
}
