/* keyaudit blocklist: its words and its statuses, on the installed configuration of a root of the test's own. */
#include "keyaudit/cmd.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "key/keyline.h"
#include "tests/unit/lib/blocksample.h"
#include "tests/unit/lib/caught.h"
#include "tests/unit/lib/tmptree.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

#define CONF "[lookup]\nsources = local\n[source local]\ntype = file\npath = /etc/keys/%u\n"
#define NOBODY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIXJUbPxXg2Wy8CdMbW+kVYMPvNaie1XD+C1QQtikat9"

#define RUN(...) CAUGHT(ka_cmd_blocklist, "blocklist", __VA_ARGS__, NULL)

static int make(void **state)
{
	static uint8_t storage[KA_BLOB_MAX];
	static struct ka_keyline line;

	(void)state;
	trustroot_dir("/etc", 0755, 0);
	trustroot_dir("/etc/keyaudit", 0755, 0);
	trustroot_dir("/lists", 0755, 0);
	trustroot_dir("/in", 0755, 0);
	trustroot_file(KA_PATH_CONF, 0644, 0, CONF "[policy]\nblocklist = /lists/one\n");
	trustroot_file("/etc/keyaudit/none.conf", 0644, 0, CONF);
	snprintf(tmptree, sizeof(tmptree), "/in");
	ka_keyline_parse(ka_span_of(NOBODY), storage, &line);
	(void)blocksample_listing("list", &line.key, 4);
	return 0;
}

static void words__wrong_ones__usage(void **state)
{
	(void)state;
	assert_int_equal(CAUGHT(ka_cmd_blocklist, "blocklist", NULL), 2);
	assert_int_equal(RUN("delete"), 2);
	assert_int_equal(RUN("update"), 2);
	assert_int_equal(RUN("lookup"), 2);
	assert_int_equal(RUN("status", "x"), 2);
	assert_int_equal(RUN("update", "a", "b"), 2);
	assert_int_equal(RUN("update", "/in/list", "--sum", "ABC"), 2);
	assert_int_equal(RUN("update", "/in/list", "--sum"), 2);
	assert_int_equal(RUN("update", "/in/list", "--force"), 2);
	assert_int_equal(RUN("--help"), 0);
	assert_non_null(strstr(caught_out, "examples:\n"));
}

static void lists__missing_brought_asked(void **state)
{
	(void)state;
	assert_int_equal(RUN("status"), 1);
	assert_non_null(strstr(caught_out, "data.missing"));
	assert_int_equal(RUN("lookup", NOBODY), 3);
	assert_int_equal(RUN("update", "/in/list"), 0);
	assert_non_null(strstr(caught_out, "/lists/one: 1001 records, before that 0; 0 lists with names\nsha256 "));
	assert_int_equal(RUN("status"), 0);
	assert_int_equal(RUN("status", "--json"), 0);
	assert_non_null(strstr(caught_out, "\"records\":1001"));
	assert_int_equal(RUN("lookup", NOBODY), 1);
	trustroot_file("/in/key", 0644, 0, "# keys\n" NOBODY " x\n");
	assert_int_equal(RUN("lookup", "/in/key"), 1);
	trustroot_file("/in/key", 0644, 0, "# none\n");
	assert_int_equal(RUN("lookup", "/in/key"), 4);
	assert_int_equal(RUN("lookup", "/in/absent"), 3);
	assert_int_equal(RUN("update", "/in/list", "--to", "/lists/two", "--json"), 0);
	assert_non_null(strstr(caught_out, "\"path\":\"/lists/two\",\"in_use\":false,\"records\":1001,\"before\":0,"));
	assert_int_equal(RUN("update", "/in/list", "--json"), 0);
	assert_non_null(strstr(caught_out, "\"path\":\"/lists/one\",\"in_use\":true,\"records\":1001,"));
	/* what lies elsewhere is of no use until it is named */
	assert_int_equal(RUN("update", "/in/list", "--to", "/lists/o\x1bne"), 0);
	assert_non_null(strstr(caught_out, "\nthis list is not in use: add \"/lists/o\\x1bne\" to blocklist in [policy]\n"));
	assert_int_equal(RUN("update", "/in/list"), 0);
	assert_null(strstr(caught_out, "in use"));
}

static void lists__none_configured__said(void **state)
{
	(void)state;
	assert_int_equal(RUN("status", "-c", "/etc/keyaudit/none.conf"), 0);
	assert_non_null(strstr(caught_out, "no list is in use"));
	assert_int_equal(RUN("lookup", NOBODY, "-c", "/etc/keyaudit/none.conf"), 0);
	assert_int_equal(RUN("update", "/in/list", "--to", "/lists/three", "-c", "/etc/keyaudit/none.conf"), 0);
	assert_non_null(strstr(caught_out, "no list is in use yet: write \"blocklist = /lists/three\" into [policy]\n"));
	assert_int_equal(RUN("status", "-c", "/etc/keyaudit/absent.conf"), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words__wrong_ones__usage),
		cmocka_unit_test(lists__missing_brought_asked),
		cmocka_unit_test(lists__none_configured__said),
	};

	return trustroot_run(tests, make);
}
