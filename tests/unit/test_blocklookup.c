/* keyaudit/blocklist/blocklookup: the built-in table and the lists, by the judge's rules. */
#include "keyaudit/blocklist/blocklookup.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "tests/unit/lib/blocksample.h"
#include "tests/unit/lib/caught.h"
#include "tests/unit/lib/keysample.h"
#include "tests/unit/lib/tmptree.h"

#include "base/poison.h"

#define VAGRANT "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIN1YdxBpNlzxDqfJyw/QKow1F+wvG9hXGoqiysfJOn5Y"
#define NOBODY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIXJUbPxXg2Wy8CdMbW+kVYMPvNaie1XD+C1QQtikat9"

static struct ka_blocklist list;
static struct ka_blocklookup found;

static const char *ask(const char *paths, const char *line, bool json)
{
	enum ka_err err;

	ka_blocklist_open(&(struct ka_blocklist_policy){ .paths = paths }, (int64_t)time(NULL), &list);
	found = (struct ka_blocklookup){ .lists = &list, .json = json };
	caught_begin();
	err = ka_blocklookup_line(&found, ka_span_of(line));
	caught_end();
	ka_blocklist_close(&list);
	assert_int_equal(err, KA_ERR_OK);
	return caught_out;
}

static void lookup__built_in__named(void **state)
{
	(void)state;
	assert_non_null(strstr(ask("", VAGRANT, false), " listed: key.known-compromised (Vagrant's insecure key)\n"));
	assert_int_equal(found.listed, 1);
	assert_non_null(strstr(ask("", "restrict " VAGRANT " box", true), "\"listed\":true,\"reasons\":[{\"reason\":\"key.known-compromised\""));
	assert_string_equal(ask("", "# no key", false), "");
	assert_int_equal(found.keys, 0);
}

static void lookup__list__asked_and_its_absence_said(void **state)
{
	static uint8_t storage[KA_BLOB_MAX];
	static struct ka_keyline line;
	const char *path;

	(void)state;
	assert_non_null(strstr(ask("", NOBODY, false), " not listed\n"));
	ka_keyline_parse(ka_span_of(NOBODY), storage, &line);
	path = blocksample_listing("list", &line.key, 9);
	assert_non_null(strstr(ask(path, NOBODY, false), " listed: key.known-compromised (id9)\n"));
	assert_int_equal(found.troubled, 0);
	assert_non_null(strstr(ask("/nonexistent/list", NOBODY, false), " not listed: data.missing (/nonexistent/list)\n"));
	assert_true(found.troubled == 1 && found.listed == 0 && found.keys == 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lookup__built_in__named),
		cmocka_unit_test_setup_teardown(lookup__list__asked_and_its_absence_said, tmptree_make, tmptree_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
