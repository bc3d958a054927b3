/* authkeys-fetch/fetchhead: each field that counts, and the many ways to write it wrongly, which are as if it were not there. */
#include "authkeys-cmd/fetch/fetchhead.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"

#include "base/poison.h"

#define NOW INT64_C(784111777) /* Sun, 06 Nov 1994 08:49:37 GMT */

static struct ka_fetchhead h;

static const struct ka_fetchhead *read(const char *line)
{
	ka_fetchhead_line(&h, ka_span_of(line), NOW);
	return &h;
}

static const struct ka_fetchhead *of(const char *line)
{
	ka_fetchhead_init(&h);
	return read(line);
}

static void date__imf_fixdate__is_read(void **state)
{
	(void)state;
	assert_int_equal(ka_fetchhead_date(ka_span_of("Sun, 06 Nov 1994 08:49:37 GMT")), NOW);
	assert_int_equal(ka_fetchhead_date(ka_span_of("Thu, 01 Jan 1970 00:00:00 GMT")), 0);
	assert_int_equal(ka_fetchhead_date(ka_span_of("Fri, 31 Dec 9999 23:59:59 GMT")), INT64_C(253402300799));
}

static void date__anything_else__is_none(void **state)
{
	static const char *const wrong[] = {
		"", "Sun, 06 Nov 1994 08:49:37 UTC", "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT",
		"Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
		"Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 1969 08:49:37 GMT", "Sun, 06 Nov 1994 08-49-37 GMT",
		"Sun, 06 Nov 1994 08:49:37 GMT ", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
		"Sun, +6 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z",
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(wrong); i++)
		assert_int_equal(ka_fetchhead_date(ka_span_of(wrong[i])), -1);
}

static void head__nothing_said__is_nothing(void **state)
{
	(void)state;
	of("Date: Sun, 06 Nov 1994 08:49:37 GMT");
	assert_true(h.max_age == -1 && h.swr == -1 && h.sie == -1 && h.retry_after == -1 && h.age == 0);
	assert_false(h.no_store || h.is_encoded || h.is_exhausted);
	assert_string_equal(h.etag, "");
	assert_string_equal(h.modified, "");
	assert_string_equal(h.next, "");
}

static void cache_control__each_word__is_read(void **state)
{
	(void)state;
	assert_int_equal(of("Cache-Control: max-age=300\r\n")->max_age, 300);
	assert_int_equal(of("cache-control:MAX-AGE = \"300\"")->max_age, 300);
	assert_int_equal(of("Cache-Control: public, max-age=300, stale-while-revalidate=60, stale-if-error=600")->max_age, 300);
	assert_int_equal(h.swr, 60);
	assert_int_equal(h.sie, 600);
	assert_true(of("Cache-Control: no-store")->no_store);
	assert_int_equal(of("Cache-Control: no-cache")->max_age, 0);
	assert_int_equal(of("Cache-Control: no-cache, max-age=300")->max_age, 0);
	assert_int_equal(of("Cache-Control: max-age=300, no-cache")->max_age, 0);
	assert_int_equal(of("Cache-Control: immutable")->max_age, KA_FETCH_FRESH_MAX_SEC);
	assert_int_equal(of("Cache-Control: max-age=60, immutable")->max_age, 60);
	/* several lines are one list */
	of("Cache-Control: max-age=300");
	assert_true(read("Cache-Control: no-store")->no_store);
	assert_int_equal(h.max_age, 300);
}

static void cache_control__numbers__saturate_or_do_not_count(void **state)
{
	(void)state;
	assert_int_equal(of("Cache-Control: max-age=2147483648")->max_age, INT32_MAX);
	assert_int_equal(of("Cache-Control: max-age=99999999999999999999999999")->max_age, INT32_MAX);
	assert_int_equal(of("Cache-Control: max-age=-1")->max_age, -1);
	assert_int_equal(of("Cache-Control: max-age=")->max_age, -1);
	assert_int_equal(of("Cache-Control: max-age")->max_age, -1);
	assert_int_equal(of("Cache-Control: max-age=1x")->max_age, -1);
	assert_int_equal(of("Cache-Control: max-age=\"")->max_age, -1);
	assert_int_equal(of("Cache-Control: s-maxage=5")->max_age, -1);
	assert_int_equal(of("X-Cache-Control: max-age=5")->max_age, -1);
}

