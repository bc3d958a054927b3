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
		cmocka_unit_test(escape__too_long__is_cut_at_a_character), cmocka_unit_test(percent__every_byte__comes_back),
		cmocka_unit_test(unpercent__broken__is_refused), cmocka_unit_test(to_u64__edges), cmocka_unit_test(u64__edges__fit),
		cmocka_unit_test(glob__table), cmocka_unit_test(base32__rfc4648_vectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
