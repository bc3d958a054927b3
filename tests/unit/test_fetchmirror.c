/* authkeys-fetch/fetchmirror: which mirror is asked for what, and which answers are none, with stores that answer as told. */
#include "authkeys-cmd/fetch/fetchmirror.h"

#include "tests/unit/lib/fetchplace.h"

#include "base/poison.h"

/* a validator is its server's: another one may hold something else under the same words */
static void same__from_another_mirror__is_not_asked_for(void **state)
{
	(void)state;
	use(URL_AB);
	ANSWERS({ .url = A, .status = 200, .head = "ETag: \"1\"\n", .body = KEY "\n", .times = 1 }, { .url = A, .status = 500 },
		{ .url = B, .status = 200, .body = KEY " b\n" });
	assert_string_equal(ask(), "found");
	age(1000);
	assert_string_equal(ask(), "found");
	assert_string_equal(fake_etag, "");
	assert_int_equal(entry.mirror, 2);
}

static void serial__a_lower_one__is_refused(void **state)
{
	(void)state;
	use("format = json\nurl = https://a.test/%u\nkey = key\nserial = rev");
	ANSWERS({ .url = A, .status = 200, .body = "{\"key\":\"" KEY "\",\"rev\":5}", .times = 1 },
		{ .url = A, .status = 200, .body = "{\"key\":\"" KEY "\",\"rev\":4}", .times = 1 },
		{ .url = A, .status = 200, .body = "{\"key\":\"" KEY " x\",\"rev\":5}" });
	when = KA_FETCHONE_ALWAYS;
	assert_string_equal(ask(), "found");
	assert_int_equal(kept()->serial, 5);
	assert_string_equal(ask(), "store.serial-lower");
	assert_int_equal(kept()->serial, 5);
	assert_string_equal(ask(), "found");
}

static void mirrors__in_order__until_one_answers(void **state)
{
	(void)state;
	use(URL_AB);
	ANSWERS({ .url = A, .reason = KA_REASON_STORE_UNREACHABLE }, { .url = B, .status = 200, .body = KEY "\n" });
	assert_string_equal(ask(), "found");
	assert_string_equal(fake_urls, A " " B " ");
	assert_int_equal(entry.mirror, 2);
	use(URL_AB);
	ANSWERS({ .url = A, .status = 200, .body = KEY "\n" });
	assert_string_equal(ask(), "found");
	assert_int_equal(fake_asked, 1);
	/* an authoritative nothing is an answer */
	use(URL_AB);
	ANSWERS({ .url = A, .status = 404 });
	assert_string_equal(ask(), "no-keys");
	assert_int_equal(fake_asked, 1);
}

/* who pretends to be a mirror must not go unseen because another one is honest */
static void mirrors__an_alert_that_is_passed_over__is_kept_with_the_answer(void **state)
{
	(void)state;
	use(URL_AB);
	when = KA_FETCHONE_ALWAYS;
	ANSWERS({ .url = A, .reason = KA_REASON_STORE_TLS, .times = 1 }, { .url = A, .reason = KA_REASON_STORE_TLS, .times = 1 },
		{ .url = A, .reason = KA_REASON_STORE_TIMEOUT, .times = 1 }, { .url = A, .status = 200, .body = KEY "\n" },
		{ .url = B, .status = 200, .head = "ETag: \"1\"\n", .body = KEY "\n", .times = 1 }, { .url = B, .status = 304 });
	assert_string_equal(ask(), "found");
	assert_int_equal(kept()->alarm, KA_REASON_STORE_TLS);
	assert_string_equal(ask(), "same"); /* and still so */
	assert_int_equal(kept()->mirror, 2);
	assert_int_equal(kept()->alarm, KA_REASON_STORE_TLS);
	assert_string_equal(ask(), "same"); /* and no longer: silence is no alert */
	assert_int_equal(kept()->mirror, 2);
	assert_int_equal(kept()->alarm, KA_REASON_NONE);
	assert_string_equal(ask(), "found");
	assert_int_equal(kept()->mirror, 1);
	assert_int_equal(kept()->alarm, KA_REASON_NONE);
}

