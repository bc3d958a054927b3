/* key/keyline and key/keysplit: every reason with its column, its neighbour, all small damages, and the way back. */
#include "key/keyline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "key/keyfpr.h"
#include "tests/unit/lib/keysample.h"

#include "base/poison.h"

#define KEY "AAAAC3NzaC1lZDI1NTE5AAAAIBERERERERERERERERERERERERERERERERERERERERER"
#define LINE "ssh-ed25519 " KEY
#define CUT "AAAAC3NzaC1lZDI1NTE5AAAAIBERERER"

static struct ka_keyline k;
static uint8_t storage[KA_BLOB_MAX];

static enum ka_reason parse_bytes(const void *p, size_t len)
{
	ka_keyline_parse((struct ka_span){ p, len }, storage, &k);
	return k.reason;
}

struct row {
	const char *text;
	size_t len; /* 0: of the text */
	enum ka_reason reason;
	size_t column;
};

#define R(text, reason, column) { text, 0, KA_REASON_##reason, column }
#define B(text, reason, column) { text, sizeof(text) - 1, KA_REASON_##reason, column }

static void check(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		enum ka_reason reason = parse_bytes(rows[i].text, rows[i].len > 0 ? rows[i].len : strlen(rows[i].text));

		if (reason != rows[i].reason || k.column != rows[i].column)
			fail_msg("\"%s\": %s at %zu, not %s at %zu", rows[i].text, ka_reason_id(reason), k.column,
				 ka_reason_id(rows[i].reason), rows[i].column);
	}
}

static void bytes__table(void **state)
{
	static const struct row rows[] = {
		R("", LINE_EMPTY, 1), R(" \t", LINE_EMPTY, 1), R("\r", LINE_EMPTY, 1), R("# c", LINE_EMPTY, 1), R("  # c", LINE_EMPTY, 3),
		R("#" LINE, LINE_EMPTY, 1),
		B("x\0" LINE, LINE_NUL, 2), B(LINE "\0", LINE_NUL, sizeof(LINE)), B("\x01" LINE "\0", LINE_NUL, sizeof(LINE) + 1),
		B("s\0s\0h\0", LINE_NUL, 2),
		R("\x01" LINE, LINE_CONTROL, 1), R("# c\r" LINE "\r", LINE_CONTROL, 4), R(LINE "\r\r", LINE_CONTROL, sizeof(LINE)),
		R(LINE " c\x7f", LINE_CONTROL, sizeof(LINE) + 2), R("ssh-ed25519\v" KEY, LINE_CONTROL, 12),
		R("\xef\xbb\xbf" LINE, LINE_NOT_ASCII, 1), R("ssh-ed25519\xc2\xa0" KEY, LINE_NOT_ASCII, 12),
		R("command=\"\xc3\xab\" " LINE, LINE_NOT_ASCII, 10), R("\xc2\xa0", LINE_NOT_ASCII, 1),
		R("ssh-ed25519 " CUT "\xff", LINE_NOT_ASCII, sizeof("ssh-ed25519 " CUT)),
		R("\xef\xbb\xbf# c", LINE_NOT_ASCII, 1),
		R(LINE, NONE, 1), R(LINE " zo\xc3\xab \xff", NONE, 1), R(LINE "\r", NONE, 1), R(LINE " c\r", NONE, 1),
		R("  \t" LINE, NONE, 4), R("ssh-ed25519\t \t" KEY "\tc\t", NONE, 1),
	};

	(void)state;
	check(rows, KA_ARRAY_LEN(rows));
}

static void format__table(void **state)
{
	static const struct row rows[] = {
		R("-----BEGIN OPENSSH PRIVATE KEY-----", LINE_PRIVATE_KEY, 20), R("-----END RSA PRIVATE KEY-----", LINE_PRIVATE_KEY, 14),
		R("---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----", LINE_PRIVATE_KEY, 27),
		R("b3BlbnNzaC1rZXktdjEAAAAABG5vbmU", LINE_PRIVATE_KEY, 1), R("ssh-ed25519 b3BlbnNzaC1rZXktdjEAAAAA", LINE_PRIVATE_KEY, 13),
		R("PuTTY-User-Key-File-3: ssh-ed25519", LINE_PRIVATE_KEY, 1),
		R("---- BEGIN SSH2 PUBLIC KEY ----", LINE_FOREIGN_FORMAT, 1), R(" -----BEGIN PUBLIC KEY-----", LINE_FOREIGN_FORMAT, 2),
		R("-----BEGIN CERTIFICATE-----", LINE_FOREIGN_FORMAT, 1), R("---- END SSH2 PUBLIC KEY ----", LINE_FOREIGN_FORMAT, 1),
		R(LINE " -----BEGIN", NONE, 1), R(LINE " xb3BlbnNzaC1rZXktdjE", NONE, 1), R(LINE " my PRIVATE KEY", NONE, 1),
		R("# -----BEGIN OPENSSH PRIVATE KEY-----", LINE_EMPTY, 1),
	};

	(void)state;
	check(rows, KA_ARRAY_LEN(rows));
}

