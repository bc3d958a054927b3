/* diag/usergroups against the name service of the machine: root is everywhere. */
#include "diag/usergroups.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static struct ka_usergroups groups;

static void groups__root__has_its_own(void **state)
{
	bool found = false;

	(void)state;
	assert_int_equal(ka_usergroups_look("root", 0, ka_span_of("root"), &groups), KA_ERR_OK);
	assert_true(groups.is_known);
	assert_false(groups.is_cut);
	assert_true(groups.wanted_exists);
	for (size_t i = 0; i < groups.count; i++)
		found = found || strcmp(groups.name[i], "root") == 0;
	assert_true(found);
}

static void groups__no_such_group__is_left_out(void **state)
{
	(void)state;
	assert_int_equal(ka_usergroups_look("no-such-user-here", 4000000000U, ka_span_of("no-such-group"), &groups), KA_ERR_OK);
	assert_int_equal(groups.count, 0);
	assert_false(groups.is_cut);
	assert_false(groups.wanted_exists);
}

static void groups__nothing_wanted__nothing_exists(void **state)
{
	(void)state;
	assert_int_equal(ka_usergroups_look("root", 0, (struct ka_span){ NULL, 0 }, &groups), KA_ERR_OK);
	assert_false(groups.wanted_exists);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(groups__root__has_its_own),
		cmocka_unit_test(groups__no_such_group__is_left_out),
		cmocka_unit_test(groups__nothing_wanted__nothing_exists),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
