/* diag/sshdask: what sshd is asked, with a make-believe one. */
#include "diag/sshdask.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/poison.h"

static char fake[] = "/tmp/ka-sshd-XXXXXX";

static int make_fake(void **state)
{
	static const char script[] = "#!/bin/sh\n[ \"$1\" != '-?' ] || { echo 'OpenSSH_9.9p1 Ubuntu-1, x' >&2; exit 1; }\n"
				     "echo \"authorizedkeyscommand $*\"\necho strictmodes no\n";
	int fd = mkstemp(fake);

	(void)state;
	if (fd < 0 || write(fd, script, sizeof(script) - 1) < 0 || fchmod(fd, 0755) < 0)
		return -1;
	return close(fd);
}

static int drop_fake(void **state)
{
	(void)state;
	return unlink(fake);
}

static const char *asked(const char *user, const char *address)
{
	static struct ka_sshdconf c;
	struct ka_sshdask ask = { .program = fake, .config = "/etc/x", .user = user, .address = address };

	assert_int_equal(ka_sshdask_conf(&ask, &c), KA_ERR_OK);
	assert_true(c.is_known);
	assert_false(c.strict_modes);
	return c.command;
}

static void ask__user_and_address__are_passed_when_they_are_plain(void **state)
{
	(void)state;
	assert_string_equal(asked("alice", "192.0.2.7"), "-T -f /etc/x -C user=alice,host=192.0.2.7,addr=192.0.2.7");
	assert_string_equal(asked("alice", ""), "-T -f /etc/x -C user=alice");
	assert_string_equal(asked("alice", "2001:db8::1"), "-T -f /etc/x -C user=alice,host=2001:db8::1,addr=2001:db8::1");
	assert_string_equal(asked("alice", "x,user=root"), "-T -f /etc/x -C user=alice");
	assert_string_equal(asked("alice,addr=10.0.0.1", "192.0.2.7"), "-T -f /etc/x");
	assert_string_equal(asked("-x", ""), "-T -f /etc/x");
}

/* what stands on the listener's command line is asked along */
static void ask__options_of_the_listener(void **state)
{
	static struct ka_sshdconf c;
	struct ka_listener_args args = { .count = 2, .options = { { 'o', "UsePAM no" }, { 'p', "99" } } };
	struct ka_sshdask ask = { .program = fake, .config = "/etc/x", .user = "", .address = "", .args = &args };

	(void)state;
	assert_int_equal(ka_sshdask_conf(&ask, &c), KA_ERR_OK);
	assert_string_equal(c.command, "-T -f /etc/x -o UsePAM no -p 99");
	args.count = KA_LISTENER_OPTIONS_MAX;
	ask.user = "alice";
	assert_int_equal(ka_sshdask_conf(&ask, &c), KA_ERR_OK);
	assert_true(c.is_known);
}

static void ask__no_sshd__defaults(void **state)
{
	struct ka_sshdask ask = { .program = "/nonexistent/sshd", .config = "/etc/x", .user = "alice", .address = "" };
	struct ka_sshdconf c;
	char version[64] = "x";

	(void)state;
	assert_int_equal(ka_sshdask_conf(&ask, &c), KA_ERR_OK);
	assert_false(c.is_known);
	assert_int_equal(c.files_count, 2);
	ka_sshdask_version("/nonexistent/sshd", version, sizeof(version));
	assert_string_equal(version, "");
	ka_sshdask_version("sshd", version, sizeof(version)); /* relative: not run */
	assert_string_equal(version, "");
}

static void ask__version__out_of_the_usage_message(void **state)
{
	char version[64];

	(void)state;
	ka_sshdask_version(fake, version, sizeof(version));
	assert_string_equal(version, "OpenSSH_9.9p1 Ubuntu-1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ask__user_and_address__are_passed_when_they_are_plain),
		cmocka_unit_test(ask__options_of_the_listener),
		cmocka_unit_test(ask__no_sshd__defaults),
		cmocka_unit_test(ask__version__out_of_the_usage_message),
	};

	return cmocka_run_group_tests(tests, make_fake, drop_fake);
}