static void options__table(void **state)
{
	static const struct row rows[] = {
		R("no-such-option " LINE, OPTION_UNKNOWN, 1), R("pty,nosuch " LINE, OPTION_UNKNOWN, 5),
		R("hello big ssh-ed25519 " KEY, OPTION_UNKNOWN, 1), R("nosuch sh-ed25519 " KEY, OPTION_UNKNOWN, 1),
		R("command=\"foo " LINE, OPTION_BAD_QUOTING, 9), R("nosuch=\"foo " LINE, OPTION_BAD_QUOTING, 8),
		R("no-pty, no-X11-forwarding " LINE, OPTION_BAD_QUOTING, 8), R("no-pty ,no-X11-forwarding " LINE, OPTION_BAD_QUOTING, 7),
		R("no-pty, no-X11-forwarding", OPTION_BAD_QUOTING, 8),
		R("command=\"a\"x " LINE, OPTION_BAD_QUOTING, 12), R("command=\"a\\\\\" " LINE, OPTION_BAD_QUOTING, 9),
		R("command=\"a\",command=\"b\" " LINE, OPTION_REPEATED, 13), R("command=foo " LINE, OPTION_BAD_VALUE, 9),
		R("command=foo bar " LINE, OPTION_BAD_VALUE, 9), R("from=\"10.0.0.1/8\" " LINE, OPTION_BAD_VALUE, 7),
		R("from=\"10.0.0.1/8\" ssh-rsa " KEY, OPTION_BAD_VALUE, 7),
		R("pty, " LINE, NONE, 1), R(",pty " LINE, NONE, 1), R(", " LINE, NONE, 1), R("RESTRICT,from=\"* \" " LINE, NONE, 1),
		R("command=\"ssh-rsa AAAA\" " LINE, NONE, 1), R("command=\"a \\\"b c\\\"\"\t" LINE, NONE, 1),
		R("  no-pty  " LINE, NONE, 3), R("command=\"\" " LINE, NONE, 1),
	};

	(void)state;
	check(rows, KA_ARRAY_LEN(rows));
}

static void key__table(void **state)
{
	static const struct row rows[] = {
		R("sh-ed25519 " KEY, KEY_TYPE_UNKNOWN, 1), R("SSH-ED25519 " KEY, KEY_TYPE_UNKNOWN, 1), R(KEY " c", KEY_TYPE_UNKNOWN, 1),
		R("rsa-sha2-512 " KEY, KEY_TYPE_UNKNOWN, 1), R("pty rsa-sha2-512 " KEY, KEY_TYPE_UNKNOWN, 5),
		R("pty sh-ed25519 " KEY, KEY_TYPE_UNKNOWN, 5), R("pty " KEY, KEY_TYPE_UNKNOWN, 5), R("hello", KEY_TYPE_UNKNOWN, 1),
		R("hello big world", KEY_TYPE_UNKNOWN, 1),
		R("ssh-ed25519", LINE_NO_BLOB, 12), R("ssh-ed25519 ", LINE_NO_BLOB, 13), R("pty ssh-ed25519", LINE_NO_BLOB, 16),
		R("ssh-ed25519 AAAAC3Nz*C1lZDI1", LINE_BAD_BASE64, 21), R("ssh-ed25519 AAA", LINE_BAD_BASE64, 16),
		R("ssh-ed25519 =", LINE_BAD_BASE64, 14), R("ssh-ed25519 " KEY "=", LINE_BAD_BASE64, sizeof(LINE) + 1),
		R("ssh-ed25519 " CUT, KEY_BLOB_TRUNCATED, 13), R(LINE "AAAA", KEY_BLOB_TRAILING, 13),
		R("ssh-rsa " KEY, KEY_TYPE_MISMATCH, 1), R("pty ssh-rsa " KEY, KEY_TYPE_MISMATCH, 5),
		R("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAAA==", KEY_ED25519_LENGTH, 13),
	};

	(void)state;
	check(rows, KA_ARRAY_LEN(rows));
}

