/* keyaudit/reportsum: who counts, for what, and that no trail makes it grow. */
#include "keyaudit/report/reportsum.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static struct ka_report *sum;

static int begin(void **state)
{
	(void)state;
	sum = calloc(1, sizeof(*sum));
	return sum != NULL && ka_reportsum_begin(sum, "2026-08-01T00:00:00.000000Z", "2026-08-10T12:00:00.000000Z") ? 0 : -1;
}

static int end(void **state)
{
	(void)state;
	free(sum);
	return 0;
}

static void take(const char *at, const char *action, const char *code, const char *user, const char *more)
{
	char text[1024];
	json_t *event;

	snprintf(text, sizeof(text), "{\"@timestamp\":\"%s\",\"event\":{\"action\":\"%s\",\"code\":\"%s\"},\"user\":{\"name\":\"%s\"},\"keyaudit\":{%s}}", at,
		 action, code, user, more);
	event = json_loads(text, 0, NULL);
	assert_non_null(event);
	ka_reportsum_take(sum, event);
	json_decref(event);
}

#define AT(day) "2026-08-" day "T10:00:00.000000Z"
#define REFUSED "ssh-key-refused"

static void begin__what_is_no_time__is_refused(void **state)
{
	(void)state;
	assert_false(ka_reportsum_begin(sum, "", "2026-08-10T12:00:00.000000Z"));
	assert_false(ka_reportsum_begin(sum, "2026-08-10T12:00:01.000000Z", "2026-08-10T12:00:00.000000Z"));
	assert_true(ka_reportsum_begin(sum, "2020-08-10T12:00:01.000000Z", "2026-08-10T12:00:00.000000Z"));
	assert_int_equal(sum->days, KA_REPORT_DAYS_MAX);
}

static void take__days__only_those_asked_for(void **state)
{
	(void)state;
	take("2026-07-31T23:59:59.000000Z", REFUSED, "line.wrapped", "a", "");
	take(AT("01"), REFUSED, "line.wrapped", "a", "");
	take(AT("10"), REFUSED, "line.wrapped", "a", "\"count\":5");
	take("2026-08-10T12:00:00.000001Z", REFUSED, "line.wrapped", "a", "");
	take("yesterday", REFUSED, "line.wrapped", "a", "");
	assert_int_equal(sum->days, 10);
	assert_int_equal(sum->refusals, 6);
	assert_int_equal(sum->undated, 1);
	assert_int_equal(sum->by_day[0][KA_REASON_LINE_WRAPPED], 1);
	assert_int_equal(sum->by_day[9][KA_REASON_LINE_WRAPPED], 5);
	assert_int_equal(sum->causes[KA_REASON_LINE_WRAPPED].count, 6);
}

static void take__a_login__ends_the_waiting(void **state)
{
	(void)state;
	take(AT("02"), REFUSED, "line.wrapped", "a", "");
	take(AT("02"), "ssh-login-denied", "line.wrapped", "b", "\"trust\":\"claimed\",\"fix\":\"mend it\"");
	take(AT("03"), "ssh-login-accepted", "", "a", "");
	take(AT("03"), "ssh-key-offered", "", "c", "");
	take(AT("03"), REFUSED, "account.unknown", "nobody-of-ours", "");
	ka_reportsum_end(sum);
	assert_int_equal(sum->n_users, 1);
	assert_string_equal(sum->users[0].name, "b");
	assert_string_equal(sum->users[0].fix, "mend it");
	assert_true(sum->users[0].is_claimed);
	assert_int_equal(sum->nobody, 1);
	assert_int_equal(sum->logins, 1);
	take(AT("04"), REFUSED, "line.wrapped", "a", "");
	ka_reportsum_end(sum);
	assert_int_equal(sum->n_users, 2);
	assert_string_equal(sum->users[0].name, "a");
}

static void take__more_users_and_keys_than_room__are_counted(void **state)
{
	(void)state;
	for (unsigned i = 0; i < KA_REPORT_USERS_MAX + 7; i++) {
		char user[32], more[128];

		snprintf(user, sizeof(user), "u%u", i);
		snprintf(more, sizeof(more), "\"offers\":[\"ssh-dss SHA256:%u key.type-dsa\"]", i);
		take(AT("05"), REFUSED, "line.wrapped", user, more);
	}
	assert_int_equal(sum->n_users, KA_REPORT_USERS_MAX);
	assert_int_equal(sum->users_left_out, 7);
	assert_int_equal(sum->n_keys, KA_REPORT_KEYS_MAX);
	assert_int_equal(sum->keys_left_out, KA_REPORT_USERS_MAX + 7 - KA_REPORT_KEYS_MAX);
}

