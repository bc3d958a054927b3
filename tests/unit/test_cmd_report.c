/* keyaudit report: its words, and the file that it leaves. */
#include "keyaudit/cmd.h"

#include <errno.h>
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/verbplace.h"

#include "base/poison.h"

#define LINE "{\"@timestamp\":\"2026-08-05T10:00:00.000000Z\",\"event\":{\"action\":\"ssh-key-refused\",\"code\":\"line.wrapped\"},\"user\":{\"name\":\"al<ice\"}}\n"
#define SPAN "--since", "2026-08-01", "--until", "2026-08-09"

static void report__words__statuses(void **state)
{
	(void)state;
	assert_int_equal(VERBPLACE(ka_cmd_report, "--help", NULL), 0);
	assert_non_null(strstr(verbplace_out, "--html FILE"));
	assert_int_equal(VERBPLACE(ka_cmd_report, NULL), 2);
	assert_int_equal(VERBPLACE(ka_cmd_report, "--html", NULL), 2);
	assert_int_equal(VERBPLACE(ka_cmd_report, "--html", "", NULL), 2);
	assert_int_equal(VERBPLACE(ka_cmd_report, "--html=-", "--since", "soon", NULL), 2);
	assert_int_equal(VERBPLACE(ka_cmd_report, "--html=-", "--until", "soon", NULL), 2);
	assert_int_equal(VERBPLACE(ka_cmd_report, "--html=-", "--since", "2026-08-09", "--until", "2026-08-01", NULL), 2);
	assert_int_equal(VERBPLACE(ka_cmd_report, "--html=-", "stray", NULL), 2);
	assert_int_equal(VERBPLACE(ka_cmd_report, "--html=-", "--trail", "none.jsonl", NULL), 3);
}

static void report__a_file__whole_and_for_few(void **state)
{
	struct stat st;
	glob_t left;
	const char *page;

	(void)state;
	verbplace_put("trail.jsonl", LINE "no event\n");
	verbplace_put("page.html", "the old one");
	assert_int_equal(chmod("page.html", 0666), 0);
	assert_int_equal(VERBPLACE(ka_cmd_report, "--html", "page.html", "--trail", "trail.jsonl", SPAN, NULL), 0);
	assert_int_equal(stat("page.html", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	page = verbplace_get("page.html", NULL);
	assert_non_null(strstr(page, "al&lt;ice"));
	assert_non_null(strstr(page, "1 lines were none"));
	assert_non_null(strstr(page, "</html>\n"));
	assert_int_equal(glob("page.html.*", 0, NULL, &left), GLOB_NOMATCH);
}

static void report__stdout__the_same(void **state)
{
	(void)state;
	verbplace_put("trail.jsonl", LINE);
	assert_int_equal(VERBPLACE(ka_cmd_report, "--html", "-", "--trail", "trail.jsonl", SPAN, NULL), 0);
	assert_non_null(strstr(verbplace_out, "al&lt;ice"));
	assert_false(verbplace_has("-"));
}

static void report__no_place__the_old_page_stays(void **state)
{
	glob_t left;

	(void)state;
	verbplace_put("trail.jsonl", LINE);
	assert_int_equal(VERBPLACE(ka_cmd_report, "--html", "none/page.html", "--trail", "trail.jsonl", SPAN, NULL), 3);
	assert_non_null(strstr(verbplace_err, "could not be written"));
	verbplace_put("folder.html/x", "a folder where the page should be");
	assert_int_equal(VERBPLACE(ka_cmd_report, "--html", "folder.html", "--trail", "trail.jsonl", SPAN, NULL), 3);
	assert_int_equal(glob("folder.html.*", 0, NULL, &left), GLOB_NOMATCH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(report__words__statuses),
		cmocka_unit_test(report__a_file__whole_and_for_few),
		cmocka_unit_test(report__stdout__the_same),
		cmocka_unit_test(report__no_place__the_old_page_stays),
	};

	return cmocka_run_group_tests(tests, verbplace_begin, verbplace_end);
}
