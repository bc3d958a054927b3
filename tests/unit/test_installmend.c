/* keyaudit/installmend: cures that a shell reads as they were meant, or a sentence. */
#include "keyaudit/doctor/installmend.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static struct ka_install_item item;

static void mend(const char *path, bool twice)
{
	const char *const first[] = { "chown", "root:root", "--", path, NULL };
	const char *const second[] = { "chmod", "go-w", "--", path, NULL };

	memset(&item, 0xff, sizeof(item));
	ka_installmend_run(&item, first, twice ? second : NULL);
}

static void assert_by_hand(void)
{
	assert_true(item.is_prose);
	assert_string_equal(item.mend, "by hand: the path cannot stand in a command as it is");
}

static void run__plain_and_odd_paths__stand_as_a_shell_reads_them(void **state)
{
	(void)state;
	mend("/etc/k", false);
	assert_string_equal(item.mend, "chown root:root -- /etc/k");
	assert_false(item.is_prose);
	mend("/etc/k", true);
	assert_string_equal(item.mend, "chown root:root -- /etc/k && chmod go-w -- /etc/k");
	mend("/etc/a b;$(id)'", false);
	assert_string_equal(item.mend, "chown root:root -- '/etc/a b;$(id)'\\'''");
}

static void run__what_a_terminal_misreads__is_a_sentence(void **state)
{
	(void)state;
	mend("/usr/lib\x1b[2J", true);
	assert_by_hand();
	mend("/usr/\xff", false);
	assert_by_hand();
}

static void run__path_that_does_not_fit__is_never_cut(void **state)
{
	const size_t words = strlen("chown root:root -- "), room = sizeof(item.mend) - 1 - words;
	char path[sizeof(item.mend) + 1];

	(void)state;
	memset(path, 'a', sizeof(path));
	path[0] = '/';
	path[room] = '\0';
	mend(path, false);
	assert_int_equal(strlen(item.mend), sizeof(item.mend) - 1);
	path[room] = 'a';
	path[room + 1] = '\0';
	mend(path, false);
	assert_by_hand();
	path[room / 2] = '\0'; /* one fits, two do not */
	mend(path, false);
	assert_false(item.is_prose);
	mend(path, true);
	assert_by_hand();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(run__plain_and_odd_paths__stand_as_a_shell_reads_them),
		cmocka_unit_test(run__what_a_terminal_misreads__is_a_sentence),
		cmocka_unit_test(run__path_that_does_not_fit__is_never_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
