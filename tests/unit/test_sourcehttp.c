/* source/sourcehttp: cache, network and time together: who is asked, what is served, and what is said about it. */
#include "source/sourcehttp.h"

#include <stdlib.h>

#include "tests/unit/lib/httpworld.h"

#include "base/poison.h"

static void cache__fresh__answers_alone(void **state)
{
	(void)state;
	hold("kept", FRESH);
	SAYS("found - kept", 0);
	assert_int_equal(h->evidence.age_sec, 1000);
	assert_int_equal(h->evidence.status, 200);
	assert_int_equal(h->evidence.mirror, 2);
	assert_int_equal(h->evidence.serial, 7);
	assert_int_equal(h->evidence.cause, KA_ANSWER_UNKNOWN);
	assert_false(h->refresh_later);
	w.entry.fetched = NOW + 1; /* a clock that was put back: not fresh */
	SAYS("stale store.stale-served kept", 1);
	hold_nothing_there(FRESH);
	SAYS("no-keys store.no-keys ", 0);
	assert_int_equal(h->evidence.status, 404);
}

static void cache__to_be_refreshed__answers_and_says_so(void **state)
{
	(void)state;
	hold("kept", SWR);
	SAYS("found - kept", 0);
	assert_true(h->refresh_later);
	s.fetch = KA_CONF_FETCH_TIMER;
	SAYS("found - kept", 0);
	assert_false(h->refresh_later);
	s.fetch = KA_CONF_FETCH_ON_MISS;
	env.may_ask = false;
	SAYS("found - kept", 0);
	assert_false(h->refresh_later);
}

static void miss__store_answers__that_is_it(void **state)
{
	(void)state;
	store_says("new");
	SAYS("found - new", 1);
	assert_string_equal(asked_with, "corp alice  ");
	assert_int_equal(h->evidence.age_sec, 0);
	assert_int_equal(h->evidence.mirror, 1);
	hold("kept", STALE);
	SAYS("found - new", 1);
	hold("kept", DEAD);
	SAYS("found - new", 1);
	hold_nothing_there(STALE); /* no "no keys" is ever stale */
	SAYS("found - new", 1);
	store_says_nothing_there(); /* with authority, and at once */
	SAYS("no-keys store.no-keys ", 1);
	hold("kept", STALE);
	SAYS("no-keys store.no-keys ", 1);
}

static void miss__store_fails__its_reason(void **state)
{
	(void)state;
	SAYS("unavailable store.timeout ", 1);
	assert_int_equal(h->evidence.status, KA_ANSWER_UNKNOWN);
	store_fails(KA_REASON_STORE_HTTP_STATUS, 503);
	SAYS("unavailable store.http-status ", 1);
	assert_int_equal(h->evidence.status, 503);
	assert_int_equal(h->evidence.mirror, 1);
	store_fails(KA_REASON_STORE_HTTP_STATUS, 418);
	SAYS("refused store.http-status ", 1);
	store_fails(KA_REASON_STORE_BAD_ANSWER, 200);
	SAYS("refused store.bad-answer ", 1);
	assert_int_equal(wanted, 0);
}

static void stale__store_cannot_be_asked__serves_and_says_why(void **state)
{
	static const struct { enum ka_reason reason; unsigned status; } away[] = {
		{ KA_REASON_STORE_UNREACHABLE, 0 }, { KA_REASON_STORE_TIMEOUT, 0 }, { KA_REASON_STORE_TLS, 0 },
		{ KA_REASON_STORE_RATE_LIMITED, 429 }, { KA_REASON_STORE_BREAKER_OPEN, 0 }, { KA_REASON_STORE_HTTP_STATUS, 500 },
		{ KA_REASON_STORE_HTTP_STATUS, 408 },
	};

	(void)state;
	hold("kept", STALE);
	for (size_t i = 0; i < KA_ARRAY_LEN(away); i++) {
		store_fails(away[i].reason, away[i].status);
		SAYS("stale store.stale-served kept", 1);
		assert_int_equal(h->notice, away[i].reason);
		assert_int_equal(h->evidence.cause, away[i].reason);
		assert_int_equal(h->evidence.age_sec, 1000);
		assert_int_equal(h->evidence.status, 200); /* the copy's */
	}
}

