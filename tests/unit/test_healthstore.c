/* health/healthstore: what the entries of a cache say of their store, and which changes of it are told. */
#include "keyaudit/health/healthstore.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "tests/unit/lib/healthplace.h"

#include "base/poison.h"

#define NOW 1000000

/* one entry of the source corp; 0: there is none */
struct entry {
	int64_t confirmed;
	enum ka_reason reason;
	int64_t at;
	uint64_t serial, remembered;
	enum ka_reason alarm;
	const char *user;
	int64_t expires;
};

#define ENTRIES 3

static void judge(const struct entry *e, int64_t now, struct ka_healthstore *out)
{
	struct ka_cachelist all = { .rows = calloc(ENTRIES, sizeof(struct ka_cachelist_row)), .count = ENTRIES };

	assert_non_null(all.rows);
	for (size_t i = 0; i < ENTRIES; i++) {
		struct ka_cachelist_row *r = &all.rows[i];

		memcpy(r->source, "corp", 5);
		r->has_entry = e[i].confirmed != 0;
		r->confirmed = e[i].confirmed;
		r->has_try = e[i].reason != KA_REASON_NONE;
		r->last = (struct ka_lasttry){ .at = e[i].at, .reason = e[i].reason, .status = e[i].reason == KA_REASON_STORE_HTTP_STATUS ? 503 : 0 };
		r->serial = e[i].serial;
		r->remembered = e[i].remembered;
		r->alarm = e[i].alarm;
		r->user = e[i].user != NULL ? strdup(e[i].user) : NULL;
		r->expires = e[i].expires;
	}
	ka_healthstore_judge(&all, "corp", now, out);
	ka_cachelist_free(&all);
}

