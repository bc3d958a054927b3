/* diag/keyview: a line as sshd reads it. Nothing that sshd takes may be called anything else. */
#include "diag/keyview.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/err.h"
#include "base/limits.h"
#include "tests/unit/lib/keyscansample.h"

#include "base/poison.h"

static struct ka_keyview view;

/* in memory of its own, so that reading beyond it is seen */
static void parse(const char *text, size_t len)
{
	static uint8_t *copy;

	free(copy);
	copy = malloc(len > 0 ? len : 1);
	assert_non_null(copy);
	memcpy(copy, text, len);
	ka_keyview_parse((struct ka_span){ copy, len }, &view);
}

static bool is(struct ka_span s, const char *text)
{
	return ka_span_is(s, text);
}

static void parse__kinds__table(void **state)
{
	static const struct { const char *text; size_t len; enum ka_keyview_kind kind; } rows[] = {
#define ROW(text, kind) { text, sizeof(text) - 1, KA_KEYVIEW_##kind }
		ROW("", EMPTY), ROW(" \t ", EMPTY), ROW("\r", EMPTY), ROW(" \r", EMPTY), ROW("\0" A, EMPTY),
		ROW("#", COMMENT), ROW(" \t# x", COMMENT), ROW("#" A, COMMENT), ROW("#\0" A, COMMENT),
		ROW(A, KEY), ROW(A "\r", KEY), ROW(" \t" A " x y", KEY), ROW("ssh-ed25519", KEY), ROW("ssh-ed25519 *", KEY),
		ROW("no-pty " A, KEY), ROW("command=\"a b\" " A, KEY), ROW("command=\"a \\\" b\" " A, KEY), ROW("anything " A, KEY),
		ROW("rsa-sha2-512 " R64_1, KEY), ROW("a\"b c\"d " A, KEY),
		ROW("command=\"a b " A, OPEN_QUOTE), ROW("\"", OPEN_QUOTE), ROW("a\"b\"\"", OPEN_QUOTE), ROW("x\\\"\"y " A, OPEN_QUOTE),
		ROW("x", NOTHING), ROW("no-pty, no-X11-forwarding " A, NOTHING), ROW(A64, NOTHING), ROW("sh-ed25519 " A64, NOTHING),
		ROW("x\\", NOTHING), ROW("SSH-ED25519 " A64, NOTHING), ROW("\xef\xbb\xbf" A, NOTHING), ROW("no-pty\t" , NOTHING),
#undef ROW
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		parse(rows[i].text, rows[i].len);
		if (view.kind != rows[i].kind)
			fail_msg("row %zu (%s): kind %d", i, rows[i].text, (int)view.kind);
	}
}

static void parse__parts__borrow_from_the_line(void **state)
{
	(void)state;
	parse("  restrict,command=\"a \\\"b\\\" c\"\tssh-ed25519 \t" A64 "  al ice \r", sizeof("  restrict,command=\"a \\\"b\\\" c\"\tssh-ed25519 \t" A64 "  al ice \r") - 1);
	assert_int_equal(view.kind, KA_KEYVIEW_KEY);
	assert_true(is(view.options, "restrict,command=\"a \\\"b\\\" c\""));
	assert_true(is(view.type, "ssh-ed25519"));
	assert_true(is(view.base64, A64));
	assert_true(is(ka_span_sub(view.comment, view.comment.len - 7, 7), "al ice "));
	assert_ptr_equal(view.options.p, view.line.p + 2);
	parse("ssh-ed25519", 11); /* a type and nothing behind it */
	assert_true(is(view.type, "ssh-ed25519"));
	assert_int_equal(view.base64.len, 0);
	assert_ptr_equal(view.base64.p, view.line.p + 11);
	assert_int_equal(view.options.len, 0);
}

/* one carriage return belongs to the line's end, and all behind a NUL is not there */
static void parse__line__ends_where_sshd_ends_it(void **state)
{
	(void)state;
	parse("ab\r\r", 4);
	assert_true(is(view.line, "ab\r"));
	parse("ab\r\0cd", 6);
	assert_true(is(view.line, "ab"));
	parse(A " x\0y", sizeof(A " x\0y") - 1);
	assert_int_equal(view.kind, KA_KEYVIEW_KEY);
	assert_int_equal(view.line.len, sizeof(A " x") - 1);
}

static void parse__open_quote__offset_of_the_last_one(void **state)
{
	static const struct { const char *text; size_t at; } rows[] = {
		{ "\"", 0 }, { " \tcommand=\"x y", 10 }, { "a=\"b\",c=\"d e", 8 }, { "a=\"\\\"", 2 },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		parse(rows[i].text, strlen(rows[i].text));
		assert_int_equal(view.kind, KA_KEYVIEW_OPEN_QUOTE);
		assert_int_equal(view.quote, rows[i].at);
	}
}

/* base64 of an SSH string with @n letters, and four bytes more */
static struct ka_span name_of(size_t n, uint8_t letter, size_t more)
{
	static char text[400];
	uint8_t blob[128] = { 0, 0, 0, (uint8_t)n };

	memset(blob + 4, letter, n);
	memset(blob + 4 + n, 0, more);
	sodium_bin2base64(text, sizeof(text), blob, 4 + n + more, sodium_base64_VARIANT_ORIGINAL);
	return ka_span_of(text);
}

