/* keyaudit/doctor/installdaemon: what a person reads about the sshd that runs. */
#include "keyaudit/doctor/installdaemon.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "diag/sshdplaces.h"

#include "base/poison.h"

#define put(array, text) assert_true(ka_span_copy(ka_span_of(text), (array), sizeof(array)))

static struct ka_daemon d;
static struct ka_sshdconf conf;
static struct ka_sshdplaces places;
static struct ka_install list;

static int make(void **state)
{
	(void)state;
	memset(&d, 0, sizeof(d));
	memset(&list, 0, sizeof(list));
	d.unit = "ssh";
	d.listener = (struct ka_listener){ .is_asked = true, .is_found = true, .pid = 387, .started_us = 50000000 };
	d.ports = (struct ka_ports){ .is_known = true, .count = 4,
				     .ports = { { 80, 1, false }, { 22, 2, true }, { 22, 3, true }, { 2222, 4, true } } };
	assert_true(ka_sshdconf_parse(ka_span_of("usepam yes\nlistenaddress 0.0.0.0:22\n"), &conf));
	ka_sshdplaces_init(&places);
	return 0;
}

static const struct ka_install_item *check(size_t n)
{
	const struct ka_daemonjudge j = { .daemon = &d, .conf = &conf, .places = &places };

	memset(&list, 0, sizeof(list));
	ka_installdaemon_check(&j, &list);
	assert_int_equal(list.count, n);
	return &list.items[n > 0 ? n - 1 : 0];
}

static void runs__pid_ports_and_options(void **state)
{
	(void)state;
	assert_string_equal(check(1)->text, "pid 387, port 22 2222");
	assert_int_equal(list.items[0].state, KA_INSTALL_OK);
	d.listener.args.count = 1;
	put(d.listener.args.text, "-o X=\x1b");
	assert_string_equal(check(1)->text, "pid 387, port 22 2222, with -o X=\\x1b");
	d.listener.args.is_ambiguous = true;
	assert_string_equal(check(1)->text, "not judged: with options that beat what its files say: -o X=\\x1b");
	assert_int_equal(list.items[0].state, KA_INSTALL_WARN);
}

static void does_not_run__why_and_how_to_mend(void **state)
{
	const struct ka_install_item *item;

	(void)state;
	d.listener.is_found = false;
	d.ports.count = 1;
	item = check(1);
	assert_int_equal(item->state, KA_INSTALL_FAIL);
	assert_int_equal(item->reason, KA_REASON_CONN_NOT_RUNNING);
	assert_string_equal(item->text, "ListenAddress 0.0.0.0:22: no sshd runs, and nothing listens there");
	assert_string_equal(item->mend, "systemctl restart ssh");
	ka_sshdconf_default(&conf);
	assert_int_equal(check(0)->state, KA_INSTALL_OK); /* sshd -t was not run: nothing is known */
	d.is_tested = true;
	d.test_status = 1;
	put(d.test, "x \x1b y\n");
	item = check(1);
	assert_string_equal(item->text, "x \\x1b y");
	assert_string_equal(item->mend, "sshd -t says why");
	assert_true(item->is_prose);
}

static void files__younger_than_what_sshd_has_read(void **state)
{
	const struct ka_install_item *item;

	(void)state;
	assert_true(ka_span_copy(ka_span_of("/c/main"), places.text + 1, sizeof(places.text) - 1));
	places.files_count = 1;
	places.files[0] = (struct ka_sshdplace_file){ .path = 1, .changed_us = 70000000 };
	item = check(2);
	assert_int_equal(item->reason, KA_REASON_NONE);
	assert_true(strstr(item->text, "not judged: ") == item->text && strstr(item->text, "/c/main") != NULL);
	d.loaded_us = 60000000;
	item = check(2);
	assert_int_equal(item->reason, KA_REASON_SSHD_CONFIG_STALE);
	assert_int_equal(item->state, KA_INSTALL_WARN);
	assert_string_equal(item->mend, "sshd -t && systemctl reload ssh");
	assert_true(strstr(item->text, ": /c/main") != NULL);
	d.loaded_us = 80000000;
	check(1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(runs__pid_ports_and_options, make),
		cmocka_unit_test_setup(does_not_run__why_and_how_to_mend, make),
		cmocka_unit_test_setup(files__younger_than_what_sshd_has_read, make),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
