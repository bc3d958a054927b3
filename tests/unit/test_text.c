/* base/text: escapes, numbers, globs. */
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static const char *escaped(const char *in, size_t n, char quote, size_t max)
{
	static char out[256];
	struct ka_buf b;

	ka_buf_init_array(&b, out);
	ka_text_escape(&b, (struct ka_span){ (const uint8_t *)in, n }, quote, max);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	return out;
}

static void escape__hostile_bytes__become_hex(void **state)
{
	(void)state;
	assert_string_equal(escaped("a\x1b[2Jb\n", 7, 0, 200), "a\\x1b[2Jb\\x0a");
	assert_string_equal(escaped("a\\x41", 5, 0, 200), "a\\x5cx41");
	assert_string_equal(escaped("\xff\xc3", 2, 0, 200), "\\xff\\xc3");
	assert_string_equal(escaped("\xe2\x80\xae", 3, 0, 200), "\\xe2\\x80\\xae"); /* U+202E */
	assert_string_equal(escaped("\xc2\x9b", 2, 0, 200), "\\xc2\\x9b");          /* C1 CSI */
	assert_string_equal(escaped("a\" x=\"", 6, '"', 200), "a\\x22 x=\\x22");
	assert_string_equal(escaped("\xf4\x90\x80\x80", 4, 0, 200), "\\xf4\\x90\\x80\\x80"); /* above U+10FFFF */
	assert_string_equal(escaped("", 0, 0, 200), "");
	assert_string_equal(escaped("\0", 1, 0, 200), "\\x00");
}

/* what moves text, and what is not drawn: "root" with a character that nobody sees is not root */
static void escape__unseen_characters__become_hex(void **state)
{
	static const uint32_t unseen[] = { 0xad,   0x34f,  0x61c,  0x115f, 0x1160, 0x17b4, 0x17b5,  0x180e,  0x200b,  0x200e,  0x200f,
					   0x2028, 0x2029, 0x202a, 0x202e, 0x2060, 0x2064, 0x2066,  0x2069,  0x206f,  0x3164,  0xfeff,
					   0xffa0, 0xfff0, 0xfff9, 0xfffb, 0x1bca0, 0x1bca3, 0x1d173, 0x1d17a, 0xe0001, 0xe0041, 0xe0fff };
	/* their neighbours, and the joiners and variation selectors that scripts are written with */
	static const uint32_t seen[] = { 0xa0,   0xac,   0xae,   0x34e,  0x350,  0x115e, 0x1161,  0x17b3,  0x17b6,  0x180f,  0x200a,  0x200c,
					 0x200d, 0x2010, 0x2027, 0x202f, 0x205f, 0x2070, 0x3163,  0x3165,  0xfe0f,  0xff9f,  0xffa1,  0xffef,
					 0xfffc, 0xfffd, 0x1bc9f, 0x1bca4, 0x1d172, 0x1d17b, 0xdffff, 0xe1000 };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(unseen) + KA_ARRAY_LEN(seen); i++) {
		bool is_seen = i >= KA_ARRAY_LEN(unseen);
		uint32_t cp = is_seen ? seen[i - KA_ARRAY_LEN(unseen)] : unseen[i], back = 0;
		uint8_t u[4];
		size_t n = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
		uint32_t rest = cp;

		for (size_t at = n - 1; at > 0; at--, rest >>= 6)
			u[at] = (uint8_t)(0x80 | (rest & 0x3f));
		u[0] = (uint8_t)((n == 2 ? 0xc0 : n == 3 ? 0xe0 : 0xf0) | rest);
		assert_int_equal(ka_text_utf8_len((struct ka_span){ u, n }, &back), n);
		assert_int_equal(back, cp);
		if ((strlen(escaped((const char *)u, n, 0, 200)) == n) != is_seen)
			fail_msg("U+%04X is %s", (unsigned)cp, is_seen ? "escaped" : "not escaped");
		assert_int_equal(ka_text_is_plain((struct ka_span){ u, n }), is_seen);
	}
}

/* what did not fit before is not forgotten by a cut */
static void escape__after_an_overflow__changes_nothing(void **state)
{
	char out[8];
	struct ka_buf b;

	(void)state;
	ka_buf_init_array(&b, out);
	ka_buf_text(&b, "too much text");
	ka_text_escape(&b, ka_span_of("abcdef"), 0, 0);
	assert_int_equal(ka_buf_check(&b), KA_ERR_LIMIT);
	assert_string_equal(out, "");
}

static void escape__good_text__stays(void **state)
{
	(void)state;
	assert_string_equal(escaped("Zo\xc3\xab 42", 7, '"', 200), "Zo\xc3\xab 42");
}

