/* authkeys-fetch/fetchurl: what a name may do to a URL, and where a link may lead. */
#include "authkeys-cmd/fetch/fetchurl.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static const struct ka_fetchurl_who alice = { .user = "alice", .host = "web01", .fp = "SHA256:a+/b", .key = "AA+/==" };
static char out[128];

typedef bool expand_fn(struct ka_span text, const struct ka_fetchurl_who *who, struct ka_buf *b);

static const char *made(expand_fn *fn, const char *text, const struct ka_fetchurl_who *who)
{
	struct ka_buf b;

	ka_buf_init_array(&b, out);
	return fn(ka_span_of(text), who, &b) ? out : NULL;
}

static const char *url(const char *text)
{
	return made(ka_fetchurl_expand, text, &alice);
}

static const char *body(const char *text)
{
	return made(ka_fetchurl_body, text, &alice);
}

static void url__substitutions__are_expanded(void **state)
{
	(void)state;
	assert_string_equal(url("https://k.test/%u.keys"), "https://k.test/alice.keys");
	assert_string_equal(url("/%n/%u/%u?f=%f"), "/web01/alice/alice?f=SHA256%3Aa%2B%2Fb");
	assert_string_equal(url("/100%%/%%u"), "/100%/%u");
	assert_string_equal(url("?key=%k"), "?key=AA%2B%2F%3D%3D");
	assert_string_equal(url(""), "");
}

static void url__a_name_with_signs__is_percent_encoded(void **state)
{
	const struct ka_fetchurl_who odd = { .user = "a+b@c.d-e_f$", .host = "h/../x?y#z&%u", .fp = "", .key = "" };

	(void)state;
	assert_string_equal(made(ka_fetchurl_expand, "/%u", &odd), "/a%2Bb%40c.d-e_f%24");
	/* what was expanded is not expanded again */
	assert_string_equal(made(ka_fetchurl_expand, "/%n", &odd), "/h%2F..%2Fx%3Fy%23z%26%25u");
}

static void url__anything_else_behind_a_percent__is_refused(void **state)
{
	const struct ka_fetchurl_who no_fp = { .user = "alice", .host = "h", .fp = "", .key = "" };
	char text[] = "/%?";

	(void)state;
	for (int c = 1; c < 256; c++) {
		text[2] = (char)c;
		assert_int_equal(url(text) != NULL, strchr("unfk%", c) != NULL);
	}
	assert_null(url("/%"));
	assert_null(url("/%b(x)"));
	assert_null(made(ka_fetchurl_expand, "/%f", &no_fp));
	assert_null(made(ka_fetchurl_expand, "/%k", &no_fp));
	assert_non_null(made(ka_fetchurl_expand, "/%u", &no_fp));
}

static void url__without_room__is_refused(void **state)
{
	char long_user[128];
	struct ka_fetchurl_who who = { .user = long_user, .host = "", .fp = "", .key = "" };

	(void)state;
	memset(long_user, 'x', sizeof(long_user) - 1);
	long_user[sizeof(long_user) - 1] = '\0';
	assert_null(made(ka_fetchurl_expand, "/%u", &who));
	long_user[sizeof(long_user) - 2] = '\0';
	assert_non_null(made(ka_fetchurl_expand, "/%u", &who));
}

static void body__values_stand_plainly__but_for_json(void **state)
{
	const struct ka_fetchurl_who odd = { .user = "u", .host = "a\"b\\c", .fp = "", .key = "" };

	(void)state;
	assert_string_equal(body("{\"u\":\"%u\",\"f\":\"%f\"}"), "{\"u\":\"alice\",\"f\":\"SHA256:a+/b\"}");
	assert_string_equal(made(ka_fetchurl_body, "\"%n\"", &odd), "\"a\\\"b\\\\c\"");
}

static void body__base64__of_an_expanded_text(void **state)
{
	const struct ka_fetchurl_who odd = { .user = "u", .host = "a\"b", .fp = "", .key = "" };

	(void)state;
	assert_string_equal(body("{\"key\":\"%b(/ssh/%u)\"}"), "{\"key\":\"L3NzaC9hbGljZQ==\"}");
	assert_string_equal(body("%b(a)%b(%%)"), "YQ==JQ==");
	/* inside it nothing is escaped for JSON */
	assert_string_equal(made(ka_fetchurl_body, "%b(%n)", &odd), "YSJi");
	assert_null(body("%b(a"));
	assert_null(body("%b"));
	assert_null(body("%ba)"));
	assert_null(body("%b(%x)"));
	assert_null(body("%b(%b(a))"));
}

static bool same(const char *a, const char *b)
{
	return ka_fetchurl_same_origin(ka_span_of(a), ka_span_of(b));
}

static void origin__scheme_host_and_port__must_be_the_same(void **state)
{
	(void)state;
	assert_true(same("https://a.test/x", "https://a.test/y?z"));
	assert_true(same("https://a.test", "https://a.test?z"));
	assert_true(same("https://a.test:8443/", "https://a.test:8443#"));
	assert_false(same("https://a.test/x", "http://a.test/x"));
	assert_false(same("https://a.test/x", "https://a.test:443/x"));
	assert_false(same("https://a.test/x", "https://a.test.evil.test/x"));
	assert_false(same("https://a.test/x", "https://evil.test/https://a.test/x"));
	assert_false(same("https://a.test/x", "https://a.test@evil.test/x"));
	assert_false(same("https://u@a.test/x", "https://u@a.test/x"));
	assert_true(same("https://a.test/x", "https://a.test/@"));
	assert_false(same("a.test/x", "a.test/x"));
	assert_false(same("", ""));
}

static const char *next(const char *from, const char *link)
{
	struct ka_buf b;

	ka_buf_init_array(&b, out);
	return ka_fetchurl_next(ka_span_of(from), ka_span_of(link), &b) ? out : NULL;
}

static void next__links__stay_at_their_origin(void **state)
{
	static const char from[] = "https://a.test:8443/users/u?page=1";

	(void)state;
	assert_string_equal(next(from, "https://a.test:8443/users/u?page=2"), "https://a.test:8443/users/u?page=2");
	assert_string_equal(next(from, "/users/u?page=2"), "https://a.test:8443/users/u?page=2");
	assert_null(next(from, "//evil.test/x"));
	assert_null(next(from, "https://evil.test/x"));
	assert_null(next(from, "https://a.test/x"));
	assert_null(next(from, "?page=2"));
	assert_null(next(from, "page2"));
	assert_null(next(from, ""));
	assert_null(next(from, "https://a.test:8443/a b"));
	assert_null(next(from, "https://a.test:8443/a\x01"));
	assert_null(next(from, "https://a.test:8443\\@evil.test/"));
	assert_null(next(from, "/\xc3\xa9"));
	assert_null(next(from, "file:///etc/passwd"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(url__substitutions__are_expanded),
		cmocka_unit_test(url__a_name_with_signs__is_percent_encoded),
		cmocka_unit_test(url__anything_else_behind_a_percent__is_refused),
		cmocka_unit_test(url__without_room__is_refused),
		cmocka_unit_test(body__values_stand_plainly__but_for_json),
		cmocka_unit_test(body__base64__of_an_expanded_text),
		cmocka_unit_test(origin__scheme_host_and_port__must_be_the_same),
		cmocka_unit_test(next__links__stay_at_their_origin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
