/* authkeys-fetch/fetchpages: all pages or none; only from where the first one came from. */
#include "authkeys-cmd/fetch/fetchpages.h"

#include <stdio.h>

#include "tests/unit/lib/fakehttp.h"

#include "base/clock.h"
#include "base/limits.h"
#include "tests/unit/lib/fetchsource.h"

#include "base/poison.h"

#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP4c0dsOHq5vBNwtKeroAvBjRTyCtcz7jgy5OCu3feNl"
#define PAGE "[\"" KEY "\"]"
#define NEXT(n) "Link: <https://k.test/u?p=" #n ">; rel=\"next\"\n"

static char kept[KA_STORE_BODY_MAX + 1];
static struct ka_fetchpages pages;
static struct ka_fetchjudge judged;

/* what the first page was is told by its link; @left_ms of the deadline */
static const char *take_in(const char *link, enum ka_reason first, int left_ms)
{
	const struct ka_fetchhttp_ask q = { .source = fetchsource("format = json\nitems = [*]\nnext = link\nmax_pages = 4"),
					    .url = "https://k.test/u", .body = "", .etag = "\"old\"", .modified = "", .timeout_ms = 1 };
	const struct ka_fetchjudge_ask ask = { .source = q.source, .what = KA_FETCH_KEYS, .line_prefix = "", .was_conditional = true,
					       .now = 1600000000 };
	struct ka_fetchhttp http = { NULL };
	struct ka_fetchhead head;
	enum ka_reason reason;
	struct ka_buf b;

	fake_head(link, 0, &head);
	ka_buf_init_array(&b, kept);
	if (first == KA_REASON_NONE)
		ka_buf_text(&b, KEY " first\n");
	judged = (struct ka_fetchjudge){ .reason = first, .serial = 3 };
	pages = (struct ka_fetchpages){ .http = &http, .first = &q, .judge = &ask, .until_ms = ka_clock_boot_ms() + left_ms };
	reason = ka_fetchpages(&pages, &head, &b, &judged);
	return reason == KA_REASON_NONE ? kept : ka_reason_id(reason);
}

static const char *take(const char *link)
{
	return take_in(link, KA_REASON_NONE, 5000);
}

static void pages__no_link__is_the_first_page_alone(void **state)
{
	(void)state;
	fake_answers((const struct fakehttp[]){ { .url = NULL } });
	assert_string_equal(take(""), KEY " first\n");
	assert_int_equal(pages.asked, 1);
	assert_string_equal(take_in("", KA_REASON_STORE_NO_KEYS, 5000), "store.no-keys");
}

static void pages__one_after_the_other__are_one_list(void **state)
{
	(void)state;
	fake_answers((const struct fakehttp[]){ { .url = "https://k.test/u?p=2", .status = 200, .head = NEXT(3), .body = PAGE },
						{ .url = "https://k.test/u?p=3", .status = 200, .body = PAGE }, { .url = NULL } });
	assert_string_equal(take(NEXT(2)), KEY " first\n" KEY "\n" KEY "\n");
	assert_int_equal(pages.asked, 3);
	/* the first page's validator is not theirs */
	assert_string_equal(fake_etag, "");
	assert_string_equal(take_in(NEXT(2), KA_REASON_STORE_NO_KEYS, 5000), KEY "\n" KEY "\n");
}

static void pages__empty_ones__are_fine(void **state)
{
	(void)state;
	fake_answers((const struct fakehttp[]){ { .url = "https://k.test/u?p=2", .status = 200, .body = "[]" }, { .url = NULL } });
	assert_string_equal(take(NEXT(2)), KEY " first\n");
	assert_string_equal(take_in(NEXT(2), KA_REASON_STORE_NO_KEYS, 5000), "store.no-keys");
}

