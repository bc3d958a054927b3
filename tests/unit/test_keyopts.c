/* key/keyopts: sshd's option grammar, accepted and refused. */
#include "key/keyopts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

#include "base/poison.h"

static struct ka_keyopts o;

static enum ka_reason parse(const char *text)
{
	ka_keyopts_parse(ka_span_of(text), 1, &o);
	return o.reason;
}

#define BAD_VALUE KA_REASON_OPTION_BAD_VALUE
#define BAD_QUOTING KA_REASON_OPTION_BAD_QUOTING
#define UNKNOWN KA_REASON_OPTION_UNKNOWN
#define REPEATED KA_REASON_OPTION_REPEATED

static void parse__refused__has_reason_column_and_words(void **state)
{
	static const struct { const char *text; enum ka_reason reason; size_t column; const char *culprit, *detail; } rows[] = {
		{ "no-such-option", UNKNOWN, 1, "no-such-option", "unknown key option" },
		{ "pty,fromm=\"x\"", UNKNOWN, 5, "fromm", "unknown key option" },
		{ "no-restrict", UNKNOWN, 1, "no-restrict", "unknown key option" },
		{ "no-cert-authority", UNKNOWN, 1, "no-cert-authority", "unknown key option" },
		{ "no-command=\"x\"", UNKNOWN, 1, "no-command", "unknown key option" },
		{ "ptyx", UNKNOWN, 1, "ptyx", "unknown key option" },
		{ "=\"x\"", UNKNOWN, 1, "", "unknown key option" },
		{ "'pty'", UNKNOWN, 1, "'pty'", "unknown key option" },
		{ "command=foo", BAD_VALUE, 9, "foo", "missing start quote" },
		{ "command='a',pty", BAD_VALUE, 9, "'a'", "missing start quote" },
		{ "command=", BAD_VALUE, 9, "", "missing start quote" },
		{ "command", BAD_VALUE, 1, "command", "unknown key option" },
		{ "pty=\"x\"", BAD_VALUE, 5, "\"x\"", "unknown key option" },
		{ "command=\"foo", BAD_QUOTING, 9, "\"foo", "missing end quote" },
		{ "command=\"a\\\\\"", BAD_QUOTING, 9, "\"a\\\\\"", "missing end quote" },
		{ "command=\"a\"x,pty", BAD_QUOTING, 12, "x", "unknown key option" },
		{ "command=\"a\"\"b\"", BAD_QUOTING, 12, "\"b\"", "unknown key option" },
		{ "pty, restrict", BAD_QUOTING, 5, " restrict", "unknown key option" },
		{ "pty restrict", BAD_QUOTING, 4, " restrict", "unknown key option" },
		{ "\"pty\"", BAD_QUOTING, 1, "\"pty\"", "unknown key option" },
		{ "pty\"x\"", BAD_QUOTING, 4, "\"x\"", "unknown key option" },
		{ "command=\"a\",command=\"b\"", REPEATED, 13, "command", "multiple \"command\" clauses" },
		{ "principals=\"a\",Principals=\"b\"", REPEATED, 16, "Principals", "multiple \"principals\" clauses" },
		{ "from=\"*\",pty,from=\"*\"", REPEATED, 14, "from", "multiple \"from\" clauses" },
		{ "principals=\"a\\\"b\"", BAD_VALUE, 13, "a\\\"b", NULL },
		{ "from=\"\"", BAD_VALUE, 7, "", "invalid from criteria" },
		{ "from=\"10.0.0.1/8\"", BAD_VALUE, 7, "10.0.0.1/8", "invalid from criteria" },
		{ "expiry-time=\"2020-01-01\"", BAD_VALUE, 14, "2020-01-01", "invalid expires time" },
		{ "environment=\"=x\"", BAD_VALUE, 14, "=x", "invalid environment string" },
		{ "environment=\"A\"", BAD_VALUE, 14, "A", "invalid environment string" },
		{ "environment=\"A-B=x\"", BAD_VALUE, 14, "A-B=x", "invalid environment string" },
		{ "tunnel=\"x\"", BAD_VALUE, 9, "x", "invalid tun device" },
		{ "tunnel=\"\"", BAD_VALUE, 9, "", "invalid tun device" },
		{ "tunnel=\"2147483646\"", BAD_VALUE, 9, "2147483646", "invalid tun device" },
		{ "permitopen=\"a\"", BAD_VALUE, 13, "a", "invalid permission port" },
		{ "permitopen=\"none\"", BAD_VALUE, 13, "none", "invalid permission port" },
		{ "permitopen=\"a:0\"", BAD_VALUE, 13, "a:0", "invalid permission port" },
		{ "permitopen=\"a:65536\"", BAD_VALUE, 13, "a:65536", "invalid permission port" },
		{ "permitopen=\"a:b:80\"", BAD_VALUE, 13, "a:b:80", "invalid permission port" },
		{ "permitopen=\"a:\"", BAD_VALUE, 13, "a:", "invalid permission port" },
		{ "permitopen=\"[::1:80\"", BAD_VALUE, 13, "[::1:80", "invalid permission hostname" },
		{ "permitopen=\"[::1]x:80\"", BAD_VALUE, 13, "[::1]x:80", "invalid permission hostname" },
		{ "permitopen=\"[::1]\"", BAD_VALUE, 13, "[::1]", "invalid permission port" },
		{ "permitopen=\"80\"", BAD_VALUE, 13, "80", "invalid permission port" },
		{ "permitlisten=\"0\"", BAD_VALUE, 15, "0", "invalid permission port" },
		{ "permitlisten=\"a/80\"", BAD_VALUE, 15, "a/80", "invalid permission port" },
		{ "command=\"a\nb\"", BAD_VALUE, 10, "a\nb", NULL },
		{ "command=\"\xc3\xab\"", BAD_VALUE, 10, "\xc3\xab", NULL },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		if (parse(rows[i].text) != rows[i].reason)
			fail_msg("%s: %s", rows[i].text, ka_reason_id(o.reason));
		assert_int_equal(o.column, rows[i].column);
		assert_true(ka_span_is(o.culprit, rows[i].culprit));
		if (rows[i].detail != NULL)
			assert_string_equal(o.detail, rows[i].detail);
		else
			assert_null(o.detail);
	}
}

