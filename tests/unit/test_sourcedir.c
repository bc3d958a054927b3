/* source/sourcedir: which names of a directory are taken, in which order, and how many. */
#include "source/sourcedir.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"

#include "base/poison.h"

static char place[32];
static struct ka_sourcedir *got;

static int make(void **state)
{
	(void)state;
	memcpy(place, "/tmp/ka-sourcedir.XXXXXX", 25);
	return mkdtemp(place) == NULL;
}

static int drop(void **state)
{
	KA_AUTOCLOSEDIR DIR *dir = opendir(place);
	struct dirent *entry;

	(void)state;
	while (dir != NULL && (entry = readdir(dir)) != NULL)
		unlinkat(dirfd(dir), entry->d_name, 0);
	return rmdir(place);
}

static void add(const char *name)
{
	char path[512];
	KA_AUTOCLOSE int fd = -1;

	assert_in_range(snprintf(path, sizeof(path), "%s/%s", place, name), 1, sizeof(path) - 1);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
}

/* the names with a blank behind each */
static const char *list(size_t max)
{
	static char text[KA_SOURCE_FILES_MAX * 32];
	KA_AUTOCLOSEDIR DIR *dir = opendir(place);
	size_t len = 0;

	assert_non_null(dir);
	assert_int_equal(ka_sourcedir_list(dir, ".pub", max, got), KA_ERR_OK);
	text[0] = '\0';
	for (size_t i = 0; i < got->count; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%.20s ", got->names[i]);
	return text;
}

static void list__names__in_byte_order_and_with_the_suffix_alone(void **state)
{
	static const char *const names[] = { "b.pub", "a.pub", "Z.pub", "ab.pub", "\xc3\xa4.pub", "a", "pub", ".pub", ".a.pub", "a.pub~",
					     "a.PUB", "x.pub.old", "1.pub" };

	(void)state;
	assert_string_equal(list(256), "");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		add(names[i]);
	assert_string_equal(list(256), "1.pub Z.pub a.pub ab.pub b.pub \xc3\xa4.pub ");
	assert_false(got->has_more);
}

/* whatever the order in which the directory has them */
static void list__more_than_wanted__the_first_ones_and_said(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 40; i++) {
		char name[16];

		assert_true(snprintf(name, sizeof(name), "%02u.pub", i * 27 % 40) > 0);
		add(name);
	}
	assert_string_equal(list(3), "00.pub 01.pub 02.pub ");
	assert_true(got->has_more);
	assert_string_equal(list(1), "00.pub ");
	assert_string_equal(list(0), "");
	assert_true(got->has_more);
	list(39);
	assert_true(got->count == 39 && got->has_more);
	assert_string_equal(got->names[38], "38.pub");
	list(40);
	assert_true(got->count == 40 && !got->has_more);
}

static void list__more_than_the_limit__stays_within_it(void **state)
{
	(void)state;
	for (unsigned i = 0; i < KA_SOURCE_FILES_MAX + 10; i++) {
		char name[16];

		assert_true(snprintf(name, sizeof(name), "%04u.pub", (i * 7919u) % 9973u) > 0);
		add(name);
	}
	list(SIZE_MAX);
	assert_true(got->has_more);
	assert_int_equal(got->count, KA_SOURCE_FILES_MAX);
	for (size_t i = 1; i < got->count; i++)
		assert_true(strcmp(got->names[i - 1], got->names[i]) < 0);
}

static void list__longest_name__whole(void **state)
{
	char name[NAME_MAX + 1];

	(void)state;
	memset(name, 'n', NAME_MAX - 4);
	memcpy(name + NAME_MAX - 4, ".pub", 5);
	add(name);
	list(1);
	assert_string_equal(got->names[0], name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(list__names__in_byte_order_and_with_the_suffix_alone, make, drop),
		cmocka_unit_test_setup_teardown(list__more_than_wanted__the_first_ones_and_said, make, drop),
		cmocka_unit_test_setup_teardown(list__more_than_the_limit__stays_within_it, make, drop),
		cmocka_unit_test_setup_teardown(list__longest_name__whole, make, drop),
	};
	int failed;

	got = malloc(sizeof(*got));
	if (got == NULL)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	free(got);
	return failed;
}