static void pages__one_that_fails__takes_all_with_it(void **state)
{
	static const struct { struct fakehttp answer; const char *reason; } rows[] = {
		{ { .status = 404 }, "store.unreachable" },
		{ { .status = 410 }, "store.unreachable" },
		{ { .status = 304 }, "store.unreachable" },
		{ { .status = 302 }, "store.unreachable" },
		{ { .status = 401 }, "store.unreachable" },
		{ { .status = 403 }, "store.unreachable" },
		{ { .status = 403, .head = "Retry-After: 5\n" }, "store.rate-limited" },
		{ { .status = 429 }, "store.rate-limited" },
		{ { .status = 500 }, "store.http-status" },
		{ { .status = 200, .body = "" }, "store.unreachable" },
		{ { .status = 200, .body = "[" }, "store.unreachable" },
		{ { .status = 200, .body = "{}" }, "store.unreachable" },
		{ { .status = 200, .body = PAGE, .head = "Content-Encoding: gzip\n" }, "store.unreachable" },
		{ { .reason = KA_REASON_STORE_TIMEOUT }, "store.timeout" },
		{ { .reason = KA_REASON_STORE_TLS }, "store.tls" },
		{ { .reason = KA_REASON_STORE_TOO_LARGE, .status = 200 }, "store.too-large" },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		struct fakehttp list[] = { rows[i].answer, { .url = NULL } };

		list[0].url = "https://k.test/u?p=2";
		fake_answers(list);
		assert_string_equal(take(NEXT(2)), rows[i].reason);
		assert_int_equal(pages.status, rows[i].answer.status);
		assert_int_equal(pages.asked, 2);
	}
}

static void pages__more_than_may_be__are_too_many(void **state)
{
	(void)state;
	fake_answers((const struct fakehttp[]){ { .url = "https://k.test/u?p=2", .status = 200, .head = NEXT(2), .body = PAGE }, { .url = NULL } });
	assert_string_equal(take(NEXT(2)), "store.too-large");
	assert_int_equal(fake_asked, 3);
	fake_answers((const struct fakehttp[]){ { .url = "https://k.test/u?p=2", .status = 200, .head = NEXT(2), .body = PAGE, .times = 2 },
						{ .url = "https://k.test/u?p=2", .status = 200, .body = PAGE }, { .url = NULL } });
	assert_string_equal(take(NEXT(2)), KEY " first\n" KEY "\n" KEY "\n" KEY "\n");
}

static void pages__a_link_to_elsewhere__is_a_redirect(void **state)
{
	(void)state;
	fake_answers((const struct fakehttp[]){ { .url = "https://k.test/v", .status = 200, .body = PAGE,
						  .head = "Link: <https://evil.test/u?p=3>; rel=next\n" }, { .url = NULL } });
	assert_string_equal(take("Link: <https://evil.test/u?p=2>; rel=next\n"), "store.redirect");
	assert_int_equal(fake_asked, 0);
	assert_string_equal(take("Link: <http://k.test/u?p=2>; rel=next\n"), "store.redirect");
	assert_string_equal(take("Link: <//evil.test/u>; rel=next\n"), "store.redirect");
	assert_string_equal(take("Link: </v>; rel=next\n"), "store.redirect");
	assert_int_equal(fake_asked, 1);
}

static void pages__behind_the_deadline__are_not_asked_for(void **state)
{
	(void)state;
	fake_answers((const struct fakehttp[]){ { .url = "https://k.test/u?p=2", .status = 200, .head = NEXT(2), .body = PAGE, .pause_ms = 30 },
						{ .url = NULL } });
	assert_string_equal(take_in(NEXT(2), KA_REASON_NONE, 20), "store.timeout");
	assert_int_equal(fake_asked, 1);
	assert_string_equal(take_in(NEXT(2), KA_REASON_NONE, 0), "store.timeout");
	assert_int_equal(fake_asked, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pages__no_link__is_the_first_page_alone),
		cmocka_unit_test(pages__one_after_the_other__are_one_list),
		cmocka_unit_test(pages__empty_ones__are_fine),
		cmocka_unit_test(pages__one_that_fails__takes_all_with_it),
		cmocka_unit_test(pages__more_than_may_be__are_too_many),
		cmocka_unit_test(pages__a_link_to_elsewhere__is_a_redirect),
		cmocka_unit_test(pages__behind_the_deadline__are_not_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
