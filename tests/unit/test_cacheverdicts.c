/* cache/cacheverdicts: what is said of the verdicts, and taking them away. The table is a real one of the test's own. */
#include "keyaudit/cache/cacheverdicts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "keyaudit/screen/exit.h"
#include "tests/unit/lib/caught.h"
#include "tests/unit/lib/tmptree.h"
#include "tests/unit/lib/verdictsample.h"
#include "verdict/verdicts.h"

#include "base/poison.h"

static char table[128];

static int make_dir(void **state)
{
	if (tmptree_make(state) != 0)
		return -1;
	return snprintf(table, sizeof(table), "%s/" KA_VERDICTS_TABLE, tmptree) > 0 ? 0 : -1;
}

static void keep(unsigned n)
{
	struct ka_verdictkey key = verdictsample_key(n);
	struct ka_vetanswer a = verdictsample_answer(&key);

	assert_true(ka_verdicts_put(tmptree, &key, &a));
}

static int run(int (*what)(const char *dir, bool json), const char *dir, bool json)
{
	int status;

	caught_begin();
	status = what(dir, json);
	caught_end();
	return status;
}

#define RUN(what, json) run(ka_cacheverdicts_##what, tmptree, (json))

static void status__table__how_many(void **state)
{
	(void)state;
	assert_int_equal(RUN(status, false), KA_EXIT_FINE);
	assert_string_equal(caught_out, "0 verdicts kept, with room for 65536\n");
	assert_int_equal(RUN(status, true), KA_EXIT_FINE);
	assert_string_equal(caught_out, "{\"schema\":\"keyaudit.verdicts/1\",\"state\":\"none\",\"kept\":0,\"damaged\":0,\"room\":65536}\n");
	keep(1);
	assert_int_equal(RUN(status, false), KA_EXIT_FINE);
	assert_string_equal(caught_out, "1 verdict kept, with room for 65536\n");
	keep(2);
	assert_int_equal(RUN(status, true), KA_EXIT_FINE);
	assert_string_equal(caught_out, "{\"schema\":\"keyaudit.verdicts/1\",\"state\":\"table\",\"kept\":2,\"damaged\":0,\"room\":65536}\n");
	assert_string_equal(caught_err, "");
	tmptree_write(KA_VERDICTS_TABLE, "something else, and not a table of verdicts at all, but more than one row of 128 bytes long: "
					 "something else, and not a table of verdicts at all");
	assert_int_equal(RUN(status, false), KA_EXIT_FINE);
	assert_string_equal(caught_out, "0 verdicts kept, with room for 65536; 1 damaged, which count for nothing\n");
}

static void status__not_the_owners_alone__a_finding(void **state)
{
	(void)state;
	keep(1);
	assert_int_equal(chmod(table, 0622), 0);
	assert_int_equal(RUN(status, true), KA_EXIT_FINDINGS);
	assert_string_equal(caught_out, "{\"schema\":\"keyaudit.verdicts/1\",\"state\":\"unusable\",\"kept\":0,\"damaged\":0,\"room\":65536}\n");
	assert_string_equal(caught_err, "keyaudit cache: the table there is not its owner's alone, so it is not used; "
					"mend: keyaudit cache clear --verdicts\n");
	assert_int_equal(RUN(clear, false), KA_EXIT_FINE);
	assert_int_equal(RUN(status, false), KA_EXIT_FINE);
}

static void clear__table__taken_away(void **state)
{
	(void)state;
	assert_int_equal(RUN(clear, false), KA_EXIT_FINE);
	assert_string_equal(caught_out, "0 verdicts taken away\n");
	keep(1);
	assert_int_equal(RUN(clear, false), KA_EXIT_FINE);
	assert_string_equal(caught_out, "1 verdict taken away\n");
	assert_int_equal(access(table, F_OK), -1);
	keep(1);
	keep(2);
	assert_int_equal(RUN(clear, true), KA_EXIT_FINE);
	assert_string_equal(caught_out, "{\"schema\":\"keyaudit.cache-edit/1\",\"action\":\"clear\",\"done\":2,\"busy\":0,\"failed\":0}\n");
	assert_int_equal(access(table, F_OK), -1);
}

static void verdicts__directory_is_wrong__is_said(void **state)
{
	(void)state;
	assert_int_equal(run(ka_cacheverdicts_status, "/nowhere", false), KA_EXIT_UNDECIDED);
	assert_string_equal(caught_err, "keyaudit cache: /nowhere: ENOENT; mend: systemd-tmpfiles --create keyaudit.conf\n");
	assert_int_equal(run(ka_cacheverdicts_clear, "/nowhere", true), KA_EXIT_UNDECIDED);
	assert_string_equal(caught_out, "");
	assert_int_equal(chmod(tmptree, 0777), 0);
	assert_int_equal(RUN(clear, false), KA_EXIT_UNDECIDED);
	assert_non_null(strstr(caught_err, "keyaudit cache: others than its owner may write in /tmp/"));
	assert_int_equal(chmod(tmptree, 0700), 0);
}

static int status_of_tree(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return ka_cacheverdicts_status(tmptree, false);
}

static void verdicts__no_permission__is_said(void **state)
{
	static const char *const none[] = { NULL };

	(void)state;
	if (geteuid() != 0) {
		print_message("skipped: not root\n");
		skip();
	}
	assert_int_equal(caught_verb_of(caught_as_nobody, status_of_tree, "cache", none), KA_EXIT_NOPERM);
	assert_ptr_equal(strstr(caught_err, "keyaudit cache: permission denied: /tmp/"), caught_err);
}

int main(void)
{
#define IN_DIR(f) cmocka_unit_test_setup_teardown(f, make_dir, tmptree_remove)
	const struct CMUnitTest tests[] = {
		IN_DIR(status__table__how_many),
		IN_DIR(status__not_the_owners_alone__a_finding),
		IN_DIR(clear__table__taken_away),
		IN_DIR(verdicts__directory_is_wrong__is_said),
		IN_DIR(verdicts__no_permission__is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