#define TEN "0123456789"

/* what people are told: never nothing where it is about an option, and no byte that moves anything */
static void what__of_a_refused_list__names_the_option(void **state)
{
	static const struct { const char *text, *what; } rows[] = {
		{ "permitopen=\"a\"", "permitopen: invalid permission port" },
		{ "restrict,X11-FORWARDING,Expiry-Time=\"soon\"", "expiry-time: invalid expires time" },
		{ "command=\"a\nb\"", "command" },
		{ "command", "command: a value is missing" },
		{ "pty=\"x\"", "pty: takes no value" },
		{ "no-pty=", "no-pty: takes no value" },
		{ "command=x", "command: missing start quote" },
		{ "pty,command=\"x", "command: missing end quote" },
		{ "command=\"a\",pty,command=\"b\"", "command" },
		{ "something-else", "\"something-else\"" },
		{ "fromm=\"x\"", "\"fromm\"; did you mean \"from\"?" },
		{ "no-agent-forwardingg", "\"no-agent-forwardingg\"; did you mean \"no-agent-forwarding\"?" },
		{ "=\"x\"", "unknown key option" },
		{ "'pty'", "\"'pty'\"" },
		{ "f\x1b[2J\x7f\xff\\", "\"f\\x1b[2J\\x7f\\xff\\x5c\"" },
		{ "\xe2\x80\xaepty", "\"\\xe2\\x80\\xaepty\"" },
		{ TEN TEN TEN TEN "01234567", "\"" TEN TEN TEN TEN "01234567\"" },
		{ TEN TEN TEN TEN "012345678", "\"" TEN TEN TEN TEN "01234...\"" },
		{ "pty,restrict", "" },
	};
	char text[KA_OPT_WHAT_MAX];
	struct ka_buf b;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		parse(rows[i].text);
		ka_buf_init_array(&b, text);
		ka_keyopts_what(&o, &b);
		assert_false(b.overflow);
		assert_string_equal(text, rows[i].what);
	}
}

