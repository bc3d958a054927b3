/* conf/confheader: fields that a configuration may add, those that it may not, and every byte of a name and of a value. */
#include "conf/confheader.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/text.h"
#include "tests/unit/lib/confsample.h"

#include "base/poison.h"

static const struct confsample_row wrong[] = {
	{ "[source a]\nheaders = X-A\n", "f:2: headers: \"X-A\" is not of the form \"Name: value\", or several of them with | between" },
	{ "[source a]\nheaders = X-A:\n", "f:2: headers: \"X-A:\" is not of the form \"Name: value\", or several of them with | between" },
	{ "[source a]\nheaders = X A: b\n", "f:2: headers: \"X A: b\" is not of the form \"Name: value\", or several of them with | between" },
	{ "[source a]\nheaders = X-A: b |\n", "f:2: headers: \"\" is not of the form \"Name: value\", or several of them with | between" },
	{ "[source a]\nheaders = X-A: b | Host: evil\n", "f:2: headers: \"Host: evil\" is a header that keyaudit sets itself" },
	{ "[source a]\nheaders = IF-NONE-MATCH: *\n", "f:2: headers: \"IF-NONE-MATCH: *\" is a header that keyaudit sets itself" },
	{ "[source a]\nheaders = X-Vault-Token: s.1\n",
	  "f:2: headers: \"X-Vault-Token: s.1\" would show a secret to everybody; put the value into token_file and the name into token_header" },
	{ "[source a]\nheaders = authorization: Basic x\n",
	  "f:2: headers: \"authorization: Basic x\" would show a secret to everybody; put the value into token_file and the name into token_header" },
	{ "[source a]\nheaders = X-A: %b(x)\n", "f:2: headers: \"X-A: %b(x)\" has a % that is not %u, %n, %f, %k or %%" },
	{ "[source a]\nheaders = X-A: \xc3\xa4\n", "f:2: headers: \"X-A: \xc3\xa4\" holds something else than ASCII characters" },
	{ "[source a]\ntoken_header = X-Vault-Token:\n", "f:2: token_header: \"X-Vault-Token:\" is neither NAME nor NAME: WORD" },
	{ "[source a]\ntoken_header = X A\n", "f:2: token_header: \"X A\" is neither NAME nor NAME: WORD" },
	{ "[source a]\ntoken_header = Authorization: a b\n", "f:2: token_header: \"Authorization: a b\" is neither NAME nor NAME: WORD" },
	{ "[source a]\ntoken_header = Host\n", "f:2: token_header: \"Host\" is a header that keyaudit sets itself" },
};

static void headers__wrong__says_exactly_what(void **state)
{
	(void)state;
	confsample_wrong(wrong, KA_ARRAY_LEN(wrong));
}

static const char *odd_list(const char *value, struct ka_span *culprit)
{
	return ka_confheader_odd_list(ka_span_of(value), culprit);
}

/* field = @name with @value behind it */
static const char *odd_field(const char *name, const char *value)
{
	static char text[256];
	struct ka_span culprit;
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_buf_text(&b, name);
	ka_buf_text(&b, value);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	return odd_list(text, &culprit);
}

/* what would be read by one server and not by the other (RFC 9110, RFC 9112), and what the client asks by */
static void list__own_fields__are_refused_in_any_case(void **state)
{
	static const char *const own[] = {
		"Accept", "Accept-Encoding", "Connection", "Content-Encoding", "Content-Length", "Content-Type", "Expect", "Host", "If-Match",
		"If-Modified-Since", "If-None-Match", "If-Range", "If-Unmodified-Since", "Keep-Alive", "Range", "TE", "Trailer",
		"Transfer-Encoding", "Upgrade", "User-Agent",
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(own); i++) {
		char lower[32];
		size_t n = strlen(own[i]);

		for (size_t k = 0; k <= n; k++)
			lower[k] = (char)ka_text_lower((uint8_t)own[i][k]);
		assert_string_equal(odd_field(own[i], ": x"), " is a header that keyaudit sets itself");
		assert_string_equal(odd_field(lower, ":x"), " is a header that keyaudit sets itself");
		assert_string_equal(ka_confheader_odd_token(ka_span_of(own[i])), " is a header that keyaudit sets itself");
		lower[n] = 'x'; /* the nearest neighbour is somebody else's */
		lower[n + 1] = '\0';
		assert_null(odd_field(lower, ": x"));
	}
}