static void take__offers__only_reasons_about_the_key_itself(void **state)
{
	(void)state;
	take(AT("05"), REFUSED, "key.not-listed", "a",
	     "\"key\":{\"type\":\"ssh-dss\",\"fingerprint\":\"SHA256:d\",\"label\":\"old\"},"
	     "\"offers\":[\"ssh-ed25519 SHA256:e key.not-listed\",\"ssh-dss SHA256:d key.type-dsa\",\"ssh-rsa SHA256:r\",7,\"x y z\"]");
	take(AT("06"), "ssh-login-accepted", "", "a", "\"offers\":[\"ssh-dss SHA256:d key.type-dsa\",\"ssh-rsa SHA256:k revoked.store\"]");
	take(AT("06"), REFUSED, "key.type-dsa", "b", "\"key\":{\"type\":\"ssh-dss\",\"fingerprint\":\"SHA256:b\"}");
	ka_reportsum_end(sum);
	assert_int_equal(sum->n_keys, 3);
	assert_string_equal(sum->keys[0].fingerprint, "SHA256:d");
	assert_string_equal(sum->keys[0].label, "old");
	assert_int_equal(sum->keys[0].count, 2);
	assert_int_equal(sum->keys[0].reason, KA_REASON_KEY_TYPE_DSA);
}

#define KEY_R "\"key\":{\"type\":\"ssh-rsa\",\"fingerprint\":\"SHA256:r\"},"
#define ALSO_SHORT ",\"also\":[\"perm.group-writable\",\"key.rsa-too-short\",7]"

/* what stands in keyaudit.also is of the event's key when there is no other one that it could be of */
static void take__also__of_the_only_key(void **state)
{
	(void)state;
	take(AT("05"), REFUSED, "line.wrapped", "a", KEY_R "\"offers\":[\"ssh-rsa SHA256:r line.wrapped\"]" ALSO_SHORT);
	take(AT("05"), "ssh-login-accepted", "", "a", KEY_R "\"x\":1" ALSO_SHORT);
	assert_int_equal(sum->n_keys, 1);
	assert_int_equal(sum->keys[0].count, 2);
	assert_int_equal(sum->keys[0].reason, KA_REASON_KEY_RSA_TOO_SHORT);
	/* once for one event */
	take(AT("05"), "ssh-login-accepted", "", "a", KEY_R "\"offers\":[\"ssh-rsa SHA256:r key.rsa-too-short\"]" ALSO_SHORT);
	assert_int_equal(sum->keys[0].count, 3);
	take(AT("05"), REFUSED, "line.wrapped", "a", KEY_R "\"offers\":[\"ssh-rsa SHA256:r line.wrapped\",\"ssh-rsa SHA256:q key.not-listed\"]" ALSO_SHORT);
	assert_int_equal(sum->n_keys, 1);
	assert_int_equal(sum->keys[0].count, 3);
}

static void top__by_count__unknown_ids_never(void **state)
{
	enum ka_reason top[2];

	(void)state;
	take(AT("05"), REFUSED, "no.such", "a", "\"count\":100");
	take(AT("05"), REFUSED, "line.wrapped", "a", "");
	assert_int_equal(ka_reportsum_top(sum, top, 2), 1);
	take(AT("05"), REFUSED, "perm.group-writable", "a", "\"count\":3");
	take(AT("05"), REFUSED, "key.not-listed", "a", "\"count\":2");
	assert_int_equal(ka_reportsum_top(sum, top, 2), 2);
	assert_int_equal(top[0], KA_REASON_PERM_GROUP_WRITABLE);
	assert_int_equal(top[1], KA_REASON_KEY_NOT_LISTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(begin__what_is_no_time__is_refused, begin, end),
		cmocka_unit_test_setup_teardown(take__days__only_those_asked_for, begin, end),
		cmocka_unit_test_setup_teardown(take__a_login__ends_the_waiting, begin, end),
		cmocka_unit_test_setup_teardown(take__more_users_and_keys_than_room__are_counted, begin, end),
		cmocka_unit_test_setup_teardown(take__offers__only_reasons_about_the_key_itself, begin, end),
		cmocka_unit_test_setup_teardown(take__also__of_the_only_key, begin, end),
		cmocka_unit_test_setup_teardown(top__by_count__unknown_ids_never, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
