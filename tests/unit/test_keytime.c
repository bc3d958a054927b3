/* key/keytime: the forms of an expiry-time, what is none, and every small damage of a good one. */
#include "key/keytime.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/text.h"

#include "base/poison.h"

static void parse__table(void **state)
{
	static const struct { const char *text; int64_t offset, at; } rows[] = {
		{ "20300101Z", 0, 1893456000 }, { "20300101z", 3600, 1893456000 }, { "20300101UTC", 3600, 1893456000 },
		{ "20300101utc", 0, 1893456000 }, { "20300101", 0, 1893456000 }, { "20300101", 3600, 1893452400 },
		{ "20300101", -3600, 1893459600 }, { "203001011230Z", 0, 1893501000 }, { "20300101123059Z", 0, 1893501059 },
		{ "20300230Z", 0, 1898640000 /* 2 March */ }, { "20000229Z", 0, 951782400 }, { "20380119031408Z", 0, 2147483648 },
		{ "99991231Z", 0, 253402214400 }, { "19700102Z", 0, 86400 }, { "20301231235961Z", 0, 1924992001 },
		{ "19700101Z", 0, 0 }, { "19691231Z", 0, 0 }, { "00010101Z", 0, 0 }, { "20301301Z", 0, 0 }, { "20300001Z", 0, 0 },
		{ "20300132Z", 0, 0 }, { "20300100Z", 0, 0 }, { "203001012400Z", 0, 0 }, { "203001011260Z", 0, 0 },
		{ "20300101120062Z", 0, 0 }, { "forever", 0, 0 }, { "+1d", 0, 0 }, { "0x70000000", 0, 0 }, { "2030-01-01", 0, 0 },
		{ "20300101+0100", 0, 0 }, { "2030010112", 0, 0 }, { "", 0, 0 }, { "Z", 0, 0 }, { "UTC", 0, 0 }, { "20300101ZZ", 0, 0 },
		{ "2030 101", 0, 0 }, { "20300101GMT", 0, 0 }, { "19700101", 3600, 0 },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		int64_t at = 77;
		bool good = ka_keytime_parse(ka_span_of(rows[i].text), rows[i].offset, &at);

		if (good != (rows[i].at != 0) || (good ? at != rows[i].at : at > 0))
			fail_msg("%s: %d, %lld", rows[i].text, good, (long long)at);
	}
}

/* in a place of a good value every byte but a digit refuses it; behind it only Z and UTC may stand */
static void parse__every_byte_at_every_place__digits_only(void **state)
{
	static const char good[] = "20311224121314";

	(void)state;
	for (size_t at = 0; at < sizeof(good) - 1; at++)
		for (unsigned c = 0; c < 256; c++) {
			uint8_t text[sizeof(good)];
			int64_t out;

			memcpy(text, good, sizeof(text));
			text[at] = (uint8_t)c;
			if (ka_keytime_parse((struct ka_span){ text, sizeof(good) - 1 }, 0, &out))
				assert_true(ka_text_is_digit((uint8_t)c) && out > 0);
			else
				assert_true(out <= 0);
		}
	for (unsigned c = 0; c < 256; c++) {
		uint8_t text[] = "20311224_";
		int64_t out;

		text[8] = (uint8_t)c;
		assert_int_equal(ka_keytime_parse((struct ka_span){ text, 9 }, 0, &out), c == 'Z' || c == 'z');
	}
}

static void parse__every_length__only_three_forms(void **state)
{
	static const char digits[] = "20311224121314151617";

	(void)state;
	for (size_t n = 0; n < sizeof(digits); n++)
		for (int suffix = 0; suffix < 3; suffix++) {
			static const char *const suffixes[] = { "", "Z", "uTc" };
			char *text = malloc(n + 4); /* to the byte, for the address sanitizer */
			size_t len = n + strlen(suffixes[suffix]);
			uint8_t *exact;
			int64_t out;

			assert_non_null(text);
			memcpy(text, digits, n);
			memcpy(text + n, suffixes[suffix], strlen(suffixes[suffix]) + 1);
			exact = malloc(len > 0 ? len : 1);
			assert_non_null(exact);
			memcpy(exact, text, len);
			assert_int_equal(ka_keytime_parse((struct ka_span){ exact, len }, 0, &out), n == 8 || n == 12 || n == 14);
			free(exact);
			free(text);
		}
	assert_false(ka_keytime_parse((struct ka_span){ NULL, 0 }, 0, &(int64_t){ 0 }));
}

static void parse__offset__any_number_is_survived(void **state)
{
	static const int64_t offsets[] = { INT64_MIN, INT64_MIN + 1, INT64_MAX, -50400, 50400 };
	static const bool good[] = { false, false, false, true, true };
	int64_t out;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(offsets); i++) {
		assert_int_equal(ka_keytime_parse(ka_span_of("20311224"), offsets[i], &out), good[i]);
		assert_int_equal(out > 0, good[i]);
		assert_true(ka_keytime_parse(ka_span_of("20311224Z"), offsets[i], &out)); /* not asked */
		assert_int_equal(out, 1955836800);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse__table),
		cmocka_unit_test(parse__every_byte_at_every_place__digits_only),
		cmocka_unit_test(parse__every_length__only_three_forms),
		cmocka_unit_test(parse__offset__any_number_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