static void list__names_of_secrets__are_refused_wherever_they_stand(void **state)
{
	static const char *const names[] = {
		"Authorization", "Proxy-Authorization", "X-Authorized", "Cookie", "Set-Cookie", "X-Vault-Token", "PRIVATE-TOKEN", "tokens",
		"X-Api-Key", "x-apikey", "My-Secret", "Password", "X-Passwd", "X-Auth", "x-auth-user",
	};
	static const char *const neighbours[] = { "X-Vault-Namespace", "X-Toke", "X-Oken", "X-Aut", "Api-Ke", "X-Request-Id", "Pass", "x" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(names); i++) {
		assert_non_null(strstr(odd_field(names[i], ": x"), "would show a secret"));
		assert_null(ka_confheader_odd_token(ka_span_of(names[i]))); /* there is its place */
	}
	for (size_t i = 0; i < KA_ARRAY_LEN(neighbours); i++)
		assert_null(odd_field(neighbours[i], ": token"));
}

static void name__every_byte__is_a_token_or_not(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		uint8_t field[] = { 'X', (uint8_t)c, 'Y', ':', 'v' };
		bool is_token = c != 0 && (ka_text_is_alnum((uint8_t)c) || strchr("!#$%&'*+-.^_`|~", (int)c) != NULL);
		struct ka_span culprit;

		/* : ends a name, and in a list | divides */
		assert_int_equal(ka_confheader_odd_list((struct ka_span){ field, 5 }, &culprit) == NULL, (is_token && c != '|') || c == ':');
		assert_int_equal(ka_confheader_odd_token((struct ka_span){ field, 3 }) == NULL, is_token || c == ':');
	}
}

static void value__every_byte__is_printable_ascii_or_not(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		uint8_t field[] = { 'X', ':', 'a', (uint8_t)c, 'b' };
		struct ka_span culprit;
		const char *odd = ka_confheader_odd_list((struct ka_span){ field, 5 }, &culprit);

		if (c < ' ' || c >= 0x7f)
			assert_string_equal(odd, " holds something else than ASCII characters");
		else if (c == '|' || c == '%')
			assert_non_null(odd);
		else
			assert_null(odd);
	}
}

static void name__length__to_the_byte(void **state)
{
	char field[80];
	struct ka_span culprit;

	(void)state;
	for (size_t n = 0; n <= 65; n++) {
		memset(field, 'x', sizeof(field));
		memcpy(field + n, ": v", 4);
		assert_int_equal(odd_list(field, &culprit) == NULL, n > 0 && n < 64);
		field[n] = '\0';
		assert_int_equal(ka_confheader_odd_token(ka_span_of(field)) == NULL, n > 0 && n < 64);
	}
}

static void list__several__the_first_odd_one_is_the_culprit(void **state)
{
	struct ka_span culprit = { NULL, 0 };

	(void)state;
	assert_null(odd_list("X-A: a", &culprit));
	assert_null(odd_list("  X-A:a |\tX-B:  b: c  | X-A: %u%n%f%k%%  ", &culprit));
	assert_non_null(odd_list("X-A: a |  Host: b\t| Range: c", &culprit));
	assert_true(ka_span_is(culprit, "Host: b"));
	assert_non_null(odd_list("X-A: a || X-B: b", &culprit));
	assert_true(ka_span_is(culprit, ""));
	assert_non_null(odd_list("|X-A: a", &culprit));
	assert_non_null(odd_list("X-A: a|", &culprit));
	assert_non_null(odd_list("", &culprit));
	assert_non_null(odd_list(": a", &culprit));
	assert_non_null(odd_list("X-A : a", &culprit)); /* RFC 9112 5.1: no blank there */
	assert_non_null(odd_list("X-A:  ", &culprit));
	assert_non_null(odd_list("X-A: %h", &culprit));
	assert_non_null(odd_list("X-A: 50%", &culprit));
}

static void token__forms(void **state)
{
	static const struct { const char *value; bool is_right; } rows[] = {
		{ "X-Vault-Token", true }, { "Authorization: Basic", true }, { "Authorization:Bearer", true }, { "Authorization:\t Token  ", true },
		{ "", false }, { ":", false }, { ": Basic", false }, { "X-A:", false }, { "X-A: ", false }, { "X-A: a b", false }, { "X A", false },
		{ "X-A: a:b", false }, { "X-A: \xc3\xa4", false }, { "X-A\n", false }, { " X-A", false }, { "Content-Length: x", false },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		if ((ka_confheader_odd_token(ka_span_of(rows[i].value)) == NULL) != rows[i].is_right)
			fail_msg("%s", rows[i].value);
	assert_non_null(ka_confheader_odd_token((struct ka_span){ NULL, 0 }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers__wrong__says_exactly_what),
		cmocka_unit_test(list__own_fields__are_refused_in_any_case),
		cmocka_unit_test(list__names_of_secrets__are_refused_wherever_they_stand),
		cmocka_unit_test(list__several__the_first_odd_one_is_the_culprit),
		cmocka_unit_test(name__every_byte__is_a_token_or_not),
		cmocka_unit_test(name__length__to_the_byte),
		cmocka_unit_test(value__every_byte__is_printable_ascii_or_not),
		cmocka_unit_test(token__forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