static void too_long__one_byte_more__is_refused(void **state)
{
	static char text[KA_LINE_MAX + 2];

	(void)state;
	memset(text, 'c', sizeof(text));
	memcpy(text, LINE " ", sizeof(LINE));
	assert_int_equal(parse_bytes(text, KA_LINE_MAX), KA_REASON_NONE);
	assert_int_equal(parse_bytes(text, KA_LINE_MAX + 1), KA_REASON_LINE_TOO_LONG);
	text[0] = '\0';
	assert_int_equal(parse_bytes(text, KA_LINE_MAX + 1), KA_REASON_LINE_TOO_LONG);
	assert_int_equal(parse_bytes(text, KA_LINE_MAX), KA_REASON_LINE_NUL);
	memset(text, 'A', sizeof(text));
	memcpy(text, "ssh-rsa ", 8);
	assert_int_equal(parse_bytes(text, KA_LINE_MAX), KA_REASON_KEY_TYPE_MISMATCH);
	assert_int_equal(parse_bytes(NULL, 0), KA_REASON_LINE_EMPTY);
}

static void parts__of_a_good_line__are_spans_of_it(void **state)
{
	static const char line[] = " pty,from=\"*\"  " LINE " \t two words \r";

	(void)state;
	assert_int_equal(parse_bytes(line, strlen(line)), KA_REASON_NONE);
	assert_true(ka_span_is(k.options_text, "pty,from=\"*\""));
	assert_true(ka_span_is(k.type_word, "ssh-ed25519"));
	assert_true(ka_span_is(k.base64, KEY));
	assert_true(ka_span_is(k.comment, "two words"));
	assert_int_equal(k.line.len, strlen(line) - 1);
	assert_int_equal(k.options.items[1].column, 6);
}

/* what is wrong with a line must not hide whose key it is */
static void damaged__key_is_still_read(void **state)
{
	static const char *const lines[] = { "no-such-option " LINE, "command=\"foo " LINE, "no-pty, no-X11-forwarding " LINE,
					     "sh-ed25519 " KEY, KEY " c", "rsa-sha2-512 " KEY, "ssh-rsa " KEY, "pty " KEY };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(lines); i++) {
		assert_int_not_equal(parse_bytes(lines[i], strlen(lines[i])), KA_REASON_NONE);
		assert_true(k.key.whole);
		assert_string_equal(ka_keyblob_name(&k.key), "ssh-ed25519");
	}
}

static const char *emitted(const char *forced)
{
	static char text[2 * KA_LINE_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_keyline_emit(&k, forced, &b);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	return text;
}

static void emit__refused_line__writes_nothing(void **state)
{
	static const char *const bad[] = { "", "nosuch " LINE, "ssh-rsa " KEY, LINE "AAAA", "command=\"x " LINE };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++) {
		parse_bytes(bad[i], strlen(bad[i]));
		assert_string_equal(emitted("restrict"), "");
	}
}

static void emit__truncated_options__writes_nothing(void **state)
{
	static char text[1024];
	struct ka_buf b;

	(void)state;
	ka_buf_init_array(&b, text);
	for (size_t i = 0; i <= KA_OPTS_MAX; i++)
		ka_buf_text(&b, "pty,");
	ka_buf_text(&b, " " LINE);
	assert_int_equal(parse_bytes(text, b.len), KA_REASON_NONE);
	assert_true(k.options.truncated);
	assert_string_equal(emitted(""), "");
	assert_int_equal(parse_bytes(text + 4, b.len - 4), KA_REASON_NONE);
	assert_non_null(strstr(emitted(""), LINE));
}

static void emit__good_line__is_canonical(void **state)
{
	static const struct { const char *in, *forced, *out; } rows[] = {
		{ LINE " comment", "", LINE "\n" }, { "\t" LINE "\r", "", LINE "\n" },
		{ LINE, "restrict", "restrict " LINE "\n" }, { "PTY,,No-User-RC, " LINE, "", "pty,no-user-rc " LINE "\n" },
		{ "pty " LINE, "restrict,from=\"a\"", "pty,restrict,from=\"a\" " LINE "\n" }, { ", " LINE, "", LINE "\n" },
		{ "Command=\"a \\\"b\\\"\" " LINE, "", "command=\"a \\\"b\\\"\" " LINE "\n" },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		assert_int_equal(parse_bytes(rows[i].in, strlen(rows[i].in)), KA_REASON_NONE);
		assert_string_equal(emitted(rows[i].forced), rows[i].out);
	}
}

static void emit__no_room__never_writes_half_a_line(void **state)
{
	char text[sizeof(LINE) + 16];

	(void)state;
	assert_int_equal(parse_bytes("pty " LINE, strlen("pty " LINE)), KA_REASON_NONE);
	for (size_t size = 1; size <= sizeof(text); size++) {
		struct ka_buf b;

		ka_buf_init(&b, text, size);
		ka_keyline_emit(&k, "", &b);
		if (ka_buf_check(&b) == KA_ERR_OK)
			assert_string_equal(text, "pty " LINE "\n");
		else
			assert_string_equal(text, "");
	}
}

