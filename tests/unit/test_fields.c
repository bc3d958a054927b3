/* base/fields: words in a fixed order come back, and nothing else is taken for them. */
#include "base/fields.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

#define HEAD "ka1 test"

static struct ka_fields begun(const char *line)
{
	struct ka_fields f;

	assert_true(ka_fields_init(&f, ka_span_of(line), HEAD));
	return f;
}

static void init__other_beginning__is_refused(void **state)
{
	static const char *const bad[] = { "", "ka1", "ka1 tes", "KA1 test", " ka1 test", "ka2 test a=1", "a=1" };
	struct ka_fields f;
	char text[8] = "x";

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++) {
		assert_false(ka_fields_init(&f, ka_span_of(bad[i]), HEAD));
		assert_false(ka_fields_end(&f));
		ka_fields_text(&f, "a", text, sizeof(text));
		assert_string_equal(text, "");
	}
	assert_false(ka_fields_init(&f, (struct ka_span){ NULL, 0 }, HEAD));
	f = begun(HEAD);
	assert_true(ka_fields_end(&f));
	f = begun(HEAD "ify"); /* another word that begins so: its first field says it */
	assert_false(ka_fields_end(&f));
	(void)ka_fields_raw(&f, "a");
	assert_true(f.failed);
}

static void raw__not_exactly_so__is_refused(void **state)
{
	static const char *const bad[] = {
		HEAD, HEAD " ", HEAD "  a=1", HEAD "\ta=1", HEAD " a", HEAD " a=", HEAD " a= 1", HEAD " =1", HEAD " b=1", HEAD " A=1",
		HEAD " ab=1", HEAD " aa=1", HEAD " a:1", HEAD "a=1",
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++) {
		struct ka_fields f = begun(bad[i]);
		struct ka_span got = ka_fields_raw(&f, "a");

		if (!f.failed || got.len != 0 || ka_fields_end(&f))
			fail_msg("taken: %s", bad[i]);
	}
}

static void raw__good__is_the_value_as_written(void **state)
{
	struct ka_fields f = begun(HEAD " a=b=c%20 long-name=-");

	(void)state;
	assert_true(ka_span_is(ka_fields_raw(&f, "a"), "b=c%20"));
	assert_false(ka_fields_end(&f));
	assert_true(ka_span_is(ka_fields_raw(&f, "long-name"), "-"));
	assert_true(ka_fields_end(&f));
	assert_int_equal(ka_fields_raw(&f, "more").len, 0);
	assert_true(f.failed);
}

static void any__after_a_failure__fails(void **state)
{
	struct ka_fields f = begun(HEAD " a=1 b=2");
	char text[4] = "x";

	(void)state;
	(void)ka_fields_raw(&f, "b"); /* not its turn */
	assert_int_equal(ka_fields_i64(&f, "a", 9), 0);
	assert_int_equal(ka_fields_raw(&f, "b").len, 0);
	ka_fields_text(&f, "b", text, sizeof(text));
	assert_string_equal(text, "");
	assert_true(f.failed);
	f = begun(HEAD " a=1 b=2 c=3");
	(void)ka_fields_raw(&f, "x");
	assert_int_equal(ka_fields_raw(&f, "b").len, 0); /* also when it would be its turn */
	f = begun(HEAD " a=1 "); /* a blank is left */
	assert_int_equal(ka_fields_i64(&f, "a", 9), 1);
	assert_false(ka_fields_end(&f));
}

static void text__room__to_the_byte(void **state)
{
	(void)state;
	for (size_t size = 0; size < 8; size++) {
		struct ka_fields f = begun(HEAD " a=b%20c%C3");
		char text[8];

		memset(text, '#', sizeof(text));
		ka_fields_text(&f, "a", text, size);
		assert_int_equal(f.failed, size < 5);
		if (size > 0)
			assert_string_equal(text, size < 5 ? "" : "b c\xc3");
		assert_int_equal(text[size > 4 ? 5 : size], '#');
	}
}

static void text__broken_escape_or_nul__is_refused(void **state)
{
	static const char *const bad[] = { "%", "%2", "%zz", "%0", "a%2", "%00", "a%00b", "%-1" };
	static const char nul[] = HEAD " a=x\0y";
	struct ka_fields f;
	char text[16];

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++) {
		char line[32] = HEAD " a=";

		text[0] = 'x';
		memcpy(line + strlen(line), bad[i], strlen(bad[i]));
		f = begun(line);
		ka_fields_text(&f, "a", text, sizeof(text));
		assert_true(f.failed);
		assert_string_equal(text, "");
	}
	assert_true(ka_fields_init(&f, (struct ka_span){ (const uint8_t *)nul, sizeof(nul) - 1 }, HEAD));
	ka_fields_text(&f, "a", text, sizeof(text));
	assert_true(f.failed);
}

