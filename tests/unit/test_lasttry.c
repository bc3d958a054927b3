/* store/lasttry: one line, one form; how long it keeps lookups off the network; what is "not there" and what is "no". */
#include "store/lasttry.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"

#include "base/poison.h"

static bool parses(const char *text)
{
	struct ka_lasttry t;

	return ka_lasttry_parse(ka_span_of(text), &t);
}

static void lasttry__written__is_read_back_and_fits(void **state)
{
	struct ka_lasttry t = { .at = KA_ENTRY_TIME_MAX, .until = KA_ENTRY_TIME_MAX, .status = 999, .mirror = KA_MIRRORS_MAX }, back;
	char line[KA_LASTTRY_MAX];
	struct ka_buf b;
	size_t n = 0;

	(void)state;
	for (int r = 1; r < KA_REASON_COUNT; r++) {
		t.reason = (enum ka_reason)r;
		if (strncmp(ka_reason_id(t.reason), "store.", 6) != 0)
			continue;
		ka_buf_init_array(&b, line);
		ka_lasttry_write(&t, &b);
		assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
		assert_true(ka_lasttry_parse(ka_buf_as_span(&b), &back));
		assert_true(back.at == t.at && back.until == t.until && back.reason == t.reason && back.status == 999 && back.mirror == 8);
		n++;
	}
	assert_true(n > 15);
}

static void lasttry__any_other_text__is_none(void **state)
{
	static const char good[] = "ka1 fail at=10 reason=store.tls status=0 mirror=1 until=40\n";
	char text[sizeof(good)];

	(void)state;
	assert_true(parses(good));
	assert_true(parses("ka1 fail at=10 reason=conf.invalid status=0 mirror=0 until=10\n"));
	assert_true(parses("ka1 fail at=10 reason=internal.error status=0 mirror=0 until=10\n"));
	assert_false(parses(""));
	assert_false(parses("\n"));
	assert_false(parses("ka1 fail at=10 reason=store.tls status=0 mirror=1 until=40"));
	assert_false(parses("ka1 fail at=10 reason=store.tls status=0 mirror=1 until=40\n\n"));
	assert_false(parses("ka1 fail at=10 reason=store.tls status=0 mirror=1 until=40 more=1\n"));
	assert_false(parses("ka1 fail at=10 reason=store.nonsense status=0 mirror=1 until=40\n"));
	assert_false(parses("ka1 fail at=10 reason=key.rsa-too-short status=0 mirror=1 until=40\n"));
	assert_false(parses("ka1 fail at=10 reason=revoked.store status=0 mirror=1 until=40\n"));
	assert_false(parses("ka1 fail at=10 reason=- status=0 mirror=1 until=40\n"));
	assert_false(parses("ka1 fail at=10 reason=store.tls status=0 mirror=9 until=40\n"));
	assert_false(parses("ka1 fail at=10 reason=store.tls status=1000 mirror=1 until=40\n"));
	assert_false(parses("ka1 fail at=-1 reason=store.tls status=0 mirror=1 until=40\n"));
	assert_false(parses("ka1 entry at=10 reason=store.tls status=0 mirror=1 until=40\n"));
	for (size_t n = 0; n + 1 < sizeof(good); n++) {
		memcpy(text, good, n);
		text[n] = '\0';
		assert_false(parses(text));
	}
}

static bool is_off(int64_t now, int64_t until)
{
	struct ka_lasttry t = { .at = 1000, .until = until, .reason = KA_REASON_STORE_TIMEOUT };

	return ka_lasttry_is_off(&t, now);
}

static void off__until_its_time__and_never_longer_than_anybody_may_ask(void **state)
{
	(void)state;
	assert_true(is_off(1000, 1030));
	assert_true(is_off(1029, 1030));
	assert_false(is_off(1030, 1030));
	assert_false(is_off(1000, 1000));
	/* written under a clock that went ahead */
	assert_true(is_off(1000, 1000 + KA_FETCH_OFF_MAX_SEC));
	assert_false(is_off(1000, 1001 + KA_FETCH_OFF_MAX_SEC));
	assert_false(is_off(0, KA_ENTRY_TIME_MAX));
}

static bool is_unavailable(enum ka_reason reason, unsigned status)
{
	struct ka_lasttry t = { .reason = reason, .status = status };

	return ka_lasttry_is_unavailable(&t);
}

static void unavailable__silence_and_excuses__are__answers_are_not(void **state)
{
	(void)state;
	assert_true(is_unavailable(KA_REASON_STORE_UNREACHABLE, 0));
	assert_true(is_unavailable(KA_REASON_STORE_TIMEOUT, 0));
	assert_true(is_unavailable(KA_REASON_STORE_TLS, 0));
	assert_true(is_unavailable(KA_REASON_STORE_RATE_LIMITED, 429));
	assert_true(is_unavailable(KA_REASON_STORE_BREAKER_OPEN, 0));
	assert_true(is_unavailable(KA_REASON_STORE_HTTP_STATUS, 500));
	assert_true(is_unavailable(KA_REASON_STORE_HTTP_STATUS, 599));
	assert_true(is_unavailable(KA_REASON_STORE_HTTP_STATUS, 408));
	assert_false(is_unavailable(KA_REASON_STORE_HTTP_STATUS, 499));
	assert_false(is_unavailable(KA_REASON_STORE_HTTP_STATUS, 204));
	assert_false(is_unavailable(KA_REASON_STORE_DENIED, 403));
	assert_false(is_unavailable(KA_REASON_STORE_REDIRECT, 302));
	assert_false(is_unavailable(KA_REASON_STORE_BAD_ANSWER, 200));
	assert_false(is_unavailable(KA_REASON_STORE_TOO_LARGE, 200));
	assert_false(is_unavailable(KA_REASON_STORE_VANISHED, 404));
	assert_false(is_unavailable(KA_REASON_STORE_SIGNATURE_BAD, 200));
	assert_false(is_unavailable(KA_REASON_CONF_INVALID, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lasttry__written__is_read_back_and_fits),
		cmocka_unit_test(lasttry__any_other_text__is_none),
		cmocka_unit_test(off__until_its_time__and_never_longer_than_anybody_may_ask),
		cmocka_unit_test(unavailable__silence_and_excuses__are__answers_are_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
