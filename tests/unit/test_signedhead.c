/* store/signedhead: each header's one spelling, the dates that there are, and the hosts that a glob means. */
#include "store/signedhead.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

#include "base/poison.h"

static struct ka_signedhead h;
static const char *wrong;

static enum ka_reason take(const char *line)
{
	return ka_signedhead_take(ka_span_of(line), true, &h, &wrong);
}

static void line__form_of_a_header__recognised(void **state)
{
	static const struct { const char *line; bool is_header; } rows[] = {
		{ "# user: alice", true }, { "# X-9_y: z", true }, { "# user: ", true }, { "# user:  two", true },
		{ "# user:alice", false }, { "#user: alice", false }, { "# : x", false }, { "# a b: x", false }, { "#", false },
		{ "", false }, { " # user: alice", false }, { "# user", false }, { "ssh-ed25519 AAAA", false }, { "# u\xc3\xa9: x", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (ka_signedhead_is_line(ka_span_of(rows[i].line)) != rows[i].is_header)
			fail_msg("%s", rows[i].line);
}

static void header__wrong_value__refused_and_neighbour_taken(void **state)
{
	static const struct { const char *bad, *good; } rows[] = {
		{ "# user: ", "# user: a" }, { "# user:  alice", "# user: alice" }, { "# user: alice ", "# user: al.ice" },
		{ "# user: a*", "# user: a" }, { "# user: -a", "# user: a-" }, { "# user: a/b", "# user: a_b" },
		{ "# hosts: ", "# hosts: *" }, { "# hosts: a  b", "# hosts: a b" }, { "# hosts:  a", "# hosts: a" },
		{ "# hosts: a,b", "# hosts: a-b" }, { "# hosts: !a", "# hosts: ?a" }, { "# hosts: [ab]", "# hosts: a_b.c" },
		{ "# hosts: a\tb", "# hosts: a b" }, { "# hosts: fe80::1", "# hosts: fe80.1" },
		{ "# serial: 0", "# serial: 1" }, { "# serial: 01", "# serial: 10" }, { "# serial: +1", "# serial: 1" },
		{ "# serial: 9223372036854775808", "# serial: 9223372036854775807" }, { "# serial: 1 ", "# serial: 1" },
		{ "# serial: 18446744073709551617", "# serial: 1844674407370955161" }, { "# serial: 0x1", "# serial: 1" },
		{ "# issued: 2026-11-22T10:00:00", "# issued: 2026-11-22T10:00:00Z" },
		{ "# expires: 2026-11-22 10:00:00Z", "# expires: 2026-11-22T10:00:00Z" },
		{ "# Issued: 2026-11-22T10:00:00Z", "# issued: 2026-11-22T10:00:00Z" }, { "# until: x", "# expires: 2026-11-22T10:00:00Z" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ka_signedhead_init(&h);
		if (take(rows[i].bad) != KA_REASON_STORE_BAD_ANSWER || wrong == NULL)
			fail_msg("%s is taken", rows[i].bad);
		ka_signedhead_init(&h);
		if (take(rows[i].good) != KA_REASON_NONE || wrong != NULL)
			fail_msg("%s: %s", rows[i].good, wrong);
		if (take(rows[i].good) != KA_REASON_STORE_BAD_ANSWER)
			fail_msg("%s twice is taken", rows[i].good);
	}
}

static void header__user_where_none_belongs__unknown(void **state)
{
	(void)state;
	ka_signedhead_init(&h);
	assert_int_equal(ka_signedhead_take(ka_span_of("# user: alice"), false, &h, &wrong), KA_REASON_STORE_BAD_ANSWER);
	assert_int_equal(ka_signedhead_take(ka_span_of("# serial: 1"), false, &h, &wrong), KA_REASON_NONE);
}

static void headers__one_missing__said(void **state)
{
	static const char *const all[] = { "# user: a", "# hosts: *", "# serial: 1", "# issued: 2026-11-22T10:00:00Z",
					   "# expires: 2026-11-22T10:00:01Z" };

	(void)state;
	for (size_t missing = 0; missing <= 5; missing++) {
		ka_signedhead_init(&h);
		for (size_t i = 5; i-- > 0;) /* any order */
			if (i != missing)
				assert_int_equal(take(all[i]), KA_REASON_NONE);
		assert_int_equal(ka_signedhead_wrong(&h, true) == NULL, missing == 5);
		assert_int_equal(ka_signedhead_wrong(&h, false) == NULL, missing == 5 || missing == 0);
	}
	assert_int_equal(h.expires, h.issued + 1);
	h.expires--;
	assert_non_null(ka_signedhead_wrong(&h, true));
}

static void time__calendar__only_days_that_there_are(void **state)
{
	static const struct { const char *text; int64_t at; } good[] = {
		{ "1970-01-01T00:00:00Z", 0 }, { "1970-01-01T00:00:01Z", 1 }, { "2026-11-22T10:00:00Z", 1795341600 },
		{ "2024-02-29T00:00:00Z", 1709164800 }, { "2000-02-29T23:59:59Z", 951868799 }, { "9999-12-31T23:59:59Z", 253402300799 },
	};
	static const char *const bad[] = {
		"", "2026-11-22", "2026-11-22T10:00:00z", "2026-11-22t10:00:00Z", "2026-11-22T10:00:00+", "2026-11-22T10:00:00ZZ",
		"2025-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-00-10T00:00:00Z", "2026-13-10T00:00:00Z", "2026-01-00T00:00:00Z",
		"2026-01-32T00:00:00Z", "2026-04-31T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z",
		"2026-1-01T00:00:000Z", "+026-01-01T00:00:00Z", "2026-01-01T-1:00:00Z", "2026/01/01T00:00:00Z", "20 6-01-01T00:00:00Z",
	};
	int64_t at;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(ka_signedhead_time(ka_span_of(good[i].text), &at));
		assert_int_equal(at, good[i].at);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (ka_signedhead_time(ka_span_of(bad[i]), &at))
			fail_msg("%s", bad[i]);
}

static bool is_for(const char *hosts, const char *host)
{
	h.hosts = ka_span_of(hosts);
	return ka_signedhead_is_for(&h, host);
}

static void hosts__globs__matched_without_case(void **state)
{
	(void)state;
	assert_true(is_for("*", "web1"));
	assert_true(is_for("web*", "web1.example.com")); /* also dots */
	assert_true(is_for("db1 web?", "WEB7"));
	assert_true(is_for("WEB1.Example.COM", "web1.example.com"));
	assert_true(is_for("*.example.com", "web1.example.com"));
	assert_false(is_for("web?", "web10"));
	assert_false(is_for("web1", "web1.example.com"));
	assert_false(is_for("web1.example.com", "web1"));
	assert_false(is_for("*.example.com", "example.com"));
	assert_false(is_for("*.example.com", "webxexample.com"));
	assert_false(is_for("*", ""));
}

static void hosts__at_the_limits__one_more_refused(void **state)
{
	char line[KA_SIGNED_HOSTS_MAX * 2 + 300], host[KA_SIGNED_GLOB_MAX + 2];
	struct ka_buf b;

	(void)state;
	for (size_t more = 0; more < 2; more++) {
		ka_buf_init_array(&b, line);
		ka_buf_text(&b, "# hosts: a");
		for (size_t i = 1; i < KA_SIGNED_HOSTS_MAX + more; i++)
			ka_buf_text(&b, " b");
		ka_signedhead_init(&h);
		assert_int_equal(take(line), more ? KA_REASON_STORE_TOO_LARGE : KA_REASON_NONE);
		ka_buf_init_array(&b, line);
		ka_buf_text(&b, "# hosts: ");
		for (size_t i = 0; i < KA_SIGNED_GLOB_MAX + more; i++)
			ka_buf_char(&b, 'A');
		ka_signedhead_init(&h);
		assert_int_equal(take(line), more ? KA_REASON_STORE_BAD_ANSWER : KA_REASON_NONE);
		memset(host, 'a', sizeof(host));
		host[KA_SIGNED_GLOB_MAX + more] = '\0';
		assert_int_equal(is_for("*", host), more == 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(line__form_of_a_header__recognised),
		cmocka_unit_test(header__wrong_value__refused_and_neighbour_taken),
		cmocka_unit_test(header__user_where_none_belongs__unknown),
		cmocka_unit_test(headers__one_missing__said),
		cmocka_unit_test(time__calendar__only_days_that_there_are),
		cmocka_unit_test(hosts__globs__matched_without_case),
		cmocka_unit_test(hosts__at_the_limits__one_more_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