static void i64__edges(void **state)
{
	static const struct { const char *value; int64_t max; int64_t got; } rows[] = {
		{ "0", 0, 0 }, { "1", 0, -1 }, { "9", 10, 9 }, { "10", 10, 10 }, { "11", 10, -1 }, { "0010", 10, 10 },
		{ "9223372036854775807", INT64_MAX, INT64_MAX }, { "9223372036854775808", INT64_MAX, -1 },
		{ "18446744073709551616", INT64_MAX, -1 }, { "99999999999999999999999", INT64_MAX, -1 },
		{ "-1", INT64_MAX, -1 }, { "+1", INT64_MAX, -1 }, { "1x", INT64_MAX, -1 }, { "0x1", INT64_MAX, -1 }, { "-", INT64_MAX, -1 },
		{ "%31", INT64_MAX, -1 }, { "1.0", INT64_MAX, -1 },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		char line[64] = HEAD " n=";
		struct ka_fields f;
		int64_t got;

		memcpy(line + strlen(line), rows[i].value, strlen(rows[i].value));
		f = begun(line);
		got = ka_fields_i64(&f, "n", rows[i].max);
		if (f.failed != (rows[i].got < 0) || got != (rows[i].got < 0 ? 0 : rows[i].got))
			fail_msg("%s", rows[i].value);
	}
}

static void round_trip__hostile_texts__come_back_in_one_word(void **state)
{
	static const char *const texts[] = { "", "-", "--", "%", "%00", "a b", "a=b", " ", "\n", "two\nlines", "\x1b[2J", "\xff\xfe", "\\x41",
					     "a\tb", "\"quoted\"", "na\xc3\xafve" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(texts); i++) {
		char line[128] = "", text[32];
		struct ka_fields f;
		struct ka_buf b;

		ka_buf_init_array(&b, line);
		ka_buf_text(&b, HEAD);
		ka_fields_put_text(&b, "t", texts[i]);
		ka_fields_put_i64(&b, "n", 42);
		ka_fields_put_text(&b, "u", texts[i]);
		assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
		for (const char *p = line; *p != '\0'; p++)
			assert_true(*p > 0x1f && *p < 0x7f);
		f = begun(line);
		ka_fields_text(&f, "t", text, sizeof(text));
		assert_string_equal(text, texts[i]);
		assert_int_equal(ka_fields_i64(&f, "n", 42), 42);
		ka_fields_text(&f, "u", text, sizeof(text));
		assert_string_equal(text, texts[i]);
		assert_true(ka_fields_end(&f));
	}
}

static void put__number__with_its_sign(void **state)
{
	char line[64];
	struct ka_buf b;

	(void)state;
	ka_buf_init_array(&b, line);
	ka_fields_put_i64(&b, "a", INT64_MIN);
	ka_fields_put_i64(&b, "b", INT64_MAX);
	assert_string_equal(line, " a=-9223372036854775808 b=9223372036854775807");
}

static void mutations__of_a_good_line__never_read_beyond_it(void **state)
{
	static const char good[] = HEAD " a=1 t=x%20y";
	size_t len = sizeof(good) - 1;

	(void)state;
	for (size_t n = 0; n <= len; n++)
		for (size_t bit = 0; bit <= 8 * n; bit++) {
			uint8_t *line = malloc(n > 0 ? n : 1); /* to the byte, for the address sanitizer */
			struct ka_fields f;
			char text[4];

			assert_non_null(line);
			memcpy(line, good, n);
			if (bit < 8 * n)
				line[bit / 8] ^= (uint8_t)(1u << bit % 8);
			if (ka_fields_init(&f, (struct ka_span){ line, n }, HEAD)) {
				int64_t v = ka_fields_i64(&f, "a", 9);

				ka_fields_text(&f, "t", text, sizeof(text));
				if (ka_fields_end(&f))
					assert_true(v >= 0 && v <= 9 && text[0] != '\0' && strlen(text) <= 3);
			}
			free(line);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(init__other_beginning__is_refused),
		cmocka_unit_test(raw__not_exactly_so__is_refused),
		cmocka_unit_test(raw__good__is_the_value_as_written),
		cmocka_unit_test(any__after_a_failure__fails),
		cmocka_unit_test(text__room__to_the_byte),
		cmocka_unit_test(text__broken_escape_or_nul__is_refused),
		cmocka_unit_test(i64__edges),
		cmocka_unit_test(round_trip__hostile_texts__come_back_in_one_word),
		cmocka_unit_test(put__number__with_its_sign),
		cmocka_unit_test(mutations__of_a_good_line__never_read_beyond_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
