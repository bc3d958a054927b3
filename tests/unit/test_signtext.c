/* keyaudit/signtext: what is written here is what common/store reads; spans and times; where a text ends. */
#include "keyaudit/sign/signtext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static void head__of_each_kind__is_read_back(void **state)
{
	static const enum ka_signeddoc_kind kinds[] = { KA_SIGNEDDOC_KEYS, KA_SIGNEDDOC_REVOKED, KA_SIGNEDDOC_INDEX };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(kinds); i++) {
		struct ka_signtext_head h = {
			.kind = kinds[i], .user = ka_span_of("alice"), .hosts = ka_span_of("web* db?.example.com"), .serial = 42,
			.issued = 1795370513, .expires = 1795370514,
		};
		enum ka_signeddoc_kind kind;
		struct ka_signeddoc doc;
		char text[512];
		struct ka_buf b;

		ka_buf_init_array(&b, text);
		ka_signtext_head(&h, &b);
		assert_true(ka_signtext_kind(ka_buf_as_span(&b), &kind) && kind == kinds[i]);
		/* all that is missing is a signature */
		assert_int_equal(ka_signeddoc_parse(ka_buf_as_span(&b), kind, &doc), KA_REASON_STORE_SIGNATURE_MISSING);
		assert_true(ka_span_is(doc.head.hosts, "web* db?.example.com"));
		assert_true(ka_span_is(doc.head.user, kind == KA_SIGNEDDOC_KEYS ? "alice" : ""));
		assert_int_equal(doc.head.serial, 42);
		assert_int_equal(doc.head.issued, h.issued);
		assert_int_equal(doc.head.expires, h.expires);
	}
}

static void head__that_the_store_refuses__is_refused_there(void **state)
{
	struct ka_signtext_head h = { .user = ka_span_of("alice"), .hosts = ka_span_of("*"), .serial = 1, .issued = 5, .expires = 5 };
	struct ka_signeddoc doc;
	char text[512];
	struct ka_buf b;

	(void)state;
	ka_buf_init_array(&b, text);
	ka_signtext_head(&h, &b);
	assert_int_equal(ka_signeddoc_parse(ka_buf_as_span(&b), KA_SIGNEDDOC_KEYS, &doc), KA_REASON_STORE_BAD_ANSWER);
}

static void hosts__globs__and_nothing_else(void **state)
{
	(void)state;
	assert_string_equal(ka_signtext_hosts("*"), "");
	assert_string_equal(ka_signtext_hosts("web* db?.example.com"), "");
	assert_string_not_equal(ka_signtext_hosts(""), "");
	assert_string_not_equal(ka_signtext_hosts("web*  db*"), "");
	assert_string_not_equal(ka_signtext_hosts("web*\n# expires: 2999-01-01T00:00:00Z"), "");
	assert_string_not_equal(ka_signtext_hosts("[ab]"), "");
}

static void span__number_and_unit__or_nothing(void **state)
{
	static const struct {
		const char *text;
		int64_t sec;
	} good[] = { { "90s", 90 }, { "15m", 900 }, { "12h", 43200 }, { "7d", 604800 }, { "2w", 1209600 } };
	static const char *const bad[] = { "", "d", "7", "7D", "-7d", "+7d", "7 d", "0d", "7days", "9999999w", "99999999999999999999s" };
	int64_t sec;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(good); i++) {
		assert_true(ka_signtext_span(good[i].text, &sec));
		assert_int_equal(sec, good[i].sec);
	}
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++)
		assert_false(ka_signtext_span(bad[i], &sec));
}

static void expiry__span_or_date__behind_now(void **state)
{
	int64_t at;

	(void)state;
	assert_true(ka_signtext_expiry("1h", 1000, &at) && at == 4600);
	assert_true(ka_signtext_expiry("1970-01-01T00:16:41Z", 1000, &at) && at == 1001);
	assert_false(ka_signtext_expiry("1970-01-01T00:16:40Z", 1000, &at));
	assert_false(ka_signtext_expiry("2026-11-29", 1000, &at));
	assert_false(ka_signtext_expiry("2026-02-30T00:00:00Z", 1000, &at));
}

static void end__first_begin_line__and_no_other(void **state)
{
	static const char text[] = "a\n -----BEGIN SSH SIGNATURE-----\n-----BEGIN SSH SIGNATURE-----\nx\n-----BEGIN SSH SIGNATURE-----\n";

	(void)state;
	assert_int_equal(ka_signtext_end(ka_span_of(text)), strlen("a\n -----BEGIN SSH SIGNATURE-----\n"));
	assert_int_equal(ka_signtext_end(ka_span_of("no block")), strlen("no block"));
	assert_int_equal(ka_signtext_end(ka_span_of("")), 0);
}

static void kind__magic_line__whole(void **state)
{
	enum ka_signeddoc_kind kind;

	(void)state;
	assert_false(ka_signtext_kind(ka_span_of("# keyaudit-keys-v10\n"), &kind));
	assert_false(ka_signtext_kind(ka_span_of("# keyaudit-keys-v1 \n"), &kind));
	assert_false(ka_signtext_kind(ka_span_of("ssh-ed25519 AAAA\n"), &kind));
	assert_true(ka_signtext_kind(ka_span_of("# keyaudit-index-v1"), &kind) && kind == KA_SIGNEDDOC_INDEX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(head__of_each_kind__is_read_back),
		cmocka_unit_test(head__that_the_store_refuses__is_refused_there),
		cmocka_unit_test(hosts__globs__and_nothing_else),
		cmocka_unit_test(span__number_and_unit__or_nothing),
		cmocka_unit_test(expiry__span_or_date__behind_now),
		cmocka_unit_test(end__first_begin_line__and_no_other),
		cmocka_unit_test(kind__magic_line__whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
