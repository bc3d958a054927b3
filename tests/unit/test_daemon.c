/* diag/daemon: when it was loaded, by its PidFile; and sshd -t, with a make-believe sshd. */
#include "diag/daemon.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/lib/tmptree.h"

#include "base/poison.h"

static struct ka_daemon d;
static struct ka_sshdconf conf;

static void have_pidfile(const char *path)
{
	char text[256];

	snprintf(text, sizeof(text), "usepam yes\npidfile %s\n", path);
	assert_true(ka_sshdconf_parse(ka_span_of(text), &conf));
}

static void loaded__by_the_time_of_the_pidfile(void **state)
{
	const struct timespec at[2] = { { 1700000000, 0 }, { 1700000001, 5000000 } };
	char path[96];

	(void)state;
	snprintf(path, sizeof(path), "%s/sshd.pid", tmptree);
	tmptree_write("sshd.pid", "387\n");
	assert_int_equal(utimensat(-1, path, at, 0), 0);
	have_pidfile(path);
	memset(&d, 0, sizeof(d));
	d.listener.is_found = true;
	d.listener.pid = 387;
	ka_daemon_loaded(&conf, &d);
	assert_int_equal(d.loaded_us, geteuid() == 0 ? 1700000001005000 : 0); /* only root's counts */
	d.listener.pid = 388;
	ka_daemon_loaded(&conf, &d);
	assert_int_equal(d.loaded_us, 0);
	d.listener.pid = 387;
	d.listener.is_found = false;
	ka_daemon_loaded(&conf, &d);
	assert_int_equal(d.loaded_us, 0);
}

static void loaded__no_pidfile__not_known(void **state)
{
	static const char *const texts[] = { "", "x\n", "-387\n", "387 \n", "99999999999999999999999999999999999999999\n" };
	char path[96];

	(void)state;
	memset(&d, 0, sizeof(d));
	d.listener.is_found = true;
	snprintf(path, sizeof(path), "%s/sshd.pid", tmptree);
	have_pidfile(path);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		tmptree_write("sshd.pid", texts[i]);
		d.listener.pid = i == 0 ? 0 : 387;
		ka_daemon_loaded(&conf, &d);
		if (i > 0)
			assert_int_equal(d.loaded_us, 0);
	}
	d.listener.pid = 387;
	have_pidfile("none");
	ka_daemon_loaded(&conf, &d);
	assert_int_equal(d.loaded_us, 0);
	have_pidfile(tmptree);
	ka_daemon_loaded(&conf, &d);
	assert_int_equal(d.loaded_us, 0);
}

static void examine__sshd_does_not_tell__it_is_tested(void **state)
{
	char path[96];

	(void)state;
	snprintf(path, sizeof(path), "%s/sshd", tmptree);
	tmptree_write("sshd", "#!/bin/sh\necho \"$*\" >&2\nexit 255\n");
	assert_int_equal(chmod(path, 0755), 0);
	memset(&d, 0, sizeof(d));
	ka_sshdconf_default(&conf);
	ka_daemon_examine(path, "/etc/x", &conf, &d);
	assert_true(strcmp(d.unit, "ssh") == 0 || strcmp(d.unit, "sshd") == 0);
	assert_true(d.is_tested == (geteuid() == 0));
	if (geteuid() == 0) {
		assert_int_equal(d.test_status, 255);
		assert_string_equal(d.test, "-t -f /etc/x\n");
	}
	memset(&d, 0, sizeof(d));
	conf.is_known = true; /* perhaps from before: without a listener it is tested all the same */
	ka_daemon_examine(path, "/etc/x", &conf, &d);
	assert_true(d.is_tested == (geteuid() == 0));
	memset(&d, 0, sizeof(d));
	d.listener.is_found = true;
	ka_daemon_examine(path, "/etc/x", &conf, &d);
	assert_false(d.is_tested);
	d.listener.is_found = conf.is_known = false;
	ka_daemon_examine("/nonexistent/sshd", "/etc/x", &conf, &d);
	assert_false(d.is_tested);
	ka_daemon_examine("sshd", "/etc/x", &conf, &d);
	assert_false(d.is_tested);
}

static void find__another_configuration__is_not_ours(void **state)
{
	(void)state;
	memset(&d, 0xa5, sizeof(d));
	ka_daemon_find("/nonexistent/sshd_config", &d);
	assert_false(d.listener.is_found || d.is_tested);
	assert_int_equal(d.loaded_us, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(loaded__by_the_time_of_the_pidfile, tmptree_make, tmptree_remove),
		cmocka_unit_test_setup_teardown(loaded__no_pidfile__not_known, tmptree_make, tmptree_remove),
		cmocka_unit_test_setup_teardown(examine__sshd_does_not_tell__it_is_tested, tmptree_make, tmptree_remove),
		cmocka_unit_test(find__another_configuration__is_not_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