static void retry_after__seconds_or_a_date(void **state)
{
	(void)state;
	assert_int_equal(of("Retry-After: 120")->retry_after, 120);
	assert_int_equal(of("Retry-After: 0")->retry_after, 0);
	assert_int_equal(of("Retry-After: Sun, 06 Nov 1994 08:50:37 GMT")->retry_after, 60);
	assert_int_equal(of("Retry-After: Sun, 06 Nov 1994 08:48:37 GMT")->retry_after, 0);
	assert_int_equal(of("Retry-After: soon")->retry_after, -1);
	assert_int_equal(of("Retry-After: -5")->retry_after, -1);
}

static void validators__clean_ones__are_kept(void **state)
{
	char line[KA_ENTRY_ETAG_MAX + 16];

	(void)state;
	assert_string_equal(of("ETag: W/\"a b\"\r\n")->etag, "W/\"a b\"");
	assert_string_equal(of("Last-Modified: Sun, 06 Nov 1994 08:49:37 GMT")->modified, "Sun, 06 Nov 1994 08:49:37 GMT");
	/* what goes back into a request is one line and no control character */
	assert_string_equal(of("ETag: \"a\x01\"")->etag, "");
	assert_string_equal(of("ETag: \"a\x1b[31m\"")->etag, "");
	assert_string_equal(of("ETag: \"a\rX-Evil: 1\"")->etag, "");
	assert_string_equal(of("Last-Modified: a\x7f")->modified, "");
	memset(line, 'x', sizeof(line));
	memcpy(line, "ETag: ", 6);
	line[6 + KA_ENTRY_ETAG_MAX] = '\0';
	assert_string_equal(of(line)->etag, "");
	line[6 + KA_ENTRY_ETAG_MAX - 1] = '\0';
	assert_int_equal(strlen(of(line)->etag), KA_ENTRY_ETAG_MAX - 1);
}

static void encoding__anything_but_identity__is_told(void **state)
{
	(void)state;
	assert_true(of("Content-Encoding: gzip")->is_encoded);
	assert_true(of("content-encoding: br, gzip")->is_encoded);
	assert_false(of("Content-Encoding: identity")->is_encoded);
	assert_false(of("Content-Encoding:")->is_encoded);
	assert_false(of("Transfer-Encoding: chunked")->is_encoded);
	/* two lines: the second does not take back what the first one said */
	of("Content-Encoding: gzip");
	assert_true(read("Content-Encoding: identity")->is_encoded);
}

static void limits__nothing_remaining__is_told(void **state)
{
	(void)state;
	assert_true(of("X-RateLimit-Remaining: 0")->is_exhausted);
	assert_true(of("ratelimit-remaining: 0")->is_exhausted);
	assert_false(of("X-RateLimit-Remaining: 1")->is_exhausted);
	assert_false(of("X-RateLimit-Remaining: ")->is_exhausted);
}

static void age__seconds_in_a_cache(void **state)
{
	(void)state;
	assert_int_equal(of("Age: 17")->age, 17);
	assert_int_equal(of("Age: -17")->age, 0);
	assert_int_equal(of("Age: x")->age, 0);
}