static void stale__store_answers_what_cannot_be_used__only_signed_bridges(void **state)
{
	(void)state;
	hold("kept", STALE);
	store_fails(KA_REASON_STORE_BAD_ANSWER, 200);
	SAYS("refused store.bad-answer ", 1);
	s.stale_on_refused = true; /* of another format it would be an error of the configuration */
	SAYS("refused store.bad-answer ", 1);
	s.format = KA_CONF_FORMAT_SIGNED;
	SAYS("stale store.stale-served verified", 1);
	assert_int_equal(h->evidence.cause, KA_REASON_STORE_BAD_ANSWER);
	assert_int_equal(h->evidence.serial, 42);
	store_fails(KA_REASON_STORE_DENIED, 403); /* who is not let in has no claim on what he had */
	SAYS("refused store.denied ", 1);
	s.stale_on_refused = false;
	store_fails(KA_REASON_STORE_BAD_ANSWER, 200);
	SAYS("refused store.bad-answer ", 1);
}

static void dead__store_cannot_be_asked__too_stale_and_why(void **state)
{
	(void)state;
	hold("kept", DEAD);
	SAYS("unavailable store.too-stale ", 1);
	assert_int_equal(h->evidence.cause, KA_REASON_STORE_TIMEOUT);
	hold("kept", STALE);
	s.max_stale_sec = 1000;
	SAYS("unavailable store.too-stale ", 1);
	s.max_stale_sec = 1001;
	SAYS("stale store.stale-served kept", 1);
	hold_nothing_there(DEAD);
	SAYS("unavailable store.timeout ", 1);
}

static void failure__noted__nobody_asks_before_its_time(void **state)
{
	(void)state;
	w.has_try = true;
	w.last = (struct ka_lasttry){ .at = NOW - 10, .until = NOW + 20, .reason = KA_REASON_STORE_TLS };
	store_says("new");
	SAYS("unavailable store.tls ", 0);
	hold("kept", STALE);
	SAYS("stale store.stale-served kept", 0);
	assert_int_equal(h->evidence.cause, KA_REASON_STORE_TLS);
	w.last.until = NOW;
	SAYS("found - new", 1);
	w.last.until = NOW + KA_FETCH_OFF_MAX_SEC + 1; /* of another clock */
	SAYS("found - new", 1);
}

static void deadline__used_up__nobody_asks(void **state)
{
	(void)state;
	w.budget = 0;
	store_says("new");
	SAYS("unavailable store.timeout ", 0);
	hold("kept", STALE);
	SAYS("stale store.stale-served kept", 0);
	hold("kept", FRESH);
	SAYS("found - kept", 0);
}

static void timer__miss__leaves_a_marker_and_asks_nobody(void **state)
{
	(void)state;
	s.fetch = KA_CONF_FETCH_TIMER;
	store_says("new");
	SAYS("unavailable store.unreachable ", 0);
	assert_int_equal(wanted, 1);
	hold("kept", STALE);
	SAYS("stale store.stale-served kept", 0);
	assert_int_equal(wanted, 0);
	w.cached = KA_CACHEDIR_ABSENT;
	env.may_ask = false;
	SAYS("unavailable store.unreachable ", 0);
	assert_int_equal(wanted, 0);
}

/* of a mirror that was passed over when this was brought */
static void entry__with_an_alarm__said_with_the_keys(void **state)
{
	(void)state;
	hold("kept", FRESH);
	w.entry.alarm = KA_REASON_STORE_SIGNATURE_BAD;
	SAYS("found store.signature-bad kept", 0);
	assert_int_equal(h->notice, KA_REASON_STORE_SIGNATURE_BAD);
	hold_nothing_there(FRESH);
	w.entry.alarm = KA_REASON_STORE_TLS;
	SAYS("no-keys store.no-keys ", 0);
	assert_int_equal(h->notice, KA_REASON_STORE_TLS);
	hold("kept", STALE); /* what it is now counts */
	w.entry.alarm = KA_REASON_STORE_SIGNATURE_BAD;
	store_fails(KA_REASON_STORE_TIMEOUT, 0);
	SAYS("stale store.stale-served kept", 1);
	assert_int_equal(h->notice, KA_REASON_STORE_TIMEOUT);
	store_says("new");
	SAYS("found - new", 1);
}

