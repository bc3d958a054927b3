/* keyaudit/cacheshow: rows as text and as JSON, with everything in them that a stranger may have put there. */
#include "keyaudit/cache/cacheshow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/limits.h"
#include "tests/unit/lib/caught.h"

#include "base/poison.h"

#define NOW 1795370513
#define NAME "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define HEAD "SOURCE  USER   STATE     AGE  KEYS  SERIAL        LAST FAILURE\n"

static struct ka_cachelist_row rows[4];
static struct ka_cachelist list = { .rows = rows };

static char *user_text(const char *text)
{
	return (char *)(uintptr_t)text;
}

/* a fresh entry that was confirmed 12 s ago */
static struct ka_cachelist_row row_of(const char *user)
{
	struct ka_cachelist_row r = {
		.source = "corp", .name = NAME, .user = user_text(user), .has_entry = true, .is_found = true, .is_known = true, .state = KA_FRESH_YES,
		.keys = 2, .fetched = NOW - 30, .confirmed = NOW - 12, .fresh = NOW + 288, .swr = NOW + 588, .stale = NOW + 86388, .status = 200,
		.mirror = 1, .serial = 42, .expires = NOW + 604800, .remembered = 42,
	};

	return r;
}

static int setup(void **state)
{
	(void)state;
	rows[0] = row_of("alice");
	list.count = 1;
	list.is_cut = false;
	return 0;
}

static const char *table(enum ka_out_when when)
{
	struct ka_out o;

	caught_begin();
	ka_out_init(&o, stdout, when);
	ka_cacheshow_table(&o, &list, NOW);
	caught_end();
	assert_string_equal(caught_err, "");
	return caught_out;
}

static void json(void)
{
	caught_begin();
	ka_cacheshow_json(&list, NOW);
	caught_end();
	assert_string_equal(caught_err, "");
}

/* the one object; json_decref() it */
static json_t *object_of(size_t flags)
{
	json_t *o;

	json();
	o = json_loads(caught_out, JSON_REJECT_DUPLICATES | flags, NULL);
	assert_non_null(o);
	assert_ptr_equal(strchr(caught_out, '\n'), caught_out + strlen(caught_out) - 1);
	return o;
}

static json_t *object(void)
{
	return object_of(0);
}

/* ---- words ---- */

static void state__each_row__has_its_word(void **state)
{
	struct ka_cachelist_row r = row_of("alice");

	(void)state;
	assert_string_equal(ka_cacheshow_state(&r), "fresh");
	r.state = KA_FRESH_REFRESH;
	assert_string_equal(ka_cacheshow_state(&r), "swr");
	r.state = KA_FRESH_STALE;
	assert_string_equal(ka_cacheshow_state(&r), "stale");
	r.state = KA_FRESH_DEAD;
	assert_string_equal(ka_cacheshow_state(&r), "dead");
	r.state = KA_FRESH_YES;
	r.is_other_question = true; /* counts for nothing, however fresh */
	assert_string_equal(ka_cacheshow_state(&r), "dead");
	r.has_entry = false;
	assert_string_equal(ka_cacheshow_state(&r), "none");
	r.is_invalid = true;
	assert_string_equal(ka_cacheshow_state(&r), "invalid");
	r.has_entry = true;
	assert_string_equal(ka_cacheshow_state(&r), "invalid");
}

static void age__in_its_unit(void **state)
{
	static const struct {
		int64_t sec;
		const char *text;
	} cases[] = {
		{ 0, "0s" }, { 119, "119s" }, { 120, "2m" }, { 7199, "119m" }, { 7200, "2h" }, { 172799, "47h" }, { 172800, "2d" },
		{ -1, "-" }, { INT64_MIN, "-" }, { INT64_MAX, "106751991167300d" },
	};
	char text[KA_CACHESHOW_AGE];

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(cases); i++) {
		ka_cacheshow_age(cases[i].sec, text);
		assert_string_equal(text, cases[i].text);
	}
}

/* ---- the table ---- */

static void table__nothing__says_so_without_a_head(void **state)
{
	(void)state;
	list.count = 0;
	assert_string_equal(table(KA_OUT_NEVER), "0 entries: nothing lies there\n");
	list.is_cut = true;
	assert_string_equal(table(KA_OUT_NEVER), "0 entries: nothing lies there; there is more\n");
}

static void table__entry__is_one_line(void **state)
{
	(void)state;
	assert_string_equal(table(KA_OUT_NEVER), HEAD "corp    alice  fresh     12s     2  42            -\n1 entry: 1 fresh\n");
}

