/* keyaudit/reportchart: the bars and the table say the same. */
#include "keyaudit/report/reportchart.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static char *text;

static void print(const struct ka_report *r)
{
	size_t size;
	FILE *to;

	free(text);
	text = NULL;
	to = open_memstream(&text, &size);
	assert_non_null(to);
	ka_reportchart_print(to, r);
	assert_int_equal(fclose(to), 0);
}

static void print__nothing__says_so(void **state)
{
	struct ka_report *r = calloc(1, sizeof(*r));

	(void)state;
	assert_non_null(r);
	assert_true(ka_reportsum_begin(r, "2026-08-01T00:00:00Z", "2026-08-10T00:00:00Z"));
	print(r);
	assert_null(strstr(text, "<svg"));
	assert_non_null(strstr(text, "No key was refused"));
	free(r);
}

static void print__two_days__bars_and_rows(void **state)
{
	struct ka_report *r = calloc(1, sizeof(*r));

	(void)state;
	assert_non_null(r);
	assert_true(ka_reportsum_begin(r, "2026-08-01T00:00:00Z", "2026-08-02T00:00:00Z"));
	r->by_day[0][KA_REASON_LINE_WRAPPED] = 3;
	r->by_day[1][KA_REASON_NONE] = 1;
	r->causes[KA_REASON_LINE_WRAPPED].count = 3;
	r->earlier = 9;
	print(r);
	/* four is the full height of 2400: three are 1800, from 800 down */
	assert_non_null(strstr(text, "<rect class=\"s0\" x=\"2275\" y=\"800\" width=\"800\" height=\"1800\"/>"));
	assert_non_null(strstr(text, "<rect class=\"s5\" x=\"6425\" y=\"2000\" width=\"800\" height=\"600\"/>"));
	assert_non_null(strstr(text, "<tr><th scope=\"row\">2026-08-01</th><td class=\"n\">3</td><td class=\"n\">0</td><td class=\"n\">3</td></tr>"));
	assert_non_null(strstr(text, "<tr><th scope=\"row\">2026-08-02</th><td class=\"n\">0</td><td class=\"n\">1</td><td class=\"n\">1</td></tr>"));
	assert_non_null(strstr(text, "</span>others</li>"));
	assert_non_null(strstr(text, "9 refusals are of earlier days"));
	free(r);
}

static void print__the_most_that_counters_hold__no_overflow(void **state)
{
	struct ka_report *r = calloc(1, sizeof(*r));

	(void)state;
	assert_non_null(r);
	assert_true(ka_reportsum_begin(r, "2020-08-01T00:00:00Z", "2026-08-02T00:00:00Z"));
	memset(r->by_day, 0xff, sizeof(r->by_day));
	for (unsigned i = 0; i < KA_REASON_COUNT; i++)
		r->causes[i].count = UINT64_MAX;
	print(r);
	assert_non_null(strstr(text, "</svg>"));
	assert_null(strstr(text, "y=\"-"));
	free(r);
	free(text);
	text = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(print__nothing__says_so),
		cmocka_unit_test(print__two_days__bars_and_rows),
		cmocka_unit_test(print__the_most_that_counters_hold__no_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