static void link__next__is_found_among_others(void **state)
{
	(void)state;
	assert_string_equal(of("Link: <https://a.test/?p=2>; rel=\"next\", <https://a.test/?p=9>; rel=\"last\"")->next, "https://a.test/?p=2");
	assert_string_equal(of("Link: <https://a.test/?p=9>; rel=last,<https://a.test/?p=2>;rel=next")->next, "https://a.test/?p=2");
	assert_string_equal(of("Link: <https://a.test/a,b;c>; title=\"x\"; rel=\"next\"")->next, "https://a.test/a,b;c");
	assert_string_equal(of("Link: <https://a.test/?p=1>; rel=\"prev\"")->next, "");
	assert_string_equal(of("Link: <https://a.test/?p=1>; rel=\"prev\"; title=\"rel=next\"")->next, "");
	assert_string_equal(of("Link: <https://a.test/?p=1>; rel=\"prev\"; title=\"; rel=next;\"")->next, "");
	assert_string_equal(of("Link: <https://a.test/?p=1>; rel=\"next")->next, "");
	assert_string_equal(of("Link: <https://a.test/?p=1>; rel=nextish; rev=next")->next, "");
	assert_string_equal(of("Link: https://a.test/; rel=next")->next, "");
	assert_string_equal(of("Link: <")->next, "");
	assert_string_equal(of("Link: >; rel=next")->next, "");
	assert_string_equal(of("Link:")->next, "");
}

/* a page that nobody asks for makes a short list of a long one */
static void link__next__is_found_however_it_is_written(void **state)
{
	static char line[2 * KA_FETCH_URL_MAX];
	struct ka_buf b;

	(void)state;
	assert_string_equal(of("Link: </?p=2>; rel=\"last next\"")->next, "/?p=2");
	assert_string_equal(of("Link: </?p=2>; REL = \"Next\"")->next, "/?p=2");
	assert_string_equal(of("Link: </?p=2>; title=\"a < b, c\"; rel=next")->next, "/?p=2");
	assert_string_equal(of("Link: </?p=2>; title=\"a \\\" ; b\" ; rel=next")->next, "/?p=2");
	assert_string_equal(of("Link: </?p=1>; rel=prev; title=\"x\",</?p=2>; rel=next,</?p=9>; rel=last")->next, "/?p=2");
	ka_buf_init_array(&b, line);
	ka_buf_text(&b, "Link: <https://a.test/");
	while (b.len < KA_FETCH_URL_MAX + 10)
		ka_buf_char(&b, 'x');
	ka_buf_text(&b, ">; rel=next");
	assert_string_equal(of(line)->next, KA_FETCHHEAD_NOWHERE);
}

static void status_line__begins_anew(void **state)
{
	(void)state;
	of("ETag: \"hint\"");
	read("Link: </x>; rel=next");
	read("HTTP/1.1 200 OK\r\n");
	assert_string_equal(h.etag, "");
	assert_string_equal(h.next, "");
}

/* every prefix of a header, in memory of its own */
static void line__cut_anywhere__is_harmless(void **state)
{
	static const char all[] = "Link: <https://a.test/?p=2>; rel=\"next\", <https://a.test/?p=9>; rel=\"last\"\r\n"
				  "Cache-Control: max-age=\"300\", stale-if-error=\r\nRetry-After: Sun, 06 Nov 1994 08:50:37 GMT";

	(void)state;
	for (size_t from = 0; from < sizeof(all); from++)
		for (size_t n = 0; from + n < sizeof(all); n++) {
			uint8_t *copy = malloc(n + 1);

			assert_non_null(copy);
			memcpy(copy, all + from, n);
			ka_fetchhead_init(&h);
			ka_fetchhead_line(&h, (struct ka_span){ copy, n }, NOW);
			free(copy);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(date__imf_fixdate__is_read),
		cmocka_unit_test(date__anything_else__is_none),
		cmocka_unit_test(head__nothing_said__is_nothing),
		cmocka_unit_test(cache_control__each_word__is_read),
		cmocka_unit_test(cache_control__numbers__saturate_or_do_not_count),
		cmocka_unit_test(retry_after__seconds_or_a_date),
		cmocka_unit_test(validators__clean_ones__are_kept),
		cmocka_unit_test(encoding__anything_but_identity__is_told),
		cmocka_unit_test(limits__nothing_remaining__is_told),
		cmocka_unit_test(age__seconds_in_a_cache),
		cmocka_unit_test(link__next__is_found_among_others),
		cmocka_unit_test(link__next__is_found_however_it_is_written),
		cmocka_unit_test(status_line__begins_anew),
		cmocka_unit_test(line__cut_anywhere__is_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
