/* keyaudit/mend/fixworld: UID_MIN, whose home it is, and which directories are the system's. */
#include "keyaudit/mend/fixworld.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/lib/fixplace.h"
#include "tests/unit/lib/trustroot.h"

#include "base/poison.h"

static void uid_min__as_login_defs_says__table(void **state)
{
	static const struct { const char *text; uid_t min; } rows[] = {
		{ "", 1000 }, { "UID_MIN 500\n", 500 }, { "#UID_MIN 500\n", 1000 }, { "  UID_MIN\t2000", 2000 }, { "UID_MIN x\n", 1000 },
		{ "SYS_UID_MIN 100\nUID_MIN 1000\n", 1000 }, { "UID_MIN -1\n", 1000 }, { "UID_MIN 99999999999\n", 1000 }, { "UID_MIN\n", 1000 },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		if (ka_fixworld_uid_min(ka_span_of(rows[i].text)) != rows[i].min)
			fail_msg("row %zu", i);
}

static void holds__whole_names__table(void **state)
{
	static const struct { const char *outer, *inner; bool yes; } rows[] = {
		{ "/home/alice", "/home/alice", true }, { "/home/alice", "/home/alice/x", true }, { "/home/alice/", "//home//alice/./x", true },
		{ "/", "/home", true }, { "/home/ali", "/home/alice", false }, { "/home/alice", "/home", false }, { "", "/home", false },
		{ "/home", "home", false },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		if (ka_fixworld_holds(rows[i].outer, rows[i].inner) != rows[i].yes)
			fail_msg("row %zu", i);
}

static const struct ka_fixworld *with_home(const char *home)
{
	static struct ka_fixworld w;
	char line[256];

	if (!trustroot_has_uids())
		skip();
	snprintf(line, sizeof(line), "root:x:0:0::/root:/bin/sh\nalice:x:1001:1001::%s:/bin/sh\nbob:x:1002:1002::/home/bob:/bin/sh\nalso:x:1001:1001::%s:/\n",
		 home, home);
	trustroot_file("/etc/passwd", 0644, 0, line);
	assert_true(ka_fixworld_take("alice", &w));
	return &w;
}

static void home__of_the_system_or_of_others__is_known(void **state)
{
	const struct ka_fixworld *w = with_home("/home/alice");

	(void)state;
	assert_true(w->has_home);
	assert_false(w->is_system);
	assert_string_equal(w->other, ""); /* an account of the same uid is the same person */
	assert_int_equal(w->uid, 1001);
	assert_int_equal(w->uid_min, 1000);
	assert_true(with_home("/etc")->is_system);
	assert_true(with_home("/")->is_system);
	assert_true(with_home("/home")->is_system);
	assert_true(with_home("/etc/keys")->is_system); /* it does not exist, so nothing is known of it */
	trustroot_dir("/etc/x", 0755, ALICE);
	assert_true(with_home("/etc/x")->is_system);
	assert_string_equal(with_home("/home/bob")->other, "bob");
	assert_false(with_home("/home/nobody")->has_home);
	assert_true(with_home("")->is_system);
	assert_true(with_home("relative")->is_system);
	assert_false(ka_fixworld_take("nobody-here", &fixplace.world));
}

static void home__through_a_link_of_roots__is_what_it_leads_to(void **state)
{
	(void)state;
	if (!trustroot_has_uids())
		skip();
	unlink("/home/link");
	assert_int_equal(symlink("/etc", "/home/link"), 0);
	assert_true(with_home("/home/link")->is_system);
	assert_int_equal(unlink("/home/link"), 0);
	assert_int_equal(symlink("/home/bob", "/home/link"), 0);
	assert_string_equal(with_home("/home/link")->other, "bob");
	assert_int_equal(unlink("/home/link"), 0);
	assert_int_equal(symlink("/home/alice", "/home/link"), 0);
	assert_true(with_home("/home/link")->has_home);
	assert_false(with_home("/home/link")->is_system);
	assert_int_equal(unlink("/home/link"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(uid_min__as_login_defs_says__table), cmocka_unit_test(holds__whole_names__table),
		FIXPLACE_TEST(home__of_the_system_or_of_others__is_known), FIXPLACE_TEST(home__through_a_link_of_roots__is_what_it_leads_to),
	};

	return trustroot_run(tests, fixplace_group);
}
