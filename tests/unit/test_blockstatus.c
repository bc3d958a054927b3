/* keyaudit/blocklist/blockstatus: the judge's word for each list, and what only a look at all of it finds. */
#include "keyaudit/blocklist/blockstatus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "tests/unit/lib/blocksample.h"
#include "tests/unit/lib/caught.h"
#include "tests/unit/lib/tmptree.h"

#include "base/poison.h"

static struct ka_blocklist list;

static const char *show(const char *path, bool json)
{
	const int64_t now = (int64_t)time(NULL);
	struct ka_blockstatus_row row;
	struct ka_out screen;

	ka_blocklist_open(&(struct ka_blocklist_policy){ .paths = path }, now, &list);
	ka_blockstatus_look(&list, 0, &row);
	caught_begin();
	ka_out_init(&screen, stdout, KA_OUT_NEVER);
	if (json)
		ka_blockstatus_json(&row, row.written + 60);
	else
		ka_blockstatus_text(&screen, &row, row.written + 3600 * 5);
	caught_end();
	ka_blocklist_close(&list);
	return caught_out;
}

static void status__good_list__records_lists_age(void **state)
{
	KA_AUTOFREE uint8_t *records = blocksample_fill(90);
	const char *path = blocksample_write("list", records, 90 * KA_BLOCKFILE_RECORD);

	(void)state;
	assert_non_null(strstr(show(path, false), "/list  90 records of 3 lists, written 5 hours ago\n"));
	assert_non_null(strstr(show(path, true), "\"records\":90,\"lists\":3,\"written\":"));
	assert_non_null(strstr(caught_out, "\"age\":60}"));
	assert_null(strstr(caught_out, "reason"));
}

static void status__missing_or_out_of_order__said(void **state)
{
	KA_AUTOFREE uint8_t *records = blocksample_fill(90);

	(void)state;
	assert_non_null(strstr(show("/nonexistent/list", false), "data.missing: "));
	/* two records far from where anybody looks have changed places */
	for (size_t k = 0; k < KA_BLOCKFILE_RECORD; k++) {
		uint8_t t = records[k];

		records[k] = records[KA_BLOCKFILE_RECORD + k];
		records[KA_BLOCKFILE_RECORD + k] = t;
	}
	assert_non_null(strstr(show(blocksample_write("list", records, 90 * KA_BLOCKFILE_RECORD), true),
			       "\"reason\":\"data.invalid\",\"detail\":\"its records are not in ascending order\""));
	assert_non_null(strstr(show(blocksample_write("list", records, 17), false), "data.invalid: its size is no multiple of 16"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(status__good_list__records_lists_age, tmptree_make, tmptree_remove),
		cmocka_unit_test_setup_teardown(status__missing_or_out_of_order__said, tmptree_make, tmptree_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