static void entry__broken__said_whatever_comes(void **state)
{
	(void)state;
	hold("torn", FRESH);
	w.cached = KA_CACHEDIR_INVALID;
	store_says("new");
	SAYS("found store.cache-invalid new", 1);
	assert_int_equal(h->notice, KA_REASON_STORE_CACHE_INVALID);
	store_fails(KA_REASON_STORE_TIMEOUT, 0);
	SAYS("unavailable store.timeout ", 1);
	assert_int_equal(h->notice, KA_REASON_STORE_CACHE_INVALID);
	store_says_nothing_there();
	SAYS("no-keys store.no-keys ", 1);
	assert_int_equal(h->notice, KA_REASON_STORE_CACHE_INVALID);
	w.cached = KA_CACHEDIR_ABSENT; /* nothing of it is left for the next one */
	SAYS("no-keys store.no-keys ", 1);
	assert_int_equal(h->notice, KA_REASON_NONE);
}

static void signed__verified_here__whoever_brought_it(void **state)
{
	(void)state;
	s.format = KA_CONF_FORMAT_SIGNED;
	s.stale_on_refused = true;
	hold("good", FRESH);
	SAYS("found - verified", 0);
	assert_int_equal(h->evidence.serial, 42);
	hold("store.expired", FRESH); /* as if it were not there */
	store_says("good");
	SAYS("found - verified", 1);
	store_fails(KA_REASON_STORE_TIMEOUT, 0);
	SAYS("unavailable store.expired ", 1);
	assert_int_equal(h->evidence.cause, KA_REASON_STORE_TIMEOUT);
	store_says("store.signature-bad");
	SAYS("refused store.signature-bad ", 1);
	w.cached = KA_CACHEDIR_ABSENT;
	SAYS("refused store.signature-bad ", 1);
	hold("good", STALE);
	SAYS("stale store.stale-served verified", 1);
	assert_int_equal(h->evidence.cause, KA_REASON_STORE_SIGNATURE_BAD);
	hold("none", FRESH); /* no keys, and signed */
	SAYS("no-keys store.no-keys ", 0);
}

static void signed__stale_and_its_own_time_is_over__expired_and_why(void **state)
{
	(void)state;
	s.format = KA_CONF_FORMAT_SIGNED;
	hold("store.expired", STALE);
	SAYS("unavailable store.expired ", 1);
	assert_int_equal(h->evidence.cause, KA_REASON_STORE_TIMEOUT);
	hold("store.serial-lower", STALE);
	SAYS("refused store.serial-lower ", 1);
}

/* a store that was restored: what it is measured by is said, and nothing of what is held is served */
static void json__lower_serial__says_by_which(void **state)
{
	(void)state;
	s.format = KA_CONF_FORMAT_JSON;
	hold("kept", STALE);
	store_fails(KA_REASON_STORE_SERIAL_LOWER, 200);
	SAYS("refused store.serial-lower ", 1);
	assert_int_equal(h->evidence.serial, 7);
	hold("kept", DEAD);
	SAYS("refused store.serial-lower ", 1);
	assert_int_equal(h->evidence.serial, 7);
	store_fails(KA_REASON_STORE_BAD_ANSWER, 200); /* which it has nothing to do with */
	SAYS("refused store.bad-answer ", 1);
	assert_int_equal(h->evidence.serial, KA_ANSWER_UNKNOWN);
}

