/* source/sourcepath: what may stand in a path for %u, %U and %h, and nothing that leaves its place there. */
#include "source/sourcepath.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static const struct ka_source_query alice = { .user = "alice", .uid = "1000", .home = "/home/alice" };

static const char *expand_for(const struct ka_source_query *q, struct ka_span entry)
{
	static char out[KA_PATH_TRUSTED_MAX];

	return ka_sourcepath_expand(entry, q, out) ? out : NULL;
}

static const char *expand(const char *entry)
{
	return expand_for(&alice, ka_span_of(entry));
}

static void expand__tokens__stand_for_the_user(void **state)
{
	(void)state;
	assert_string_equal(expand("/k/%u"), "/k/alice");
	assert_string_equal(expand("/k/%U.pub"), "/k/1000.pub");
	assert_string_equal(expand("%h/.ssh/authorized_keys"), "/home/alice/.ssh/authorized_keys");
	assert_string_equal(expand("/k/%u/%u-%U"), "/k/alice/alice-1000");
	assert_string_equal(expand("/k/plain"), "/k/plain");
}

static void expand__anything_else__is_refused(void **state)
{
	static const char *const bad[] = { "", "k/%u", "%u", "/k/%", "/k/%x", "/k/%%", "/k/%f", "/k/%t", "/k/%H" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (expand(bad[i]) != NULL)
			fail_msg("\"%s\" is taken", bad[i]);
	assert_null(expand_for(&alice, (struct ka_span){ (const uint8_t *)"/k\0/x", 5 }));
}

static void expand__value_not_given__is_refused(void **state)
{
	static const struct ka_source_query nobody;

	(void)state;
	assert_null(expand_for(&nobody, ka_span_of("/k/%u")));
	assert_null(expand_for(&nobody, ka_span_of("/k/%U")));
	assert_null(expand_for(&nobody, ka_span_of("%h/k")));
	assert_string_equal(expand_for(&nobody, ka_span_of("/k/all")), "/k/all");
}

static void expand__value_that_would_leave_its_place__is_refused(void **state)
{
	static const char *const users[] = { "", "..", ".", "../root", "a/b", "/etc/shadow", "-rf", "a b", "a\nb", "al%u" };
	static const char *const uids[] = { "", "-1", "1000/..", "0x10", " 1", "4294967296", "1e3" };
	static const char *const homes[] = { "", "home", "/home/..", "/home/../root", "..", "/..", "/home/alice/.." };

	(void)state;
	for (size_t i = 0; i < sizeof(users) / sizeof(users[0]); i++)
		if (expand_for(&(struct ka_source_query){ .user = users[i] }, ka_span_of("/k/%u")) != NULL)
			fail_msg("user \"%s\" is taken", users[i]);
	for (size_t i = 0; i < sizeof(uids) / sizeof(uids[0]); i++)
		if (expand_for(&(struct ka_source_query){ .uid = uids[i] }, ka_span_of("/k/%U")) != NULL)
			fail_msg("uid \"%s\" is taken", uids[i]);
	for (size_t i = 0; i < sizeof(homes) / sizeof(homes[0]); i++)
		if (expand_for(&(struct ka_source_query){ .home = homes[i] }, ka_span_of("%h/k")) != NULL)
			fail_msg("home \"%s\" is taken", homes[i]);
	assert_string_equal(expand_for(&(struct ka_source_query){ .home = "/home/a..b/.x" }, ka_span_of("%h/k")), "/home/a..b/.x/k");
	assert_string_equal(expand_for(&(struct ka_source_query){ .uid = "4294967295" }, ka_span_of("/%U")), "/4294967295");
}

static void expand__too_long__is_refused_and_not_cut(void **state)
{
	char home[KA_PATH_TRUSTED_MAX];
	const struct ka_source_query q = { .home = home };

	(void)state;
	memset(home, 'h', sizeof(home) - 1);
	home[0] = '/';
	home[sizeof(home) - 1] = '\0';
	assert_string_equal(expand_for(&q, ka_span_of("%h")), home);
	assert_null(expand_for(&q, ka_span_of("%h/")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expand__tokens__stand_for_the_user),
		cmocka_unit_test(expand__anything_else__is_refused),
		cmocka_unit_test(expand__value_not_given__is_refused),
		cmocka_unit_test(expand__value_that_would_leave_its_place__is_refused),
		cmocka_unit_test(expand__too_long__is_refused_and_not_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
