/* keyaudit/publist: who is to be published, of what two folders hold. */
#include "keyaudit/publish/publist.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/lib/verbplace.h"

#include "base/poison.h"

static struct ka_publist list;
static size_t wrong_count;

static int setup(void **state)
{
	(void)state;
	ka_publist_free(&list);
	wrong_count = 0;
	verbplace_clear();
	verbplace_shell("mkdir from to");
	return 0;
}

static void count_wrong(void *ctx, const char *file)
{
	(void)ctx;
	(void)file;
	wrong_count++;
}

static void read_both(void)
{
	int from = open("from", O_RDONLY | O_DIRECTORY | O_CLOEXEC), to = open("to", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_true(from >= 0 && to >= 0);
	assert_int_equal(ka_publist_sources(&list, from, count_wrong, NULL), KA_ERR_OK);
	assert_int_equal(ka_publist_published(&list, to), KA_ERR_OK);
	ka_publist_merge(&list);
	close(from);
	close(to);
}

static void sources__names_no_user_can_have__are_told_and_left_out(void **state)
{
	(void)state;
	verbplace_shell("cd from && touch alice bob.keys carol.pub ./-x 'two words' a:b ..keys .hidden && mkdir folder");
	read_both();
	assert_int_equal(wrong_count, 3);
	assert_int_equal(list.count, 3);
	assert_string_equal(list.users[0].name, "alice");
	assert_string_equal(list.users[1].name, "bob");
	assert_string_equal(list.users[1].source, "bob.keys");
	assert_string_equal(list.users[2].name, "carol");
	assert_false(list.users[0].old.is_there);
}

static void published__only_documents_of_users(void **state)
{
	(void)state;
	verbplace_shell("cd to && touch alice.keys index revoked robots.txt .keys ./-x.keys bob");
	read_both();
	assert_int_equal(list.count, 1);
	assert_string_equal(list.users[0].name, "alice");
	assert_null(list.users[0].source);
	assert_true(list.users[0].old.is_there);
}

static void merge__one_user__of_all_that_there_is(void **state)
{
	(void)state;
	verbplace_shell("touch from/alice.pub from/alice from/bob.keys to/alice.keys to/carol.keys to/bob.keys");
	read_both();
	assert_int_equal(list.count, 3);
	assert_string_equal(list.users[0].source, "alice"); /* in byte order, wherever it lay in the directory */
	assert_string_equal(list.users[0].rival, "alice.pub");
	assert_true(list.users[0].old.is_there);
	assert_string_equal(list.users[1].source, "bob.keys");
	assert_null(list.users[1].rival);
	assert_true(list.users[1].old.is_there);
	assert_null(list.users[2].source);
	assert_string_equal(list.users[2].name, "carol");
}

static void merge__nothing__is_nothing(void **state)
{
	(void)state;
	read_both();
	assert_int_equal(list.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(sources__names_no_user_can_have__are_told_and_left_out, setup),
		cmocka_unit_test_setup(published__only_documents_of_users, setup),
		cmocka_unit_test_setup(merge__one_user__of_all_that_there_is, setup),
		cmocka_unit_test_setup(merge__nothing__is_nothing, setup),
	};
	int failed = cmocka_run_group_tests(tests, verbplace_begin, verbplace_end);

	ka_publist_free(&list);
	return failed;
}