/* nobody has signed that the keys are gone */
static void signed__404_of_a_known_user__vanished(void **state)
{
	(void)state;
	s.format = KA_CONF_FORMAT_SIGNED;
	s.stale_on_refused = true;
	store_says_nothing_there();
	SAYS("no-keys store.no-keys ", 1);
	w.knows = true;
	SAYS("refused store.vanished ", 1);
	hold("good", STALE);
	SAYS("stale store.stale-served verified", 1);
	assert_int_equal(h->evidence.cause, KA_REASON_STORE_VANISHED);
	hold_nothing_there(FRESH);
	SAYS("refused store.vanished ", 1);
	w.has_index = true;
	w.in_index = KA_SIGNEDINDEX_ABSENT;
	SAYS("refused store.vanished ", 1); /* no index is configured */
	s.index_url = "https://h/index";
	SAYS("no-keys store.no-keys ", 0);
	w.in_index = KA_SIGNEDINDEX_FOUND;
	SAYS("refused store.vanished ", 1);
	assert_int_equal(h->evidence.cause, KA_ANSWER_UNKNOWN);
	w.in_index = KA_SIGNEDINDEX_BAD;
	SAYS("refused store.vanished ", 1);
	w.in_index = KA_SIGNEDINDEX_ABSENT;
	w.index = "store.serial-reused"; /* the fetcher could not know */
	SAYS("refused store.vanished ", 1);
	assert_int_equal(h->evidence.cause, KA_REASON_STORE_SERIAL_REUSED);
	assert_int_equal(h->notice, KA_REASON_NONE);
	store_says("good"); /* and she is there: the index does not matter */
	SAYS("found - verified", 1);
	assert_int_equal(h->evidence.cause, KA_ANSWER_UNKNOWN);
	store_says_nothing_there();
	w.index = "store.expired";
	SAYS("refused store.vanished ", 1);
	assert_int_equal(h->evidence.cause, KA_ANSWER_UNKNOWN);
}

/* who has keys in the store is not told by time: each look-up verifies, or spends as much */
static void signed__no_document_to_verify__costs_as_much(void **state)
{
	(void)state;
	s.format = KA_CONF_FORMAT_SIGNED;
	hold("good", FRESH);
	SAYS("found - verified", 0);
	assert_true(checked == 1 && spent == 0);
	hold_nothing_there(FRESH);
	SAYS("no-keys store.no-keys ", 0);
	assert_true(checked == 0 && spent == 1);
	w.cached = KA_CACHEDIR_ABSENT;
	w.has_try = true;
	w.last = (struct ka_lasttry){ .at = NOW - 10, .until = NOW + 20, .reason = KA_REASON_STORE_BAD_ANSWER, .status = 200 };
	SAYS("refused store.bad-answer ", 0);
	assert_true(checked == 0 && spent == 1);
	hold("store.signature-bad", FRESH);
	SAYS("refused store.bad-answer ", 0);
	assert_true(checked == 1 && spent == 0);
	s.format = KA_CONF_FORMAT_LINES;
	w.cached = KA_CACHEDIR_ABSENT;
	SAYS("refused store.bad-answer ", 0);
	assert_true(checked == 0 && spent == 0);
}

static void question__with_the_offered_key__names_it(void **state)
{
	(void)state;
	s.url = "https://h/%u/%f";
	store_says("new");
	SAYS("found - new", 1);
	assert_string_equal(asked_with, "corp alice SHA256:x ");
	query.fp = NULL;
	SAYS("found - new", 1);
	assert_string_equal(asked_with, "corp alice  ");
}

int main(void)
{
#define T(test) cmocka_unit_test_setup(test, clear)
	const struct CMUnitTest tests[] = {
		T(cache__fresh__answers_alone),
		T(cache__to_be_refreshed__answers_and_says_so),
		T(miss__store_answers__that_is_it),
		T(miss__store_fails__its_reason),
		T(stale__store_cannot_be_asked__serves_and_says_why),
		T(stale__store_answers_what_cannot_be_used__only_signed_bridges),
		T(dead__store_cannot_be_asked__too_stale_and_why),
		T(failure__noted__nobody_asks_before_its_time),
		T(deadline__used_up__nobody_asks),
		T(timer__miss__leaves_a_marker_and_asks_nobody),
		T(entry__with_an_alarm__said_with_the_keys),
		T(entry__broken__said_whatever_comes),
		T(signed__verified_here__whoever_brought_it),
		T(signed__stale_and_its_own_time_is_over__expired_and_why),
		T(json__lower_serial__says_by_which),
		T(signed__404_of_a_known_user__vanished),
		T(signed__no_document_to_verify__costs_as_much),
		T(question__with_the_offered_key__names_it),
	};
	int failed;

	h = calloc(1, sizeof(*h));
	if (h == NULL)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	free(h);
	return failed;
}