static void inner_type__limits_and_letters(void **state)
{
	static const uint8_t never[] = { 0, 1, '\n', 0x1b, ' ', 0x7f, 0x80, 0xff };
	uint8_t name[64];

	(void)state;
	assert_true(is(ka_keyview_inner_type(ka_span_of(A64), name), "ssh-ed25519"));
	assert_true(is(ka_keyview_inner_type(ka_span_of(R64_1), name), "ssh-rsa"));
	assert_int_equal(ka_keyview_inner_type(name_of(KA_KEYVIEW_INNER_TYPE_MAX - 1, 'x', 9), name).len, KA_KEYVIEW_INNER_TYPE_MAX - 1);
	assert_int_equal(ka_keyview_inner_type(name_of(KA_KEYVIEW_INNER_TYPE_MAX, 'x', 9), name).len, KA_KEYVIEW_INNER_TYPE_MAX);
	assert_int_equal(ka_keyview_inner_type(name_of(KA_KEYVIEW_INNER_TYPE_MAX + 1, 'x', 9), name).len, 0);
	for (size_t i = 0; i < KA_ARRAY_LEN(never); i++)
		assert_int_equal(ka_keyview_inner_type(name_of(5, never[i], 4), name).len, 0);
	assert_int_equal(ka_keyview_inner_type(ka_span_of(""), name).len, 0);
	assert_int_equal(ka_keyview_inner_type(ka_span_of("AAA"), name).len, 0);
	assert_int_equal(ka_keyview_inner_type(ka_span_of("AAAA"), name).len, 0);
	assert_int_equal(ka_keyview_inner_type(ka_span_of("////////"), name).len, 0); /* a length of 2^32 - 1 */
	assert_int_equal(ka_keyview_inner_type(ka_span_of("*AAAC3NzaC1lZDI1NTE5"), name).len, 0);
}

static void type_fits__table(void **state)
{
	static const struct { const char *word, *inner; bool fits; } rows[] = {
		{ "ssh-rsa", "ssh-rsa", true }, { "rsa-sha2-256", "ssh-rsa", true }, { "rsa-sha2-512", "ssh-rsa", true },
		{ "rsa-sha2-384", "ssh-rsa", false }, { "ssh-rsa", "rsa-sha2-512", false }, { "ssh-ed25519", "ssh-rsa", false },
		{ "webauthn-sk-ecdsa-sha2-nistp256@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com", true },
		{ "webauthn-sk-ecdsa-sha2-nistp256@openssh.com", "ssh-rsa", false }, { "ssh-new", "ssh-new", true }, { "", "ssh-rsa", false },
		{ "SSH-RSA", "ssh-rsa", false },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		if (ka_keyview_type_fits(ka_span_of(rows[i].word), ka_span_of(rows[i].inner)) != rows[i].fits)
			fail_msg("row %zu", i);
}

/* a newer sshd knows types that we do not: the name inside the key says that it is one */
static void is_type__known_or_named_inside(void **state)
{
	(void)state;
	assert_true(ka_keyview_is_type(ka_span_of("ssh-ed25519"), ka_span_of("")));
	assert_true(ka_keyview_is_type(ka_span_of("rsa-sha2-512"), ka_span_of("")));
	assert_true(ka_keyview_is_type(ka_span_of("xxxxx"), name_of(5, 'x', 4)));
	assert_false(ka_keyview_is_type(ka_span_of("xxxx"), name_of(5, 'x', 4)));
	assert_false(ka_keyview_is_type(ka_span_of(""), ka_span_of("")));
	assert_false(ka_keyview_is_type(ka_span_of(""), ka_span_of("AAAAAAAA"))); /* an empty name is none */
	assert_false(ka_keyview_is_type(ka_span_of("no-pty"), ka_span_of(A64)));
}

static bool is_inside(struct ka_span s)
{
	return s.len == 0 || (s.p >= view.line.p && s.p + s.len <= view.line.p + view.line.len);
}

static void parse__every_flip_and_cut__spans_stay_inside(void **state)
{
	static const char text[] = " restrict,command=\"a \\\"b\" " A " x\r";
	char copy[sizeof(text)];

	(void)state;
	for (size_t i = 0; i < sizeof(text) - 1; i++)
		for (unsigned bit = 0; bit < 8; bit++) {
			memcpy(copy, text, sizeof(text));
			copy[i] = (char)((unsigned char)copy[i] ^ (1u << bit));
			parse(copy, sizeof(text) - 1);
			assert_true(is_inside(view.options) && is_inside(view.type) && is_inside(view.base64) && is_inside(view.comment));
			assert_true(view.kind != KA_KEYVIEW_OPEN_QUOTE || (view.quote < view.line.len && view.line.p[view.quote] == '"'));
		}
	for (size_t n = 0; n < sizeof(text); n++)
		parse(text, n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse__kinds__table),
		cmocka_unit_test(parse__parts__borrow_from_the_line),
		cmocka_unit_test(parse__line__ends_where_sshd_ends_it),
		cmocka_unit_test(parse__open_quote__offset_of_the_last_one),
		cmocka_unit_test(inner_type__limits_and_letters),
		cmocka_unit_test(type_fits__table),
		cmocka_unit_test(is_type__known_or_named_inside),
		cmocka_unit_test(parse__every_flip_and_cut__spans_stay_inside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
