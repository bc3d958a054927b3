/* authkeys-fetch/fetchjudge: the table from a response to an outcome, row by row, and how long a failure keeps lookups away. */
#include "authkeys-cmd/fetch/fetchjudge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "tests/unit/lib/fetchsource.h"

#include "base/poison.h"

#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP4c0dsOHq5vBNwtKeroAvBjRTyCtcz7jgy5OCu3feNl"
#define NOW 1600000000

static struct ka_fetchjudge_ask ask;
static struct ka_fetchhttp_answer answer;
static struct ka_fetchjudge got;
static char kept[KA_STORE_BODY_MAX + 1];

static void use(const char *lines)
{
	ask = (struct ka_fetchjudge_ask){ .source = fetchsource(lines), .what = KA_FETCH_KEYS, .line_prefix = "", .now = NOW };
	answer = (struct ka_fetchhttp_answer){ .reason = KA_REASON_NONE };
	ka_fetchhead_init(&answer.head);
}

static const char *judge(unsigned status, const char *body)
{
	struct ka_buf b;

	answer.status = status;
	answer.len = strlen(body);
	answer.body = malloc(answer.len + 1);
	assert_non_null(answer.body);
	memcpy(answer.body, body, answer.len + 1);
	ka_buf_init_array(&b, kept);
	ka_fetchjudge(&ask, &answer, &b, &got);
	free(answer.body);
	return got.reason == KA_REASON_NONE ? "keys" : ka_reason_id(got.reason);
}

static void status__each_one__has_its_outcome(void **state)
{
	(void)state;
	use("");
	assert_string_equal(judge(200, KEY "\n"), "keys");
	assert_string_equal(judge(404, KEY "\n"), "store.no-keys");
	assert_string_equal(judge(410, ""), "store.no-keys");
	assert_string_equal(judge(401, KEY "\n"), "store.denied");
	assert_string_equal(judge(403, KEY "\n"), "store.denied");
	assert_string_equal(judge(429, KEY "\n"), "store.rate-limited");
	assert_string_equal(judge(408, ""), "store.http-status");
	for (unsigned n = 500; n < 600; n++)
		assert_string_equal(judge(n, KEY "\n"), "store.http-status");
	for (unsigned n = 300; n < 400; n++)
		assert_string_equal(judge(n, KEY "\n"), n == 304 ? "store.bad-answer" : "store.redirect");
	assert_string_equal(judge(0, KEY "\n"), "store.http-status");
	assert_string_equal(judge(100, KEY "\n"), "store.http-status");
	assert_string_equal(judge(201, KEY "\n"), "store.http-status");
	assert_string_equal(judge(204, ""), "store.http-status");
	assert_string_equal(judge(206, KEY "\n"), "store.http-status");
	assert_string_equal(judge(400, KEY "\n"), "store.http-status");
	assert_string_equal(judge(999, KEY "\n"), "store.http-status");
	assert_string_equal(kept, "");
}

static void status__not_found__is_what_the_configuration_says(void **state)
{
	(void)state;
	use("not_found = 400 404");
	assert_string_equal(judge(400, ""), "store.no-keys");
	assert_string_equal(judge(404, ""), "store.no-keys");
	assert_string_equal(judge(410, ""), "store.http-status");
}

static void limit__403_that_says_so__is_no_denial(void **state)
{
	(void)state;
	use("");
	answer.head.is_exhausted = true;
	assert_string_equal(judge(403, ""), "store.rate-limited");
	assert_string_equal(judge(401, ""), "store.denied");
	answer.head.is_exhausted = false;
	answer.head.retry_after = 0;
	assert_string_equal(judge(403, ""), "store.rate-limited");
	/* of other statuses it changes nothing */
	assert_string_equal(judge(404, ""), "store.no-keys");
	assert_string_equal(judge(200, KEY "\n"), "keys");
}

static void same__only_for_who_holds_something(void **state)
{
	(void)state;
	use("");
	assert_string_equal(judge(304, ""), "store.bad-answer");
	assert_false(got.is_same);
	ask.was_conditional = true;
	assert_string_equal(judge(304, ""), "keys");
	assert_true(got.is_same);
	assert_string_equal(judge(200, KEY "\n"), "keys");
	assert_false(got.is_same);
}