static void judge__each_case(void **state)
{
	static const struct {
		struct entry e[ENTRIES];
		enum ka_healthstore_state state;
		enum ka_reason reason;
		unsigned long entries;
	} rows[] = {
		{ { { .at = 0 } }, KA_HEALTHSTORE_FINE, KA_REASON_NONE, 0 },
		{ { { .confirmed = NOW - 5 } }, KA_HEALTHSTORE_FINE, KA_REASON_NONE, 0 },
		/* not to be asked: until any entry is confirmed later */
		{ { { .confirmed = NOW - 9, .reason = KA_REASON_STORE_TIMEOUT, .at = NOW - 5 } }, KA_HEALTHSTORE_DEGRADED, KA_REASON_STORE_TIMEOUT, 1 },
		{ { { .reason = KA_REASON_STORE_UNREACHABLE, .at = NOW - 5 }, { .confirmed = NOW - 5 } }, KA_HEALTHSTORE_DEGRADED, KA_REASON_STORE_UNREACHABLE, 1 },
		{ { { .reason = KA_REASON_STORE_UNREACHABLE, .at = NOW - 5 }, { .confirmed = NOW - 4 } }, KA_HEALTHSTORE_FINE, KA_REASON_NONE, 0 },
		{ { { .reason = KA_REASON_STORE_TIMEOUT, .at = NOW - 5 }, { .reason = KA_REASON_STORE_HTTP_STATUS, .at = NOW - 3 } }, KA_HEALTHSTORE_DEGRADED, KA_REASON_STORE_HTTP_STATUS, 2 },
		{ { { .reason = KA_REASON_STORE_TIMEOUT, .at = NOW - 5 }, { .reason = KA_REASON_STORE_BREAKER_OPEN, .at = NOW - 3 } }, KA_HEALTHSTORE_DEGRADED, KA_REASON_STORE_TIMEOUT, 2 },
		{ { { .reason = KA_REASON_CONF_INVALID, .at = NOW - 5 } }, KA_HEALTHSTORE_DEGRADED, KA_REASON_CONF_INVALID, 1 },
		/* nothing to tell of, long ago, another clock's */
		{ { { .reason = KA_REASON_STORE_NO_KEYS, .at = NOW - 5 } }, KA_HEALTHSTORE_FINE, KA_REASON_NONE, 0 },
		{ { { .reason = KA_REASON_STORE_TIMEOUT, .at = NOW - KA_HEALTH_TRY_SEC - 1 } }, KA_HEALTHSTORE_FINE, KA_REASON_NONE, 0 },
		{ { { .reason = KA_REASON_STORE_TIMEOUT, .at = NOW + 60 } }, KA_HEALTHSTORE_FINE, KA_REASON_NONE, 0 },
		{ { { .confirmed = NOW + 60 }, { .reason = KA_REASON_STORE_TIMEOUT, .at = NOW } }, KA_HEALTHSTORE_DEGRADED, KA_REASON_STORE_TIMEOUT, 1 },
		/* an answer that is not taken: for this one, whatever the others are */
		{ { { .reason = KA_REASON_STORE_WRONG_USER, .at = NOW - 50 }, { .confirmed = NOW } }, KA_HEALTHSTORE_REJECTED, KA_REASON_STORE_WRONG_USER, 1 },
		{ { { .reason = KA_REASON_STORE_SIGNATURE_BAD, .at = NOW - 50 }, { .reason = KA_REASON_STORE_EXPIRED, .at = NOW - 3 } }, KA_HEALTHSTORE_REJECTED, KA_REASON_STORE_SIGNATURE_BAD, 2 },
		{ { { .reason = KA_REASON_STORE_TIMEOUT, .at = NOW - 1 }, { .reason = KA_REASON_STORE_EXPIRED, .at = NOW - 3 } }, KA_HEALTHSTORE_REJECTED, KA_REASON_STORE_EXPIRED, 1 },
		/* of the store itself: as long as it stands */
		{ { { .reason = KA_REASON_STORE_TLS, .at = NOW - 50 } }, KA_HEALTHSTORE_REJECTED, KA_REASON_STORE_TLS, 1 },
		{ { { .reason = KA_REASON_STORE_TLS, .at = NOW - 50 }, { .confirmed = NOW } }, KA_HEALTHSTORE_FINE, KA_REASON_NONE, 0 },
		/* what entries say that were taken */
		{ { { .confirmed = NOW, .serial = 41, .remembered = 42 } }, KA_HEALTHSTORE_REJECTED, KA_REASON_STORE_SERIAL_LOWER, 1 },
		{ { { .confirmed = NOW, .serial = 42, .remembered = 42 } }, KA_HEALTHSTORE_FINE, KA_REASON_NONE, 0 },
		{ { { .confirmed = NOW, .serial = 43, .remembered = 42 } }, KA_HEALTHSTORE_FINE, KA_REASON_NONE, 0 },
		{ { { .confirmed = NOW, .alarm = KA_REASON_STORE_SIGNATURE_BAD } }, KA_HEALTHSTORE_REJECTED, KA_REASON_STORE_SIGNATURE_BAD, 1 },
		{ { { .confirmed = NOW, .user = ":revoked", .expires = NOW } }, KA_HEALTHSTORE_DEGRADED, KA_REASON_STORE_REVOKED_STALE, 1 },
		{ { { .confirmed = NOW, .user = ":revoked", .expires = NOW + 1 } }, KA_HEALTHSTORE_FINE, KA_REASON_NONE, 0 },
		{ { { .confirmed = NOW, .user = "alice", .expires = NOW - 1 } }, KA_HEALTHSTORE_FINE, KA_REASON_NONE, 0 },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		struct ka_healthstore s;

		judge(rows[i].e, NOW, &s);
		if (s.state != rows[i].state || s.reason != rows[i].reason || s.entries != rows[i].entries)
			fail_msg("row %zu: %d %s %lu", i, (int)s.state, ka_reason_id(s.reason), s.entries);
	}
}

static struct ka_health h;

static void tell(const struct ka_healthstore *s)
{
	assert_int_equal(ka_healthstore_tell(&h, "corp", ka_clock_wall_us() / 1000000, s), KA_ERR_OK);
}

static void actions_are(const char *const *actions)
{
	json_t *all = writerplace_events(&healthplace);
	size_t n = 0;

	for (; actions[n] != NULL; n++)
		assert_string_equal(writerplace_action(json_array_get(all, n)), actions[n]);
	assert_int_equal(json_array_size(all), n);
	json_decref(all);
}
#define ACTIONS(...) actions_are((const char *const[]){ __VA_ARGS__, NULL })