static void emit__every_sample__parses_back_to_the_same_key(void **state)
{
	static struct ka_keysample s;
	static char text[8192];

	(void)state;
	for (size_t i = 0; i < KA_KEYSAMPLE_COUNT; i++) {
		struct ka_buf b;

		ka_keysample_load(i, &s);
		assert_int_equal(parse_bytes(s.line, s.text.len), KA_REASON_NONE);
		assert_true(ka_span_equal(k.key.blob, s.blob));
		ka_buf_init_array(&b, text);
		ka_keyline_emit(&k, "", &b);
		assert_int_equal(parse_bytes(text, b.len - 1), KA_REASON_NONE);
		assert_true(ka_span_equal(k.key.blob, s.blob));
		assert_int_equal(text[b.len - 1], '\n');
	}
}

/* ---- all small damages of good lines ---- */

/* an accepted line is written canonically, and its key differs from the sample's, or is the sample's very blob */
static void expect_honest(const struct ka_keysample *s, const char *line, size_t len)
{
	static char text[8192], fpr[KA_FPR_TEXT_MAX];
	static uint8_t plain[3072], again[KA_BLOB_MAX];
	static struct ka_keyline back;
	struct ka_buf b;

	if (parse_bytes(line, len) != KA_REASON_NONE)
		return;
	ka_buf_init(&b, plain, sizeof(plain));
	ka_keyblob_plain(&k.key, &b);
	ka_keyfpr_text(ka_buf_as_span(&b), fpr);
	if (!k.key.is_cert && strcmp(fpr, s->fingerprint) == 0)
		assert_true(ka_span_equal(k.key.blob, s->blob));
	ka_buf_init_array(&b, text);
	ka_keyline_emit(&k, "", &b);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	assert_null(memchr(text, '\n', b.len - 1));
	ka_keyline_parse((struct ka_span){ (const uint8_t *)text, b.len - 1 }, again, &back);
	assert_int_equal(back.reason, KA_REASON_NONE);
	assert_true(ka_span_equal(back.key.blob, k.key.blob));
	assert_int_equal(back.options.count, k.options.count);
}

static void mutation__every_bit_flip_truncation_and_insertion__is_honest(void **state)
{
	static const char extra[] = " \t\r\n\"\\=,#*\x80";
	static struct ka_keysample s;
	static char with[4200];

	(void)state;
	for (size_t i = 0; i < KA_KEYSAMPLE_COUNT; i++) {
		ka_keysample_load(i, &s);
		for (size_t bit = 0; bit < s.text.len * 8; bit++) {
			s.line[bit / 8] ^= (char)(1u << bit % 8);
			expect_honest(&s, s.line, s.text.len);
			s.line[bit / 8] ^= (char)(1u << bit % 8);
		}
		for (size_t n = 0; n < s.text.len; n++)
			expect_honest(&s, s.line, n);
		for (size_t at = 0; at < s.text.len; at++)
			for (size_t e = 0; e < sizeof(extra); e++) {
				memcpy(with, s.line, at);
				with[at] = extra[e];
				memcpy(with + at + 1, s.line + at, s.text.len - at);
				expect_honest(&s, with, s.text.len + 1);
			}
	}
}

static void mutation__of_options__is_honest(void **state)
{
	static const char good[] = "restrict,pty,command=\"a \\\"b\\\" c\",from=\"10.0.0.0/8,!x\",expiry-time=\"20300101Z\" " LINE " c";
	static struct ka_keysample s;
	char line[sizeof(good)];

	(void)state;
	ka_keysample_find("ed25519", &s);
	memcpy(line, good, sizeof(good));
	for (size_t bit = 0; bit < strlen(good) * 8; bit++) {
		line[bit / 8] ^= (char)(1u << bit % 8);
		expect_honest(&s, line, strlen(good));
		line[bit / 8] ^= (char)(1u << bit % 8);
	}
	for (size_t from = 0; from < strlen(good); from++)
		expect_honest(&s, good + from, strlen(good) - from);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes__table),
		cmocka_unit_test(format__table),
		cmocka_unit_test(options__table),
		cmocka_unit_test(key__table),
		cmocka_unit_test(too_long__one_byte_more__is_refused),
		cmocka_unit_test(parts__of_a_good_line__are_spans_of_it),
		cmocka_unit_test(damaged__key_is_still_read),
		cmocka_unit_test(emit__refused_line__writes_nothing),
		cmocka_unit_test(emit__truncated_options__writes_nothing),
		cmocka_unit_test(emit__good_line__is_canonical),
		cmocka_unit_test(emit__no_room__never_writes_half_a_line),
		cmocka_unit_test(emit__every_sample__parses_back_to_the_same_key),
		cmocka_unit_test(mutation__every_bit_flip_truncation_and_insertion__is_honest),
		cmocka_unit_test(mutation__of_options__is_honest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