static void body__by_format(void **state)
{
	(void)state;
	use("");
	assert_string_equal(judge(200, "<html>"), "store.bad-answer");
	assert_string_equal(judge(200, ""), "store.no-keys");
	use("format = json\nitems = [*]");
	assert_string_equal(judge(200, "[\"" KEY "\"]"), "keys");
	assert_string_equal(kept, KEY "\n");
	assert_string_equal(judge(200, "[]"), "store.no-keys");
	assert_string_equal(judge(200, KEY "\n"), "store.bad-answer");
	/* in the right place, and no key: an error message of a proxy */
	assert_string_equal(judge(200, "[\"rate limit exceeded\"]"), "store.bad-answer");
	assert_string_equal(judge(200, "[\"rate limit exceeded\",\"" KEY "\"]"), "keys");
	use("format = signed\nsigners = /etc/keyaudit/signers");
	assert_string_equal(judge(200, "anything\n"), "keys");
	assert_string_equal(kept, "anything\n");
}

static void body__encoded__is_bad(void **state)
{
	(void)state;
	use("");
	answer.head.is_encoded = true;
	assert_string_equal(judge(200, KEY "\n"), "store.bad-answer");
	assert_string_equal(judge(404, ""), "store.no-keys");
	use("format = signed\nsigners = /etc/keyaudit/signers");
	answer.head.is_encoded = true;
	assert_string_equal(judge(200, "anything\n"), "store.bad-answer");
}

static void list__that_is_not_there__is_not_empty(void **state)
{
	(void)state;
	use("format = signed\nsigners = /etc/keyaudit/signers\nrevoked_url = https://keys.test/revoked");
	ask.what = KA_FETCH_REVOKED;
	assert_string_equal(judge(404, ""), "store.http-status");
	assert_string_equal(judge(200, "x"), "keys");
	ask.what = KA_FETCH_INDEX;
	assert_string_equal(judge(410, ""), "store.http-status");
}

static void exchange__that_failed__keeps_its_reason(void **state)
{
	static const enum ka_reason reasons[] = { KA_REASON_STORE_UNREACHABLE, KA_REASON_STORE_TIMEOUT, KA_REASON_STORE_TLS,
						  KA_REASON_STORE_TOO_LARGE };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(reasons); i++) {
		use("");
		answer.reason = reasons[i];
		assert_string_equal(judge(200, KEY "\n"), ka_reason_id(reasons[i]));
		assert_string_equal(judge(404, ""), ka_reason_id(reasons[i]));
	}
}

static int64_t off(enum ka_reason reason, int64_t retry_after, uint64_t random)
{
	struct ka_fetchhead h;

	ka_fetchhead_init(&h);
	h.retry_after = retry_after;
	return ka_fetchjudge_until(reason, &h, NOW, random) - NOW;
}

static void until__half_a_minute__or_what_was_asked_for(void **state)
{
	(void)state;
	assert_int_equal(off(KA_REASON_STORE_UNREACHABLE, -1, 0), 30);
	assert_int_equal(off(KA_REASON_STORE_UNREACHABLE, -1, UINT64_MAX), 30);
	assert_int_equal(off(KA_REASON_STORE_BAD_ANSWER, -1, UINT64_MAX), 30);
	assert_int_equal(off(KA_REASON_STORE_RATE_LIMITED, 5, 0), 30);
	assert_int_equal(off(KA_REASON_STORE_RATE_LIMITED, 600, 0), 600);
	assert_int_equal(off(KA_REASON_STORE_RATE_LIMITED, 600, UINT64_MAX), 1200);
	assert_int_equal(off(KA_REASON_STORE_RATE_LIMITED, INT32_MAX, 0), 3600);
	assert_int_equal(off(KA_REASON_STORE_RATE_LIMITED, INT32_MAX, UINT64_MAX), KA_FETCH_OFF_MAX_SEC);
	/* the next request may be allowed */
	assert_int_equal(off(KA_REASON_STORE_DENIED, -1, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(status__each_one__has_its_outcome),
		cmocka_unit_test(status__not_found__is_what_the_configuration_says),
		cmocka_unit_test(limit__403_that_says_so__is_no_denial),
		cmocka_unit_test(same__only_for_who_holds_something),
		cmocka_unit_test(body__by_format),
		cmocka_unit_test(body__encoded__is_bad),
		cmocka_unit_test(list__that_is_not_there__is_not_empty),
		cmocka_unit_test(exchange__that_failed__keeps_its_reason),
		cmocka_unit_test(until__half_a_minute__or_what_was_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
