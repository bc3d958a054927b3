/* keyaudit/doctor/installrotate: logrotate's files in their order, and what the doctor says of them. */
#include "keyaudit/doctor/installrotate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/paths.h"
#include "lib/verbplace.h"

#include "base/poison.h"

#define CONF "etc/logrotate.conf"
#define FOLDER "etc/logrotate.d/"
#define TRAIL "/var/log/keyaudit/audit.jsonl"

static struct ka_install list;

static const struct ka_install_item *check(void)
{
	char root[256];

	assert_non_null(getcwd(root, sizeof(root)));
	memset(&list, 0, sizeof(list));
	ka_installrotate_check(root, TRAIL, &list);
	return list.count > 0 ? &list.items[0] : NULL;
}

static void rotate__copytruncate__a_failure_with_file_and_line(void **state)
{
	const struct ka_install_item *item;

	(void)state;
	verbplace_clear();
	verbplace_shell("mkdir etc");
	assert_null(check());
	verbplace_put(CONF, "weekly\ninclude /etc/logrotate.d\n/var/log/keyaudit/audit.jsonl {\n}\n");
	verbplace_put(FOLDER "b", "/var/log/b {\n copytruncate\n}\n\n" TRAIL " {\n copytruncate\n}\n");
	item = check();
	assert_non_null(item);
	assert_int_equal(list.count, 1);
	assert_int_equal(item->state, KA_INSTALL_FAIL);
	assert_string_equal(item->what, "logrotate");
	assert_non_null(strstr(item->text, "/etc/logrotate.d/b:5: copytruncate, which loses events"));
	assert_non_null(strstr(item->text, TRAIL));
	assert_non_null(strstr(item->mend, "keyaudit-rotate.timer"));
	assert_true(item->is_prose);
}

static void rotate__a_rename__a_warning_but_not_of_seals(void **state)
{
	(void)state;
	verbplace_clear();
	verbplace_shell("mkdir etc");
	verbplace_put(FOLDER "ours", TRAIL " {\n create 0640 root adm\n}\n");
	assert_int_equal(check()->state, KA_INSTALL_WARN);
	assert_non_null(strstr(list.items[0].text, "/etc/logrotate.d/ours:1: renames by itself"));
	verbplace_put(FOLDER "ours", "\n/var/log/keyaudit/*.jsonl {\n}\n");
	(void)check();
	assert_int_equal(list.count, 2);
	assert_int_equal(list.items[1].state, KA_INSTALL_FAIL);
	assert_non_null(strstr(list.items[1].text, "/etc/logrotate.d/ours:2: renames by itself"));
	assert_non_null(strstr(list.items[1].mend, "seals.jsonl"));
}

static void rotate__what_is_before_an_include__has_its_own_file(void **state)
{
	(void)state;
	verbplace_clear();
	verbplace_shell("mkdir etc");
	verbplace_put(FOLDER "a", "/var/log/keyaudit/seals.jsonl {\n}\n");
	verbplace_put(CONF, TRAIL " {\n}\ninclude /etc/logrotate.d/a\n");
	(void)check();
	assert_int_equal(list.count, 2);
	assert_non_null(strstr(list.items[0].text, "/etc/logrotate.conf:1: "));
	assert_non_null(strstr(list.items[1].text, "/etc/logrotate.d/a:1: "));
}

static void rotate__what_logrotate_passes_over__says_nothing(void **state)
{
	(void)state;
	verbplace_clear();
	verbplace_shell("mkdir etc");
	verbplace_put(FOLDER "a.dpkg-old", TRAIL " {\n copytruncate\n}\n");
	verbplace_put(FOLDER ".hidden", TRAIL " {\n copytruncate\n}\n");
	verbplace_put(FOLDER "keyaudit", "/var/log/keyaudit/audit.jsonl-*Z {\n}\n");
	assert_null(check());
}

static void rotate__hostile_files__come_to_an_end(void **state)
{
	(void)state;
	verbplace_clear();
	verbplace_shell("mkdir etc");
	verbplace_put(CONF, "include /etc/logrotate.conf\ninclude /etc\ninclude etc\ninclude /nowhere\n" TRAIL " {\n}\n");
	verbplace_shell("mkfifo etc/a; mkdir -p etc/logrotate.d; head -c 300000 /dev/zero > etc/logrotate.d/big");
	verbplace_shell("n=0; while [ $n -lt 600 ]; do echo 'include /etc' > etc/x$n; n=$((n + 1)); done");
	assert_non_null(check());
	assert_int_equal(list.count, 1);
	/* no room for one more line */
	list.count = KA_INSTALL_CHECKS_MAX;
	ka_installrotate_check(".", TRAIL, &list);
	assert_int_equal(list.count, KA_INSTALL_CHECKS_MAX);
	ka_installrotate_check(".", "no-path", &list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rotate__copytruncate__a_failure_with_file_and_line),
		cmocka_unit_test(rotate__a_rename__a_warning_but_not_of_seals),
		cmocka_unit_test(rotate__what_is_before_an_include__has_its_own_file),
		cmocka_unit_test(rotate__what_logrotate_passes_over__says_nothing), cmocka_unit_test(rotate__hostile_files__come_to_an_end),
	};

	return cmocka_run_group_tests(tests, verbplace_begin, verbplace_end);
}
