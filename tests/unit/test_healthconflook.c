/* health/healthconflook in a root of the test's own: files with their sums, what is refused, and who is editing. Needs such a root. */
#include "keyaudit/health/healthconflook.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

#define PATH "/etc/keyaudit/keyaudit.conf"
#define LOCAL "[lookup]\nsources = local\n[source local]\ntype = file\npath = /etc/keyaudit/keys.d/%u\n"

static struct ka_healthconf *seen;
static struct ka_conf *conf;

static int make(void **state)
{
	(void)state;
	seen = calloc(1, sizeof(*seen));
	conf = calloc(1, sizeof(*conf));
	trustroot_dir("/etc", 0755, 0);
	trustroot_dir("/etc/keyaudit", 0755, 0);
	trustroot_dir("/etc/keyaudit/conf.d", 0755, 0);
	trustroot_file(PATH, 0644, 0, LOCAL);
	trustroot_file("/etc/keyaudit/conf.d/a.conf", 0644, 0, "# a\n");
	trustroot_file("/etc/keyaudit/conf.d/.b.conf", 0644, 0, "# no\n");
	trustroot_file("/etc/keyaudit/conf.d/c.txt", 0644, 0, "# no\n");
	return seen == NULL || conf == NULL;
}

static void look(void)
{
	assert_int_equal(ka_healthconflook(PATH, conf, seen), KA_ERR_OK);
}

static void look__files__with_their_sums(void **state)
{
	(void)state;
	look();
	assert_int_equal(seen->reason, KA_REASON_NONE);
	assert_true(seen->is_listed && seen->is_editing); /* they were made just now */
	assert_int_equal(seen->files, 2);
	assert_string_equal(seen->file[0].path, PATH);
	assert_string_equal(seen->file[1].path, "/etc/keyaudit/conf.d/a.conf");
	assert_string_equal(seen->file[1].sha256, "fd99dedae7c3f7532f8a65d60f811a05dc9dc3e1c5936b0c554c98aafdad8c10");
	assert_int_equal(seen->file[1].mode & 07777, 0644);
	assert_int_equal(seen->sources, 0); /* key files need nothing */
}

static void look__a_moment_later__nobody_edits(void **state)
{
	(void)state;
	usleep(KA_HEALTH_EDIT_US + 50000);
	look();
	assert_false(seen->is_editing);
}

static void look__open_to_others__refused_and_not_read(void **state)
{
	(void)state;
	assert_int_equal(chmod(PATH, 0664), 0);
	look();
	assert_int_equal(seen->reason, KA_REASON_CONF_UNSAFE);
	assert_string_equal(seen->why.path, PATH);
	assert_int_equal(seen->files, 2);
	assert_string_equal(seen->file[0].sha256, "");
	assert_int_equal(chmod(PATH, 0644), 0);
	assert_int_equal(chmod("/etc/keyaudit", 0777), 0);
	look();
	assert_int_equal(seen->reason, KA_REASON_CONF_UNSAFE);
	assert_int_equal(chmod("/etc/keyaudit", 0755), 0);
	look();
	assert_int_equal(seen->reason, KA_REASON_NONE);
}

static void look__nothing_there__invalid(void **state)
{
	(void)state;
	assert_int_equal(rename(PATH, PATH ".away"), 0);
	look();
	assert_int_equal(seen->reason, KA_REASON_CONF_INVALID);
	assert_int_equal(seen->files, 1);
	assert_int_equal(rename(PATH ".away", PATH), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(look__files__with_their_sums),
		cmocka_unit_test(look__a_moment_later__nobody_edits),
		cmocka_unit_test(look__open_to_others__refused_and_not_read),
		cmocka_unit_test(look__nothing_there__invalid),
	};
	int failed = trustroot_run(tests, make);

	free(seen);
	free(conf);
	return failed;
}