#define DEGRADED(r) (&(const struct ka_healthstore){ .state = KA_HEALTHSTORE_DEGRADED, .reason = (r), .entries = 1 })
#define REJECTED(r) (&(const struct ka_healthstore){ .state = KA_HEALTHSTORE_REJECTED, .reason = (r), .entries = 1 })
#define FINE(when) (&(const struct ka_healthstore){ .success = (when) })

static void tell__changes_alone(void **state)
{
	int64_t now = ka_clock_wall_us() / 1000000;

	(void)state;
	healthplace_open(&h);
	tell(FINE(now));
	tell(DEGRADED(KA_REASON_STORE_TIMEOUT));
	tell(DEGRADED(KA_REASON_STORE_UNREACHABLE)); /* still away */
	ACTIONS("store-degraded");
	tell(FINE(now - 100)); /* nothing to be seen any more, and nothing was confirmed: who knows */
	ACTIONS("store-degraded");
	tell(FINE(now + 1));
	tell(FINE(now + 1));
	ACTIONS("store-degraded", "store-recovered");
	tell(DEGRADED(KA_REASON_STORE_TIMEOUT)); /* it comes and goes */
	ACTIONS("store-degraded", "store-recovered");
	tell(REJECTED(KA_REASON_STORE_TLS)); /* that is another matter */
	tell(DEGRADED(KA_REASON_STORE_BREAKER_OPEN)); /* nobody asks any more, because of that */
	tell(REJECTED(KA_REASON_STORE_TLS));
	ACTIONS("store-degraded", "store-recovered", "store-rejected");
	tell(REJECTED(KA_REASON_STORE_SERIAL_LOWER));
	tell(DEGRADED(KA_REASON_STORE_TIMEOUT));
	ACTIONS("store-degraded", "store-recovered", "store-rejected", "store-rejected", "store-degraded");
	ka_health_close(&h);
}

static void tell__event__says_which_and_how_loud(void **state)
{
	static const struct ka_healthstore bad = { .state = KA_HEALTHSTORE_REJECTED, .reason = KA_REASON_STORE_SIGNATURE_BAD, .mirror = 2, .status = 200, .entries = 3 };
	const json_t *event, *what, *own;
	json_t *all;

	(void)state;
	healthplace_open(&h);
	tell(&bad);
	ka_health_close(&h);
	all = writerplace_events(&healthplace);
	event = json_array_get(all, 0);
	what = json_object_get(event, "event");
	own = json_object_get(event, "keyaudit");
	assert_string_equal(json_string_value(json_object_get(what, "kind")), "alert");
	assert_string_equal(json_string_value(json_object_get(what, "code")), "store.signature-bad");
	assert_string_equal(json_string_value(json_object_get(own, "trust")), "seen");
	assert_string_equal(json_string_value(json_array_get(json_object_get(own, "sources"), 0)), "corp refused store.signature-bad status=200 mirror=2");
	assert_int_equal(json_integer_value(json_object_get(own, "count")), 3);
	json_decref(all);
}

/* what no source asks any more is no trouble, and so it is no trouble that is over when it is asked again */
static void look__source_that_is_gone__is_forgotten(void **state)
{
	KA_AUTOFREE struct ka_conf *conf = calloc(1, sizeof(*conf));

	(void)state;
	assert_non_null(conf);
	healthplace_open(&h);
	tell(DEGRADED(KA_REASON_STORE_TIMEOUT));
	assert_int_equal(ka_healthstore_look(&h, "/nonexistent", "/nonexistent", conf), KA_ERR_OK);
	assert_null(ka_health_value(&h, "store corp"));
	ACTIONS("store-degraded");
	ka_health_close(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judge__each_case),
		HEALTHPLACE_TEST(tell__changes_alone),
		HEALTHPLACE_TEST(tell__event__says_which_and_how_loud),
		HEALTHPLACE_TEST(look__source_that_is_gone__is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
