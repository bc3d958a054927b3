/* authkeys-cmd/cmdargs: the command line as sshd builds it, and everything that it never should be. */
#include "authkeys-cmd/cmdargs.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/cursor.h"
#include "base/paths.h"
#include "spool/record.h"

#include "base/poison.h"

static struct ka_cmdargs a;

static void parse(int argc, const char *const *argv)
{
	memset(&a, 0xa5, sizeof(a));
	ka_cmdargs_parse(argc, (char *const *)(uintptr_t)argv, &a);
}

#define PARSE(...) parse((int)KA_ARRAY_LEN(((const char *[]){ "cmd", __VA_ARGS__ })), (const char *[]){ "cmd", __VA_ARGS__, NULL })

#define REFUSED(text, ...) do { PARSE(__VA_ARGS__); assert_non_null(a.wrong); assert_string_equal(a.wrong, text); } while (0)

static void args__no_user__wrong(void **state)
{
	static const char *const none[] = { "cmd", NULL };

	(void)state;
	parse(1, none);
	assert_string_equal(a.wrong, "no user name");
	parse(0, none + 1); /* execve() can do that */
	assert_string_equal(a.wrong, "no user name");
	REFUSED("no user name", "");
	REFUSED("no user name", "-u", "");
	REFUSED("no user name", "-U", "1000", "-H", "/home/alice", "-k", "AAAA");
}

static void args__given_twice__wrong(void **state)
{
	static const char *const letters[] = { "-u", "-U", "-H", "-t", "-f", "-k", "-C", "-c", "-P" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(letters); i++)
		REFUSED("an option is given twice", letters[i], "1", letters[i], "1");
	REFUSED("an option is given twice", "alice", "bob");
	REFUSED("an option is given twice", "alice", "-u", "bob");
	REFUSED("an option is given twice", "-u", "alice", "bob");
	REFUSED("an option is given twice", "-u", "alice", "-H", "", "-H", ""); /* empty counts */
}

static void args__value_missing__wrong(void **state)
{
	static const char *const letters[] = { "-u", "-U", "-H", "-t", "-f", "-k", "-C", "-c", "-P" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(letters); i++)
		REFUSED("an option lacks its value", letters[i]);
	REFUSED("an option lacks its value", "alice", "-k");
}

static void args__unknown__wrong(void **state)
{
	static const char *const unknown[] = { "-", "--", "-x", "-uv", "--user", "-ualice", "-u=alice", "-h", "-\xff", "-K" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(unknown); i++)
		REFUSED("unknown option", unknown[i], "alice");
}

static void args__uid_is_no_number__wrong(void **state)
{
	static const char *const bad[] = { "", " 1", "1 ", "+1", "-1", "0x10", "1a", "4294967295", "4294967296",
					   "18446744073709551616", "%U" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++) {
		REFUSED("-U is no number", "-u", "alice", "-U", bad[i]);
		assert_false(a.has_uid);
		assert_int_equal(a.uid_number, 0);
	}
}

static void args__profile__is_read_or_refused(void **state)
{
	static const char *const bad[] = { "", "Strict", "strict ", "bogus", "-P" };

	(void)state;
	PARSE("alice");
	assert_true(a.wrong == NULL && a.profile == KA_CONF_PROFILE_NONE && a.profile_name == NULL);
	PARSE("-u", "alice", "-P", "strict");
	assert_true(a.wrong == NULL && a.profile == KA_CONF_PROFILE_STRICT);
	PARSE("-P", "sk-only", "-u", "alice");
	assert_true(a.wrong == NULL && a.profile == KA_CONF_PROFILE_SK_ONLY);
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++)
		REFUSED("-P is no profile (default, strict, bsi, fips, sk-only)", "-u", "alice", "-P", bad[i]);
}

static void args__uid__is_read(void **state)
{
	(void)state;
	PARSE("-u", "alice", "-U", "0");
	assert_true(a.wrong == NULL && a.has_uid && a.uid_number == 0);
	PARSE("-u", "alice", "-U", "4294967294");
	assert_true(a.wrong == NULL && a.has_uid && a.uid_number == 4294967294u);
	PARSE("alice");
	assert_false(a.has_uid);
}

static void args__user_alone__everything_else_is_empty(void **state)
{
	(void)state;
	PARSE("alice");
	assert_null(a.wrong);
	assert_string_equal(a.user, "alice");
	assert_false(a.has_key);
	assert_string_equal(a.uid, "");
	assert_string_equal(a.home, "");
	assert_string_equal(a.type, "");
	assert_string_equal(a.fp, "");
	assert_string_equal(a.key, "");
	assert_string_equal(a.c, "");
	assert_string_equal(a.conf, KA_PATH_CONF);
}

