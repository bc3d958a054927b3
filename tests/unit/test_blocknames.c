/* blocklist/blocknames: a number's name, and nothing that a terminal or an event could stumble over. */
#include "blocklist/blocknames.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/lib/tmptree.h"

#include "base/poison.h"

static char name[KA_BLOCKNAMES_NAME_MAX];

static const char *in(const char *text, uint8_t id)
{
	ka_blocknames_in(ka_span_of(text), id, name);
	return name;
}

static void in__listed_number__its_name(void **state)
{
	static const char text[] = "# ours\n1 debianssl\n\n 2\tkeypair \n99 new\n2 other\n";

	(void)state;
	assert_string_equal(in(text, 1), "debianssl");
	assert_string_equal(in(text, 2), "keypair");
	assert_string_equal(in(text, 99), "new");
	assert_string_equal(in(text, 3), "id3");
	assert_string_equal(in("", 255), "id255");
	assert_string_equal(in("7 last-line.no_end", 7), "last-line.no_end");
}

static void in__what_is_no_name__id(void **state)
{
	static const char *const texts[] = {
		"5", "5 ", "5 two words", "5 \x1b[2J", "5 a/b", "5 \"x\"", "+5 x", "05x x", "261 x", "five x",
		"5 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_string_equal(in(texts[i], 5), "id5");
}

static void read__file_beside_the_list__when_only_its_owner_writes(void **state)
{
	char path[128], names[160];

	(void)state;
	snprintf(path, sizeof(path), "%s/list", tmptree);
	snprintf(names, sizeof(names), "%s.names", path);
	ka_blocknames_read(path, 4, name);
	assert_string_equal(name, "id4");
	tmptree_write("list.names", "4 firmware\n");
	assert_int_equal(chmod(names, 0644), 0);
	ka_blocknames_read(path, 4, name);
	assert_string_equal(name, "firmware");
	assert_int_equal(chmod(names, 0666), 0);
	ka_blocknames_read(path, 4, name);
	assert_string_equal(name, "id4");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in__listed_number__its_name),
		cmocka_unit_test(in__what_is_no_name__id),
		cmocka_unit_test_setup_teardown(read__file_beside_the_list__when_only_its_owner_writes, tmptree_make, tmptree_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