static void table__serials__beside_what_is_remembered(void **state)
{
	(void)state;
	rows[0].remembered = 41;
	assert_non_null(strstr(table(KA_OUT_NEVER), "  2  42 (known 41)  -\n"));
	rows[0].serial = 0;
	assert_non_null(strstr(table(KA_OUT_NEVER), "  2  (known 41)    -\n"));
	rows[0].remembered = 0;
	assert_non_null(strstr(table(KA_OUT_NEVER), "  2  -             -\n"));
	rows[0].serial = UINT64_MAX;
	rows[0].remembered = UINT64_MAX - 1;
	assert_non_null(strstr(table(KA_OUT_NEVER), "  2  18446744073709551615 (known 18446744073709551614)  -\n"));
}

static void table__failure__what_when_and_until(void **state)
{
	(void)state;
	rows[0].has_try = true;
	rows[0].last = (struct ka_lasttry){ .at = NOW - 13, .until = NOW + 17, .reason = KA_REASON_STORE_TIMEOUT };
	assert_non_null(strstr(table(KA_OUT_NEVER), "  store.timeout, 13s ago, asked again in 17s\n"));
	rows[0].last = (struct ka_lasttry){ .at = NOW - 200, .until = NOW, .reason = KA_REASON_STORE_BAD_ANSWER, .status = 503 };
	assert_non_null(strstr(table(KA_OUT_NEVER), "  store.bad-answer 503, 3m ago\n"));
	/* written under another clock */
	rows[0].last.at = NOW + 100;
	rows[0].last.until = KA_ENTRY_TIME_MAX;
	assert_non_null(strstr(table(KA_OUT_NEVER), "  store.bad-answer 503, - ago\n"));
}

static void table__failure_alone__has_no_age_and_no_keys(void **state)
{
	(void)state;
	rows[0] = (struct ka_cachelist_row){
		.source = "corp", .name = NAME, .has_try = true, .last = { .at = NOW, .until = NOW, .reason = KA_REASON_STORE_UNREACHABLE },
	};
	assert_string_equal(table(KA_OUT_NEVER), "SOURCE  USER           STATE     AGE  KEYS  SERIAL        LAST FAILURE\n"
						 "corp    #0123456789ab  none        -     -  -             store.unreachable, 0s ago\n"
						 "1 entry: 1 none\n");
}

static void table__several__columns_fit_and_states_are_counted(void **state)
{
	(void)state;
	rows[0].is_invalid = true;
	rows[1] = row_of("bob");
	rows[1].state = KA_FRESH_STALE;
	memcpy(rows[1].source, "a-longer-one", sizeof("a-longer-one"));
	rows[2] = row_of("carol-with-a-name");
	rows[3] = row_of(":revoked");
	list.count = 4;
	list.is_cut = true;
	assert_string_equal(table(KA_OUT_NEVER),
			    "SOURCE        USER               STATE     AGE  KEYS  SERIAL        LAST FAILURE\n"
			    "corp          alice              invalid   12s     2  42            -\n"
			    "a-longer-one  bob                stale     12s     2  42            -\n"
			    "corp          carol-with-a-name  fresh     12s     2  42            -\n"
			    "corp          :revoked           fresh     12s     2  42            -\n"
			    "4 entries: 2 fresh, 1 stale, 1 invalid; there is more\n");
}

static void table__colour__by_what_it_means(void **state)
{
	char good[16], warn[16], bad[16];

	(void)state;
	assert_true(snprintf(good, sizeof(good), "%.5s", strstr(table(KA_OUT_ALWAYS), "\x1b[")) == 5);
	rows[0].state = KA_FRESH_STALE;
	assert_true(snprintf(warn, sizeof(warn), "%.5s", strstr(table(KA_OUT_ALWAYS), "\x1b[")) == 5);
	rows[0].is_invalid = true;
	assert_true(snprintf(bad, sizeof(bad), "%.5s", strstr(table(KA_OUT_ALWAYS), "\x1b[")) == 5);
	assert_string_not_equal(good, warn);
	assert_string_not_equal(warn, bad);
	assert_string_not_equal(bad, good);
	rows[0] = row_of("alice");
	rows[0].state = KA_FRESH_REFRESH; /* served: nothing to do */
	assert_non_null(strstr(table(KA_OUT_ALWAYS), good));
	rows[0].is_other_question = true;
	assert_non_null(strstr(table(KA_OUT_ALWAYS), warn));
	rows[0].has_entry = false;
	rows[0].is_other_question = false;
	assert_non_null(strstr(table(KA_OUT_ALWAYS), warn));
	assert_null(strchr(table(KA_OUT_NEVER), '\x1b'));
}