static void mirrors__none_answers__says_what_says_most(void **state)
{
	(void)state;
	use(URL_AB);
	ANSWERS({ .url = A, .reason = KA_REASON_STORE_TIMEOUT }, { .url = B, .status = 401 });
	assert_string_equal(ask(), "store.denied");
	assert_int_equal(why.mirror, 2);
	use(URL_AB);
	ANSWERS({ .url = A, .status = 401 }, { .url = B, .reason = KA_REASON_STORE_TIMEOUT });
	assert_string_equal(ask(), "store.denied");
	assert_int_equal(why.mirror, 1);
	use(URL_AB);
	ANSWERS({ .url = A, .reason = KA_REASON_STORE_TLS }, { .url = B, .reason = KA_REASON_STORE_TIMEOUT });
	assert_string_equal(ask(), "store.tls");
}

static void breaker__a_mirror_that_is_down__is_left_alone(void **state)
{
	(void)state;
	use(URL_AB);
	when = KA_FETCHONE_ALWAYS;
	ANSWERS({ .url = A, .reason = KA_REASON_STORE_UNREACHABLE, .times = KA_FETCH_BREAKER_FAILURES }, { .url = B, .status = 200, .body = KEY "\n" });
	for (int i = 0; i < KA_FETCH_BREAKER_FAILURES + 3; i++)
		assert_string_equal(ask(), "found");
	/* and a refusal is no failure of the mirror */
	use(URL_A);
	when = KA_FETCHONE_ALWAYS;
	ANSWERS({ .url = A, .status = 200, .body = "<html>" });
	for (int i = 0; i < KA_FETCH_BREAKER_FAILURES + 3; i++)
		assert_string_equal(ask(), "store.bad-answer");
	use(URL_A);
	when = KA_FETCHONE_ALWAYS;
	ANSWERS({ .url = A, .status = 500 });
	for (int i = 0; i < KA_FETCH_BREAKER_FAILURES; i++)
		assert_string_equal(ask(), "store.http-status");
	assert_string_equal(ask(), "store.breaker-open");
	assert_int_equal(fake_asked, KA_FETCH_BREAKER_FAILURES);
}

/* so often that its server is left alone */
static void ask_list_in_vain(void)
{
	struct ka_fetchhttp http;

	for (int i = 0; i < KA_FETCH_BREAKER_FAILURES; i++)
		assert_int_equal(ka_fetchone(&http,
					     &(struct ka_fetchone){ .cache = cache, .source = source, .user = KA_QUESTION_REVOKED, .fp = "", .key = "",
								    .except = "", .deadline_ms = 2000, .when = KA_FETCHONE_ALWAYS, .out_fd = -1 },
					     &why),
				 KA_FETCHONE_FAILED);
}

static void breaker__a_list_from_another_server__has_its_own(void **state)
{
	(void)state;
	use("format = signed\nsigners = /s\nrevoked_url = https://b.test/revoked\n" URL_A);
	ANSWERS({ .url = "https://b.test/revoked", .reason = KA_REASON_STORE_UNREACHABLE }, { .url = A, .status = 404 });
	ask_list_in_vain();
	assert_string_equal(ask(), "no-keys");
	use("format = signed\nsigners = /s\nrevoked_url = https://b.test/revoked\n" URL_AB); /* the second mirror's server */
	ANSWERS({ .url = "https://b.test/revoked", .reason = KA_REASON_STORE_UNREACHABLE }, { .url = A, .reason = KA_REASON_STORE_TIMEOUT },
		{ .url = B, .status = 404 });
	ask_list_in_vain();
	assert_string_equal(ask(), "store.timeout");
	assert_null(strstr(fake_urls, B));
}

/* a caller with a short deadline must not switch a mirror off for all */
static void breaker__a_short_deadline__is_not_its_fault(void **state)
{
	(void)state;
	use(URL_A);
	when = KA_FETCHONE_ALWAYS;
	ANSWERS({ .url = A, .reason = KA_REASON_STORE_TIMEOUT });
	for (int i = 0; i < KA_FETCH_BREAKER_FAILURES + 3; i++)
		assert_string_equal(ask_in(100), "store.timeout");
	for (int i = 0; i < KA_FETCH_BREAKER_FAILURES; i++)
		assert_string_equal(ask_in(2000), "store.timeout");
	assert_string_equal(ask_in(2000), "store.breaker-open");
}

