/* base/label: strangers' text as one word, cut at a character, and what is none. */
#include "base/label.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

#include "base/poison.h"

static char word[KA_LABEL_WORD_MAX];

static struct ka_span written(const char *text, size_t len)
{
	struct ka_buf b;

	ka_buf_init_array(&b, word);
	ka_label_write((struct ka_span){ (const uint8_t *)text, len }, &b);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	return ka_buf_as_span(&b);
}

static void write__any_byte__is_one_plain_word_that_reads_back(void **state)
{
	char text[2] = "", out[KA_LABEL_MAX + 1];

	(void)state;
	for (int c = 1; c < 256; c++) {
		struct ka_span w;

		text[0] = (char)c;
		w = written(text, 1);
		for (size_t i = 0; i < w.len; i++)
			assert_true(w.p[i] > ' ' && w.p[i] < 0x7f);
		assert_true(ka_label_read(w, out));
		assert_string_equal(out, text);
	}
	assert_true(ka_span_is(written("", 0), "-"));
	assert_true(ka_span_is(written("-", 1), "%2d"));
	assert_true(ka_span_is(written("a\x1b[2J b\n", 8), "a%1b%5b2J%20b%0a"));
}

static void write__too_long__is_cut_at_a_character(void **state)
{
	static const struct { size_t ascii, left; const char *tail; } rows[] = {
		{ KA_LABEL_MAX - 1, KA_LABEL_MAX - 1, "" }, { KA_LABEL_MAX, KA_LABEL_MAX, "" }, { KA_LABEL_MAX + 1, KA_LABEL_MAX, "" },
		{ KA_LABEL_MAX - 2, KA_LABEL_MAX, "\xc3\xa9" }, { KA_LABEL_MAX - 1, KA_LABEL_MAX - 1, "\xc3\xa9" },
		{ KA_LABEL_MAX - 3, KA_LABEL_MAX - 3, "\xf0\x9f\x94\x91" }, { KA_LABEL_MAX - 4, KA_LABEL_MAX, "\xf0\x9f\x94\x91" },
		{ KA_LABEL_MAX - 1, KA_LABEL_MAX, "\xc3(" }, /* broken: a byte is a byte */
	};
	char text[2 * KA_LABEL_MAX], out[KA_LABEL_MAX + 1];

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		size_t tail = strlen(rows[i].tail);

		memset(text, 'x', rows[i].ascii);
		memcpy(text + rows[i].ascii, rows[i].tail, tail);
		assert_true(ka_label_read(written(text, rows[i].ascii + tail), out));
		if (strlen(out) != rows[i].left)
			fail_msg("row %zu: %zu", i, strlen(out));
	}
	memset(text, '\x01', sizeof(text)); /* the longest word that there is */
	assert_int_equal(written(text, sizeof(text)).len, KA_LABEL_WORD_MAX - 1);
}

static void read__no_label__is_refused_and_empty(void **state)
{
	static const char *const bad[] = { "", "-", "%", "%4", "%zz", "a%00", "%00" };
	char out[KA_LABEL_MAX + 1], text[KA_LABEL_WORD_MAX + 3];

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++) {
		memset(out, 'x', sizeof(out));
		assert_false(ka_label_read(ka_span_of(bad[i]), out));
		assert_string_equal(out, "");
	}
	memset(text, 'x', sizeof(text));
	assert_true(ka_label_read((struct ka_span){ (const uint8_t *)text, KA_LABEL_MAX }, out));
	assert_false(ka_label_read((struct ka_span){ (const uint8_t *)text, KA_LABEL_MAX + 1 }, out));
	for (size_t i = 0; i < KA_LABEL_WORD_MAX + 2; i += 3)
		memcpy(text + i, "%41", 3);
	assert_true(ka_label_read((struct ka_span){ (const uint8_t *)text, KA_LABEL_WORD_MAX - 1 }, out));
	assert_false(ka_label_read((struct ka_span){ (const uint8_t *)text, KA_LABEL_WORD_MAX + 2 }, out));
	assert_false(ka_label_read((struct ka_span){ NULL, 0 }, out));
}

static void last__a_comment__its_last_word_when_it_is_a_label(void **state)
{
	static const struct { const char *comment, *want; } rows[] = {
		{ "ann@example.org", "ann@example.org" }, { "ann's laptop Ann%20B", "Ann%20B" }, { " \tx \t ", "x" }, { "x -", "" },
		{ "-", "" }, { "", "" }, { "  ", "" }, { "good %zz", "" }, { "a\tb", "b" },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		assert_true(ka_span_is(ka_label_last(ka_span_of(rows[i].comment)), rows[i].want));
	assert_int_equal(ka_label_last((struct ka_span){ NULL, 0 }).len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(write__any_byte__is_one_plain_word_that_reads_back),
		cmocka_unit_test(write__too_long__is_cut_at_a_character),
		cmocka_unit_test(read__no_label__is_refused_and_empty),
		cmocka_unit_test(last__a_comment__its_last_word_when_it_is_a_label),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