/* ---- strangers' bytes ---- */

static void show__hostile_user__is_escaped(void **state)
{
	static const struct {
		const char *user, *shown;
	} cases[] = {
		{ "a\x1b[2Jb\n", "a\\x1b[2Jb\\x0a" },
		{ "\xff\xc0\xaf", "\\xff\\xc0\\xaf" },
		{ "\xc2\x9b", "\\xc2\\x9b" },         /* C1: CSI */
		{ "a\xe2\x80\xae" "b", "a\\xe2\\x80\\xaeb" }, /* right-to-left override */
		{ "\r\t\x7f", "\\x0d\\x09\\x7f" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(cases); i++) {
		json_t *o;

		rows[0].user = user_text(cases[i].user);
		assert_non_null(strstr(table(KA_OUT_NEVER), cases[i].shown));
		assert_true(caught_is_plain(caught_out));
		o = object();
		assert_true(caught_is_plain(caught_out));
		assert_string_equal(json_string_value(json_object_get(o, "user")), cases[i].shown);
		json_decref(o);
	}
}

static void show__longest_of_everything__is_whole(void **state)
{
	static char user[KA_USER_NAME_MAX];
	json_t *o;

	(void)state;
	memset(user, '\x1b', sizeof(user) - 1);
	memset(rows[0].source, 's', sizeof(rows[0].source) - 1);
	rows[0].user = user;
	rows[0].serial = UINT64_MAX;
	rows[0].remembered = UINT64_MAX - 1;
	rows[0].keys = SIZE_MAX;
	rows[0].status = rows[0].mirror = UINT32_MAX;
	rows[0].is_other_question = rows[0].has_try = true;
	rows[0].fetched = rows[0].confirmed = rows[0].fresh = rows[0].swr = rows[0].stale = rows[0].expires = KA_ENTRY_TIME_MAX;
	rows[0].last = (struct ka_lasttry){ .at = NOW, .until = NOW + 60, .reason = KA_REASON_STORE_REVOKED_STALE, .status = UINT32_MAX,
					    .mirror = UINT32_MAX };
	o = object_of(JSON_DECODE_INT_AS_REAL); /* jansson has no such integers */
	assert_int_equal(strlen(json_string_value(json_object_get(o, "user"))), 255);
	assert_string_equal(json_string_value(json_object_get(o, "stale_until")), "9999-12-31T23:59:59Z");
	json_decref(o);
	memset(user, '"', sizeof(user) - 1); /* each takes two in JSON */
	o = object_of(JSON_DECODE_INT_AS_REAL);
	assert_int_equal(strlen(json_string_value(json_object_get(o, "user"))), KA_USER_NAME_MAX - 1);
	json_decref(o);
	assert_non_null(strstr(table(KA_OUT_NEVER), "store.revoked-stale 4294967295, 0s ago, asked again in 60s\n"));
	assert_true(caught_is_plain(caught_out));
}

/* ---- JSON ---- */

static void json__entry__has_exactly_these_fields(void **state)
{
	(void)state;
	json();
	assert_string_equal(caught_out,
			    "{\"schema\":\"keyaudit.cache/1\",\"source\":\"corp\",\"user\":\"alice\",\"file\":\"" NAME "\",\"configured\":true,"
			    "\"state\":\"fresh\",\"outcome\":\"found\",\"keys\":2,\"age_sec\":12,\"fetched\":\"2026-11-22T18:01:23Z\","
			    "\"confirmed\":\"2026-11-22T18:01:41Z\",\"fresh_until\":\"2026-11-22T18:06:41Z\",\"swr_until\":\"2026-11-22T18:11:41Z\","
			    "\"stale_until\":\"2026-11-23T18:01:41Z\",\"expires\":\"2026-11-29T18:01:53Z\",\"status\":200,\"mirror\":1,\"serial\":42,"
			    "\"remembered\":42}\n");
}

static void edit_json__what_became_of_it__one_object(void **state)
{
	const struct ka_cacheedit e = { .done = 1, .busy = 2, .failed = 3 };

	(void)state;
	caught_begin();
	ka_cacheshow_edit_json("clear", &e);
	caught_end();
	assert_string_equal(caught_out, "{\"schema\":\"keyaudit.cache-edit/1\",\"action\":\"clear\",\"done\":1,\"busy\":2,\"failed\":3}\n");
}

static void json__what_is_not_known__is_left_out(void **state)
{
	json_t *o;

	(void)state;
	rows[0].is_found = rows[0].is_known = false;
	rows[0].user = NULL;
	rows[0].serial = rows[0].remembered = 0;
	rows[0].expires = 0;
	rows[0].swr = -5;
	rows[0].stale = KA_ENTRY_TIME_MAX + 1;
	rows[0].confirmed = NOW + 5;
	o = object();
	assert_string_equal(json_string_value(json_object_get(o, "outcome")), "no-keys");
	assert_true(json_is_false(json_object_get(o, "configured")));
	assert_int_equal(json_integer_value(json_object_get(o, "age_sec")), -5);
	assert_null(json_object_get(o, "user"));
	assert_null(json_object_get(o, "serial"));
	assert_null(json_object_get(o, "remembered"));
	assert_null(json_object_get(o, "expires"));
	assert_null(json_object_get(o, "swr_until"));
	assert_null(json_object_get(o, "stale_until"));
	assert_null(json_object_get(o, "other_question"));
	assert_null(json_object_get(o, "last_failure"));
	json_decref(o);
}

static void json__failure__is_an_object(void **state)
{
	json_t *o, *f;

	(void)state;
	rows[0] = (struct ka_cachelist_row){
		.source = "corp", .name = NAME, .has_try = true, .last = { .at = NOW, .until = NOW + 30, .reason = KA_REASON_STORE_TIMEOUT },
	};
	o = object();
	f = json_object_get(o, "last_failure");
	assert_string_equal(json_string_value(json_object_get(o, "state")), "none");
	assert_null(json_object_get(o, "outcome"));
	assert_null(json_object_get(o, "keys"));
	assert_string_equal(json_string_value(json_object_get(f, "reason")), "store.timeout");
	assert_string_equal(json_string_value(json_object_get(f, "at")), "2026-11-22T18:01:53Z");
	assert_string_equal(json_string_value(json_object_get(f, "off_until")), "2026-11-22T18:02:23Z");
	assert_null(json_object_get(f, "status"));
	assert_null(json_object_get(f, "mirror"));
	json_decref(o);
	rows[0].last.status = 503;
	rows[0].last.mirror = 2;
	rows[0].last.until = NOW;
	o = object();
	f = json_object_get(o, "last_failure");
	assert_int_equal(json_integer_value(json_object_get(f, "status")), 503);
	assert_int_equal(json_integer_value(json_object_get(f, "mirror")), 2);
	assert_null(json_object_get(f, "off_until"));
	json_decref(o);
}

static void json__several__one_a_line(void **state)
{
	(void)state;
	rows[1] = row_of("bob\n");
	list.count = 2;
	json();
	assert_non_null(strchr(caught_out, '\n'));
	assert_ptr_equal(strstr(strchr(caught_out, '\n') + 1, "{\"schema\""), strchr(caught_out, '\n') + 1);
	assert_ptr_equal(strchr(strchr(caught_out, '\n') + 1, '\n'), caught_out + strlen(caught_out) - 1);
	list.count = 0;
	json();
	assert_string_equal(caught_out, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(state__each_row__has_its_word, setup),
		cmocka_unit_test_setup(age__in_its_unit, setup),
		cmocka_unit_test_setup(table__nothing__says_so_without_a_head, setup),
		cmocka_unit_test_setup(table__entry__is_one_line, setup),
		cmocka_unit_test_setup(table__serials__beside_what_is_remembered, setup),
		cmocka_unit_test_setup(table__failure__what_when_and_until, setup),
		cmocka_unit_test_setup(table__failure_alone__has_no_age_and_no_keys, setup),
		cmocka_unit_test_setup(table__several__columns_fit_and_states_are_counted, setup),
		cmocka_unit_test_setup(table__colour__by_what_it_means, setup),
		cmocka_unit_test_setup(show__hostile_user__is_escaped, setup),
		cmocka_unit_test_setup(show__longest_of_everything__is_whole, setup),
		cmocka_unit_test_setup(json__entry__has_exactly_these_fields, setup),
		cmocka_unit_test_setup(edit_json__what_became_of_it__one_object, setup),
		cmocka_unit_test_setup(json__what_is_not_known__is_left_out, setup),
		cmocka_unit_test_setup(json__failure__is_an_object, setup),
		cmocka_unit_test_setup(json__several__one_a_line, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