static void signed__a_404_for_somebody_known__has_vanished(void **state)
{
	(void)state;
	use("format = signed\nsigners = /ka-is-not-there\n" URL_A);
	ANSWERS({ .url = A, .status = 404 });
	assert_string_equal(ask(), "no-keys");
	/* a document lies there, as if it had been verified */
	{
		static char text[KA_ENTRY_MAX];
		struct ka_fetchstore store;
		struct ka_entry e = *kept();
		struct ka_buf b;

		e.is_found = true;
		e.body = ka_span_of("document\n");
		ka_buf_init_array(&b, text);
		ka_entry_write(&e, &b);
		assert_int_equal(ka_fetchstore_open(cache, "corp", &store), KA_ERR_OK);
		assert_int_equal(ka_fetchstore_put(&store, name, ka_buf_as_span(&b)), KA_ERR_OK);
		ka_fetchstore_close(&store);
	}
	when = KA_FETCHONE_ALWAYS;
	assert_string_equal(ask(), "store.vanished");
	assert_true(kept()->is_found);
}

static void signed__without_a_signer_file__is_not_taken(void **state)
{
	(void)state;
	use("format = signed\nsigners = /ka-is-not-there\n" URL_A);
	ANSWERS({ .url = A, .status = 200, .body = "document\n" });
	assert_string_equal(ask(), "conf.invalid");
	assert_null(kept());
}

static void pages__more_than_one__have_no_validator(void **state)
{
	(void)state;
	use("format = json\nitems = [*]\nnext = link\n" URL_A);
	ANSWERS({ .url = A, .status = 200, .head = "ETag: \"1\"\nLink: </p2>; rel=next\n", .body = "[\"" KEY "\"]" },
		{ .url = "https://a.test/p2", .status = 200, .body = "[\"" KEY " 2\"]" });
	assert_string_equal(ask(), "found");
	assert_true(ka_span_is(entry.body, KEY "\n" KEY " 2\n"));
	assert_string_equal(entry.etag, "");
	use("format = json\nitems = [*]\nnext = link\n" URL_A);
	ANSWERS({ .url = A, .status = 200, .head = "ETag: \"1\"\n", .body = "[\"" KEY "\"]" });
	assert_string_equal(ask(), "found");
	assert_string_equal(entry.etag, "\"1\"");
}

static void pages__a_304_that_names_a_next_one__is_asked_whole(void **state)
{
	(void)state;
	use("format = json\nitems = [*]\nnext = link\n" URL_A);
	ANSWERS({ .url = A, .status = 200, .head = "ETag: \"1\"\n", .body = "[\"" KEY "\"]", .times = 1 },
		{ .url = A, .status = 304, .head = "Link: </p2>; rel=next\n", .times = 1 },
		{ .url = A, .status = 200, .head = "ETag: \"1\"\nLink: </p2>; rel=next\n", .body = "[\"" KEY "\"]" },
		{ .url = "https://a.test/p2", .status = 200, .body = "[\"" KEY " 2\"]" });
	assert_string_equal(ask(), "found");
	age(1000);
	assert_string_equal(ask(), "found");
	assert_true(ka_span_is(entry.body, KEY "\n" KEY " 2\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same__from_another_mirror__is_not_asked_for),
		cmocka_unit_test(serial__a_lower_one__is_refused),
		cmocka_unit_test(mirrors__in_order__until_one_answers),
		cmocka_unit_test(mirrors__an_alert_that_is_passed_over__is_kept_with_the_answer),
		cmocka_unit_test(mirrors__none_answers__says_what_says_most),
		cmocka_unit_test(breaker__a_mirror_that_is_down__is_left_alone),
		cmocka_unit_test(breaker__a_list_from_another_server__has_its_own),
		cmocka_unit_test(breaker__a_short_deadline__is_not_its_fault),
		cmocka_unit_test(signed__a_404_for_somebody_known__has_vanished),
		cmocka_unit_test(signed__without_a_signer_file__is_not_taken),
		cmocka_unit_test(pages__more_than_one__have_no_validator),
		cmocka_unit_test(pages__a_304_that_names_a_next_one__is_asked_whole),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
