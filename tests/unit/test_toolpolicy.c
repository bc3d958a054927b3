/* keyaudit/toolpolicy: whose policy a verb judges by. On a file system root of the test's own. */
#include "keyaudit/vet/toolpolicy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/paths.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

#define LOCAL "[lookup]\nsources = local\n[source local]\ntype = file\npath = /etc/keyaudit/keys.d/%u\n[policy]\n"

static struct ka_toolpolicy out;

static bool has_root;

static int clean(void **state)
{
	(void)state;
	unlink(KA_PATH_CONF);
	return 0;
}

static void load__nothing_installed__is_the_default(void **state)
{
	(void)state;
	if (!has_root)
		skip();
	assert_int_equal(ka_toolpolicy_load(NULL, &out), KA_ERR_OK);
	assert_true(out.is_default);
	assert_int_equal(out.policy.rsa_min_bits, 2048);
}

static void load__named_but_missing__is_never_the_default(void **state)
{
	(void)state;
	if (!has_root)
		skip();
	assert_int_equal(ka_toolpolicy_load("/etc/other.conf", &out), KA_ERR_SYNTAX);
	assert_non_null(strstr(out.wrong, "/etc/other.conf"));
}

static void load__installed__is_obeyed(void **state)
{
	(void)state;
	if (!has_root)
		skip();
	trustroot_file(KA_PATH_CONF, 0644, 0, LOCAL "rsa_min_bits = 3072\n");
	assert_int_equal(ka_toolpolicy_load(NULL, &out), KA_ERR_OK);
	assert_false(out.is_default);
	assert_int_equal(out.policy.rsa_min_bits, 3072);
	trustroot_file(KA_PATH_DISABLED, 0644, 0, ""); /* stops the command, not the judge */
	assert_int_equal(ka_toolpolicy_load(NULL, &out), KA_ERR_OK);
	assert_int_equal(out.policy.rsa_min_bits, 3072);
	assert_int_equal(unlink(KA_PATH_DISABLED), 0);
}

static void load__relative_path__is_found(void **state)
{
	(void)state;
	if (!has_root)
		skip();
	trustroot_file("/etc/keyaudit/mine.conf", 0644, 0, LOCAL "rsa_min_bits = 4096\n");
	assert_int_equal(chdir("/etc"), 0);
	assert_int_equal(ka_toolpolicy_load("keyaudit/mine.conf", &out), KA_ERR_OK);
	assert_int_equal(out.policy.rsa_min_bits, 4096);
	assert_int_equal(chdir("/"), 0);
}

static void load__broken__says_where(void **state)
{
	(void)state;
	if (!has_root)
		skip();
	trustroot_file(KA_PATH_CONF, 0644, 0, LOCAL "rsa_min_bit = 3072\n");
	assert_int_equal(ka_toolpolicy_load(NULL, &out), KA_ERR_SYNTAX);
	assert_non_null(strstr(out.wrong, KA_PATH_CONF ":7"));
	trustroot_file(KA_PATH_CONF, 0644, 0, LOCAL "types = ssh-ed25518\n");
	assert_int_equal(ka_toolpolicy_load(NULL, &out), KA_ERR_SYNTAX);
	assert_non_null(strstr(out.wrong, "ssh-ed25519"));
	trustroot_file(KA_PATH_CONF, 0666, 0, LOCAL);
	assert_int_equal(ka_toolpolicy_load(NULL, &out), KA_ERR_SYNTAX);
	assert_non_null(strstr(out.wrong, KA_PATH_CONF));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(load__nothing_installed__is_the_default, clean, clean),
		cmocka_unit_test_setup_teardown(load__named_but_missing__is_never_the_default, clean, clean),
		cmocka_unit_test_setup_teardown(load__installed__is_obeyed, clean, clean),
		cmocka_unit_test_setup_teardown(load__relative_path__is_found, clean, clean),
		cmocka_unit_test_setup_teardown(load__broken__says_where, clean, clean),
	};
	int failed;

	/* once: a process can leave its namespace only by ending */
	has_root = trustroot_enter();
	if (has_root) {
		trustroot_dir("/etc", 0755, 0);
		trustroot_dir("/etc/keyaudit", 0755, 0);
	}
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	if (has_root)
		trustroot_leave();
	return failed;
}