static void escape__too_long__is_cut_at_a_character(void **state)
{
	(void)state;
	assert_string_equal(escaped("abcdefghij", 10, 0, 8), "abcde...");
	assert_string_equal(escaped("abcdefgh", 8, 0, 8), "abcdefgh");
	assert_string_equal(escaped("abcd\xc3\xab\xc3\xab\xc3\xab", 10, 0, 8), "abcd...");
}

static void percent__every_byte__comes_back(void **state)
{
	(void)state;
	for (unsigned c = 1; c < 256; c++) {
		uint8_t in[3] = { 'x', (uint8_t)c, '-' };
		char text[32], back[8];
		struct ka_buf b;
		size_t n;

		ka_buf_init_array(&b, text);
		ka_text_percent(&b, (struct ka_span){ in, 3 });
		assert_null(strpbrk(text, " \n\t\""));
		assert_true(ka_text_unpercent(ka_buf_as_span(&b), back, sizeof(back), &n));
		assert_int_equal(n, 3);
		assert_memory_equal(back, in, 3);
	}
}

static void unpercent__broken__is_refused(void **state)
{
	static const char *const bad[] = { "%", "%4", "a%4", "%zz", "%00", "12345678" };
	char out[8];
	size_t n;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++)
		assert_false(ka_text_unpercent(ka_span_of(bad[i]), out, sizeof(out), &n));
	assert_true(ka_text_unpercent(ka_span_of("-"), out, sizeof(out), &n));
	assert_int_equal(n, 0);
	assert_true(ka_text_unpercent(ka_span_of("%2d"), out, sizeof(out), &n));
	assert_string_equal(out, "-");
}

static void to_u64__edges(void **state)
{
	uint64_t v;

	(void)state;
	assert_true(ka_text_to_u64(ka_span_of("18446744073709551615"), UINT64_MAX, &v) && v == UINT64_MAX);
	assert_false(ka_text_to_u64(ka_span_of("18446744073709551616"), UINT64_MAX, &v));
	assert_false(ka_text_to_u64(ka_span_of("256"), 255, &v));
	assert_true(ka_text_to_u64(ka_span_of("255"), 255, &v) && v == 255);
	assert_false(ka_text_to_u64(ka_span_of(""), 255, &v));
	assert_false(ka_text_to_u64(ka_span_of("-1"), 255, &v));
	assert_false(ka_text_to_u64(ka_span_of(" 1"), 255, &v));
	assert_false(ka_text_to_u64(ka_span_of("7"), 3, &v));
}

static void glob__table(void **state)
{
	static const struct { const char *p, *t; bool hit; } rows[] = {
		{ "*", "", true }, { "", "", true }, { "", "a", false }, { "a*c", "abbc", true }, { "a*c", "abb", false },
		{ "?", "", false }, { "ssh:*", "ssh:", true }, { "ssh:*", "https://x", false }, { "*a*b*", "xxaxxbxx", true },
		{ "***", "x", true }, { "a?c", "abc", true },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		assert_int_equal(ka_text_glob(ka_span_of(rows[i].p), ka_span_of(rows[i].t)), rows[i].hit);
}

static void base32__rfc4648_vectors(void **state)
{
	char out[32];

	(void)state;
	ka_text_base32((const uint8_t *)"foobar", 6, out, sizeof(out));
	assert_string_equal(out, "mzxw6ytboi");
	ka_text_base32((const uint8_t *)"f", 1, out, sizeof(out));
	assert_string_equal(out, "my");
	ka_text_base32((const uint8_t *)"foobar", 6, out, 10);
	assert_string_equal(out, "");
}

static void u64__edges__fit(void **state)
{
	char out[KA_TEXT_U64_MAX];

	(void)state;
	ka_text_u64(UINT64_MAX, out);
	assert_string_equal(out, "18446744073709551615");
	ka_text_u64(0, out);
	assert_string_equal(out, "0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escape__hostile_bytes__become_hex), cmocka_unit_test(escape__good_text__stays),
		cmocka_unit_test(escape__unseen_characters__become_hex),
		cmocka_unit_test(escape__after_an_overflow__changes_nothing),
		cmocka_unit_test(escape__too_long__is_cut_at_a_character), cmocka_unit_test(percent__every_byte__comes_back),
		cmocka_unit_test(unpercent__broken__is_refused), cmocka_unit_test(to_u64__edges), cmocka_unit_test(u64__edges__fit),
		cmocka_unit_test(glob__table), cmocka_unit_test(base32__rfc4648_vectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