static void args__all_of_sshd__each_in_its_place(void **state)
{
	(void)state;
	PARSE("-u", "alice", "-U", "1000", "-H", "/home/alice", "-t", "ssh-ed25519", "-f", "SHA256:x", "-k", "AAAA", "-C", "a 1 b 2",
	      "-c", "/etc/other.conf");
	assert_null(a.wrong);
	assert_string_equal(a.user, "alice");
	assert_string_equal(a.uid, "1000");
	assert_string_equal(a.home, "/home/alice");
	assert_string_equal(a.type, "ssh-ed25519");
	assert_string_equal(a.fp, "SHA256:x");
	assert_string_equal(a.key, "AAAA");
	assert_string_equal(a.c, "a 1 b 2");
	assert_string_equal(a.conf, "/etc/other.conf");
	assert_true(a.has_key && a.has_uid);
	PARSE("-C", "a 1 b 2", "-k", "AAAA", "-f", "SHA256:x", "-t", "ssh-ed25519", "-H", "/home/alice", "-U", "1000", "alice");
	assert_null(a.wrong);
	assert_string_equal(a.user, "alice");
	assert_string_equal(a.c, "a 1 b 2");
}

/* a value is never taken for an option, whatever it looks like: a home or a user name may begin with '-' */
static void args__value_like_an_option__stays_a_value(void **state)
{
	(void)state;
	PARSE("-u", "-k", "-k", "-u");
	assert_null(a.wrong);
	assert_string_equal(a.user, "-k");
	assert_string_equal(a.key, "-u");
	PARSE("-u", "--", "-C", "-c", "-H", "-");
	assert_null(a.wrong);
	assert_string_equal(a.user, "--");
	assert_string_equal(a.c, "-c");
	assert_string_equal(a.conf, KA_PATH_CONF);
}

static void args__empty_key__is_not_a_wish_for_one_key(void **state)
{
	(void)state;
	PARSE("-u", "alice", "-k", "");
	assert_true(a.wrong == NULL && !a.has_key);
}

/* after a mistake nothing is read further: a later argument must not look as if it had been understood */
static void args__mistake__ends_the_reading(void **state)
{
	(void)state;
	PARSE("-u", "alice", "-x", "-k", "AAAA");
	assert_string_equal(a.wrong, "unknown option");
	assert_string_equal(a.user, "alice");
	assert_string_equal(a.key, "");
}

/*
 * %C: "client port server port" in the manual, the other way round in some releases. One argument, in quotes in
 * sshd_config; without quotes there are four, and that is refused instead of guessed.
 */
static void connection__both_orders__name_the_client(void **state)
{
	static const char *const orders[] = { "192.0.2.7 50123 198.51.100.1 22", "198.51.100.1 22 192.0.2.7 50123" };
	char client[64];
	unsigned port;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(orders); i++) {
		PARSE("-u", "alice", "-C", orders[i]);
		assert_null(a.wrong);
		assert_string_equal(a.c, orders[i]);
		assert_true(ka_record_addresses(a.c, 22, client, &port));
		assert_string_equal(client, "192.0.2.7");
		assert_int_equal(port, 50123);
	}
	PARSE("-C", "2001:db8::7 50123 fe80::1%eth0 22", "alice");
	assert_true(ka_record_addresses(a.c, 22, client, &port));
	assert_string_equal(client, "2001:db8::7");
	REFUSED("an option is given twice", "-C", "192.0.2.7", "50123", "198.51.100.1", "22");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(args__no_user__wrong),
		cmocka_unit_test(args__given_twice__wrong),
		cmocka_unit_test(args__value_missing__wrong),
		cmocka_unit_test(args__unknown__wrong),
		cmocka_unit_test(args__uid_is_no_number__wrong),
		cmocka_unit_test(args__mistake__ends_the_reading),
		cmocka_unit_test(args__profile__is_read_or_refused),
		cmocka_unit_test(args__uid__is_read),
		cmocka_unit_test(args__user_alone__everything_else_is_empty),
		cmocka_unit_test(args__all_of_sshd__each_in_its_place),
		cmocka_unit_test(args__value_like_an_option__stays_a_value),
		cmocka_unit_test(args__empty_key__is_not_a_wish_for_one_key),
		cmocka_unit_test(connection__both_orders__name_the_client),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