static void parse__accepted__is_written_canonically(void **state)
{
	static const struct { const char *text, *canonical; } rows[] = {
		{ "", "" }, { ",", "" }, { ",pty", "pty" }, { "pty,,no-pty", "pty,no-pty" }, { "pty,", "pty" },
		{ "ReStRiCt,x11-FORWARDING,No-PTY", "restrict,X11-forwarding,no-pty" },
		{ "cert-authority,principals=\"a,b\"", "cert-authority,principals=\"a,b\"" },
		{ "no-port-forwarding,no-agent-forwarding,no-X11-forwarding,no-user-rc",
		  "no-port-forwarding,no-agent-forwarding,no-X11-forwarding,no-user-rc" },
		{ "touch-required,no-touch-required,verify-required,no-verify-required",
		  "touch-required,no-touch-required,verify-required,no-verify-required" },
		{ "command=\"\"", "command=\"\"" },
		{ "COMMAND=\"a \\\"b\\\", c\\d\te\"", "command=\"a \\\"b\\\", c\\d\te\"" },
		{ "command=\"a\\\\\\\"\"", "command=\"a\\\\\\\"\"" },
		{ "principals=\"\"", "principals=\"\"" },
		{ "from=\"*.example.org,!10.0.0.0/8,::1\"", "from=\"*.example.org,!10.0.0.0/8,::1\"" },
		{ "expiry-time=\"20300101\",expiry-time=\"20290101Z\"", "expiry-time=\"20300101\",expiry-time=\"20290101Z\"" },
		{ "environment=\"1_A=\",environment=\"LD_PRELOAD=x=y\"", "environment=\"1_A=\",environment=\"LD_PRELOAD=x=y\"" },
		{ "permitopen=\"h:1\",permitopen=\"[::1]:65535\",permitopen=\"h/80\",permitopen=\"*:*\",permitopen=\"h:http\"",
		  "permitopen=\"h:1\",permitopen=\"[::1]:65535\",permitopen=\"h/80\",permitopen=\"*:*\",permitopen=\"h:http\"" },
		{ "permitopen=\":80\"", "permitopen=\":80\"" },
		{ "permitlisten=\"8080\",permitlisten=\"*\",permitlisten=\"h:80\",permitlisten=\"[::1]:80\"",
		  "permitlisten=\"8080\",permitlisten=\"*\",permitlisten=\"h:80\",permitlisten=\"[::1]:80\"" },
		{ "tunnel=\"0\",tunnel=\"ANY\",tunnel=\"2147483645\"", "tunnel=\"0\",tunnel=\"ANY\",tunnel=\"2147483645\"" },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		char text[512];
		struct ka_buf b;

		if (parse(rows[i].text) != KA_REASON_NONE)
			fail_msg("%s: %s", rows[i].text, ka_reason_id(o.reason));
		ka_buf_init_array(&b, text);
		ka_keyopts_emit(&o, &b);
		assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
		assert_string_equal(text, rows[i].canonical);
		assert_int_equal(parse(text), KA_REASON_NONE);
	}
}

static void repeat(char *text, size_t size, const char *entry, size_t n)
{
	struct ka_buf b;

	ka_buf_init(&b, text, size);
	for (size_t i = 0; i < n; i++) {
		ka_buf_text(&b, entry);
		ka_buf_char(&b, ',');
	}
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
}

static void parse__many_entries__limits_of_sshd(void **state)
{
	static const struct { const char *entry; size_t most; } rows[] = {
		{ "permitopen=\"a:1\"", 4097 }, { "permitlisten=\"1\"", 4097 }, { "environment=\"A=b\"", 1025 },
	};
	static char text[128 * 1024];

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		repeat(text, sizeof(text), rows[i].entry, rows[i].most);
		assert_int_equal(parse(text), KA_REASON_NONE);
		assert_true(o.truncated);
		assert_int_equal(o.count, KA_OPTS_MAX);
		repeat(text, sizeof(text), rows[i].entry, rows[i].most + 1);
		assert_int_equal(parse(text), BAD_VALUE);
		assert_non_null(strstr(o.detail, "too many"));
	}
	repeat(text, sizeof(text), "pty", KA_OPTS_MAX);
	assert_int_equal(parse(text), KA_REASON_NONE);
	assert_false(o.truncated);
	repeat(text, sizeof(text), "pty", KA_OPTS_MAX + 1);
	assert_int_equal(parse(text), KA_REASON_NONE);
	assert_true(o.truncated);
}

