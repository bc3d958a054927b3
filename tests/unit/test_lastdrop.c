/* keyaudit/doctor/lastdrop: what sshd's listener dropped, until it is old or over. */
#include "keyaudit/doctor/lastdrop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static struct ka_lastdrop drop;

static void take(const char *text, const char *address)
{
	json_t *event = json_loads(text, 0, NULL);

	assert_non_null(event);
	ka_lastdrop_take(event, "2026-08-01T10:00:00.000000Z", "alice", address, &drop);
	json_decref(event);
}

#define DROPPED(hour, code, text) \
	"{\"@timestamp\":\"2026-08-01T" hour ":30:00.000000Z\",\"message\":\"" text "\",\"event\":{\"action\":\"sshd-unavailable\",\"code\":\"" code "\"}}"
#define LOGIN(user) "{\"@timestamp\":\"2026-08-01T10:40:00.000000Z\",\"event\":{\"action\":\"ssh-login-accepted\"},\"user\":{\"name\":\"" user "\"}}"
#define FROM "sshd is not available: conn.source-penalty, last from 192.0.2.7, 192.0.2.8"

static int begin(void **state)
{
	(void)state;
	memset(&drop, 0, sizeof(drop));
	return 0;
}

static void max_startups__of_now__is_taken(void **state)
{
	(void)state;
	take(DROPPED("09", "conn.max-startups", "x"), "192.0.2.1");
	assert_int_equal(drop.reason, KA_REASON_NONE); /* too old */
	take(DROPPED("10", "conn.max-startups", "50 connections"), "192.0.2.1");
	assert_int_equal(drop.reason, KA_REASON_CONN_MAX_STARTUPS);
	assert_string_equal(drop.why, "50 connections");
	assert_string_equal(drop.at, "2026-08-01T10:30:00.000000Z");
}

static void a_later_connection__ends_it(void **state)
{
	(void)state;
	take(DROPPED("10", "conn.max-startups", "x"), "");
	take(LOGIN("bob"), "");
	assert_int_equal(drop.reason, KA_REASON_CONN_MAX_STARTUPS);
	take(LOGIN("alice"), "");
	assert_int_equal(drop.reason, KA_REASON_NONE);
	take(DROPPED("10", "conn.max-startups", "x"), "");
	take("{\"event\":{\"action\":\"ssh-key-refused\"},\"user\":{\"name\":\"alice\"}}", "");
	assert_int_equal(drop.reason, KA_REASON_NONE);
}

static void penalty__is_of_the_addresses_named(void **state)
{
	(void)state;
	take(DROPPED("10", "conn.source-penalty", FROM), "192.0.2.1");
	take(DROPPED("10", "conn.source-penalty", FROM), "192.0.2.78");
	assert_int_equal(drop.reason, KA_REASON_NONE);
	take(DROPPED("10", "conn.source-penalty", FROM), "192.0.2.7");
	assert_int_equal(drop.reason, KA_REASON_CONN_SOURCE_PENALTY);
	begin(NULL);
	take(DROPPED("10", "conn.source-penalty", FROM), "192.0.2.8");
	assert_int_equal(drop.reason, KA_REASON_CONN_SOURCE_PENALTY);
}

static void others__are_passed_over(void **state)
{
	(void)state;
	take(DROPPED("10", "conn.not-running", "x"), "");
	take("{\"event\":{\"action\":\"sshd-unavailable\",\"code\":\"conn.max-startups\"}}", "");
	take("{\"event\":[]}", "");
	take("[]", "");
	assert_int_equal(drop.reason, KA_REASON_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(max_startups__of_now__is_taken, begin),
		cmocka_unit_test_setup(a_later_connection__ends_it, begin),
		cmocka_unit_test_setup(penalty__is_of_the_addresses_named, begin),
		cmocka_unit_test_setup(others__are_passed_over, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
