/* keyaudit/logquery: times as people write them, and what matches. */
#include "keyaudit/log/logquery.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

#include "base/poison.h"

#define NOW_US INT64_C(1787480142123456) /* 2026-08-23T10:15:42.123456Z */

static void since__good__table(void **state)
{
	static const char *const rows[][2] = {
		{ "42s", "2026-08-23T10:15:00.123456Z" }, { "15m", "2026-08-23T10:00:42.123456Z" },
		{ "1h", "2026-08-23T09:15:42.123456Z" }, { "7d", "2026-08-16T10:15:42.123456Z" },
		{ "2026-08-23", "2026-08-23T00:00:00.000000Z" }, { "2026-08-23T10:15", "2026-08-23T10:15:00.000000Z" },
		{ "2026-08-23 10:15:42Z", "2026-08-23T10:15:42.000000Z" },
	};
	char at[KA_CLOCK_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		assert_true(ka_logquery_since(rows[i][0], NOW_US, at));
		assert_string_equal(at, rows[i][1]);
	}
}

static void since__bad__is_refused(void **state)
{
	static const char *const bad[] = {
		"", "h", "1", "-1h", "1 h", "1w", "99999999999999999999h", "36601d", "yesterday", "2026-8-23", "2026-13-01", "2026-00-01",
		"2026-01-00", "2026-08-23T", "2026-08-23T25:00", "2026-08-23T10:61", "2026/08/23", "2026-08-23T10:15:42+02:00", "2026-08-23x10:15",
		"Z",
	};
	char at[KA_CLOCK_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++) {
		if (ka_logquery_since(bad[i], NOW_US, at))
			fail_msg("\"%s\" was taken for %s", bad[i], at);
		assert_string_equal(at, "");
	}
}

static void matches__table(void **state)
{
	static const struct { struct ka_logquery q; bool hit; } rows[] = {
		{ { .user = NULL }, true }, { { .user = "alice" }, true }, { { .user = "alic" }, false }, { { .user = "" }, false },
		{ { .reason = "perm.group-writable" }, true }, { { .reason = "perm" }, true }, { { .reason = "per" }, false },
		{ { .reason = "perm." }, false }, { { .reason = "key" }, false },
		{ { .since = "2026-08-23T10:15:42.123456Z" }, true }, { { .since = "2026-08-23T10:15:42.123457Z" }, false },
		{ { .user = "alice", .reason = "key" }, false },
	};
	json_t *event = json_loads("{\"@timestamp\":\"2026-08-23T10:15:42.123456Z\",\"event\":{\"code\":\"perm.group-writable\"},"
				   "\"user\":{\"name\":\"alice\"}}", 0, NULL);

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		assert_int_equal(ka_logquery_matches(&rows[i].q, event), rows[i].hit);
	json_decref(event);
}

static void matches__client_key_outcome_and_end__table(void **state)
{
	static const struct { struct ka_logquery q; const char *from; bool hit; } rows[] = {
		{ { .outcome = "failure" }, "", true }, { { .outcome = "success" }, "", false }, { { .user = NULL }, "203.0.113.0/24", true },
		{ { .user = NULL }, "198.51.100.0/24", false }, { { .key = "AAAABBBB" }, "", true }, { { .key = "CCCCDDDD" }, "", true },
		{ { .key = "EEEEFFFF" }, "", true }, { { .key = "AAAABBBBx" }, "", false }, { { .key = "BBBBCCCC" }, "", false },
		{ { .until = "2026-08-23T10:15:42.123456Z" }, "", false }, { { .until = "2026-08-23T10:15:42.123457Z" }, "", true },
		{ { .since = "2026-08-23T10:15:42.123456Z", .until = "2026-08-23T10:15:42.123457Z" }, "203.0.113.7", true },
	};
	json_t *event = json_loads("{\"@timestamp\":\"2026-08-23T10:15:42.123456Z\",\"event\":{\"outcome\":\"failure\"},"
				   "\"source\":{\"ip\":\"203.0.113.7\"},\"related\":{\"hash\":[7,\"SHA256:EEEEFFFFG\"]},"
				   "\"keyaudit\":{\"key\":{\"fingerprint\":\"SHA256:AAAABBBB\"},\"offers\":[null,\"x\",\"rsa SHA256:CCCCDDDD -\"]}}", 0, NULL);

	(void)state;
	assert_non_null(event);
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		struct ka_logquery q = rows[i].q;

		if (rows[i].from[0] != '\0')
			assert_true(ka_lognet_parse(rows[i].from, &q.from));
		if (ka_logquery_matches(&q, event) != rows[i].hit)
			fail_msg("row %zu", i);
	}
	json_decref(event);
}

static void matches__source__any_of_those_that_were_asked(void **state)
{
	json_t *event = json_loads("{\"keyaudit\":{\"sources\":[\"local no-keys store.no-keys\",7,\"corp stale store.stale-served age=5\"]}}", 0, NULL);
	struct ka_logquery q = { .source = "corp" };

	(void)state;
	assert_false(ka_logquery_matches(&q, event)); /* what is no string ends the list */
	json_array_remove(json_object_get(json_object_get(event, "keyaudit"), "sources"), 1);
	assert_true(ka_logquery_matches(&q, event));
	q.source = "local";
	assert_true(ka_logquery_matches(&q, event));
	q.source = "cor";
	assert_false(ka_logquery_matches(&q, event));
	q.source = "stale";
	assert_false(ka_logquery_matches(&q, event));
	json_decref(event);
}

static void at__wrong_shapes__are_empty(void **state)
{
	json_t *event = json_loads("{\"a\":\"x\",\"b\":{\"c\":7,\"d\":[\"y\"]}}", 0, NULL);

	(void)state;
	assert_string_equal(ka_logquery_at(event, "a"), "x");
	assert_string_equal(ka_logquery_at(event, "a.b"), "");
	assert_string_equal(ka_logquery_at(event, "b"), "");
	assert_string_equal(ka_logquery_at(event, "b.c"), "");
	assert_string_equal(ka_logquery_at(event, "b.d"), "");
	assert_string_equal(ka_logquery_at(event, "z.z.z"), "");
	json_decref(event);
}

static void is_reason__table(void **state)
{
	(void)state;
	assert_true(ka_logquery_is_reason("perm.group-writable"));
	assert_true(ka_logquery_is_reason("perm"));
	assert_false(ka_logquery_is_reason("perm."));
	assert_false(ka_logquery_is_reason("per"));
	assert_false(ka_logquery_is_reason("perm.group-writeable"));
	assert_false(ka_logquery_is_reason(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(since__good__table), cmocka_unit_test(since__bad__is_refused), cmocka_unit_test(matches__table),
		cmocka_unit_test(matches__client_key_outcome_and_end__table), cmocka_unit_test(matches__source__any_of_those_that_were_asked),
		cmocka_unit_test(at__wrong_shapes__are_empty), cmocka_unit_test(is_reason__table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