static void find__no_form__is_not_the_option(void **state)
{
	(void)state;
	assert_int_equal(parse("no-pty,from=\"a\""), KA_REASON_NONE);
	assert_null(ka_keyopts_find(&o, KA_KEYOPT_PTY));
	assert_non_null(ka_keyopts_find(&o, KA_KEYOPT_FROM));
	assert_int_equal(ka_keyopts_find(&o, KA_KEYOPT_FROM)->column, 8);
	assert_true(ka_span_is(ka_keyopts_find(&o, KA_KEYOPT_FROM)->value, "a"));
	assert_string_equal(ka_keyopts_name(o.items[0].opt, o.items[0].is_no), "no-pty");
}

static void nearest__one_slip__is_found(void **state)
{
	static const struct { const char *word, *name; } rows[] = {
		{ "fromm", "from" }, { "fro", "from" }, { "form", "from" }, { "frxm", "from" }, { "FORM", "from" },
		{ "no-pyt", "no-pty" }, { "nopty", "no-pty" }, { "restrictt", "restrict" }, { "comand", "command" },
		{ "expiry_time", "expiry-time" }, { "x11-forwardin", "X11-forwarding" },
		{ "frm0", NULL }, { "", NULL }, { "something", NULL }, { "no-restrict", NULL }, { "p", NULL },
		{ "no-pt-y", "no-pty" },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		const char *near = ka_keyopts_nearest(ka_span_of(rows[i].word));

		if (rows[i].name == NULL)
			assert_null(near);
		else
			assert_true(near != NULL && strcmp(near, rows[i].name) == 0);
	}
}

/* the tables of both stand in test_keytime.c and test_keyfrom.c */
static void expiry_and_from__are_asked_of_their_readers(void **state)
{
	int64_t at = 0;

	(void)state;
	assert_true(ka_keyopts_expiry(ka_span_of("20300101"), 3600, &at));
	assert_int_equal(at, 1893452400);
	assert_false(ka_keyopts_expiry(ka_span_of("forever"), 3600, &at));
	assert_int_equal(ka_keyopts_from_matches(ka_span_of("10.0.0.0/8"), "x", "10.1.2.3"), 1);
	assert_int_equal(ka_keyopts_from_matches(ka_span_of("!10.0.0.0/8,*"), "x", "10.1.2.3"), 0);
	assert_int_equal(ka_keyopts_from_matches(ka_span_of("10.0.0.1/8"), "x", "10.1.2.3"), -1);
}

/* what has a no- form is what is found by it */
static void has_no__every_option__agrees_with_lookup(void **state)
{
	(void)state;
	for (unsigned i = 0; i < KA_KEYOPT_COUNT; i++) {
		enum ka_keyopt found = KA_KEYOPT_COUNT;
		bool is_no = false;
		bool known = ka_keyopts_lookup(ka_span_of(ka_keyopts_name((enum ka_keyopt)i, true)), &found, &is_no);

		assert_int_equal(ka_keyopts_has_no((enum ka_keyopt)i), known);
		assert_true(!known || (found == (enum ka_keyopt)i && is_no));
	}
	assert_true(ka_keyopts_has_no(KA_KEYOPT_PTY));
	assert_false(ka_keyopts_has_no(KA_KEYOPT_RESTRICT));
	assert_false(ka_keyopts_has_no(KA_KEYOPT_COUNT));
}

static void names__more_than_fits__whole_names_only(void **state)
{
	char out[20];
	struct ka_buf b;

	(void)state;
	ka_keyopts_parse(ka_span_of("restrict,no-agent-forwarding,pty,user-rc"), 1, &o);
	ka_buf_init_array(&b, out);
	ka_keyopts_names(&o, &b);
	assert_string_equal(out, "restrict,pty");
	ka_buf_text(&b, "more than there is room for");
	ka_keyopts_names(&o, &b);
	assert_int_equal(ka_buf_check(&b), KA_ERR_LIMIT);
	assert_string_equal(out, "restrict,pty");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse__refused__has_reason_column_and_words),
		cmocka_unit_test(what__of_a_refused_list__names_the_option),
		cmocka_unit_test(parse__accepted__is_written_canonically),
		cmocka_unit_test(parse__many_entries__limits_of_sshd), cmocka_unit_test(find__no_form__is_not_the_option),
		cmocka_unit_test(nearest__one_slip__is_found), cmocka_unit_test(expiry_and_from__are_asked_of_their_readers),
		cmocka_unit_test(has_no__every_option__agrees_with_lookup), cmocka_unit_test(names__more_than_fits__whole_names_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
