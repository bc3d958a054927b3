/* base/buf: all of it or nothing, to the byte; an overflow that stays; numbers and the forms of the wire. */
#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static void put__any_length__whole_or_nothing(void **state)
{
	static const char bytes[] = "0123456789";

	(void)state;
	for (size_t size = 1; size <= sizeof(bytes); size++)
		for (size_t n = 0; n < sizeof(bytes); n++) {
			char room[sizeof(bytes) + 1];
			struct ka_buf b;

			memset(room, '#', sizeof(room));
			ka_buf_init(&b, room, size);
			ka_buf_put(&b, bytes, n);
			assert_int_equal(ka_buf_check(&b), n < size ? KA_ERR_OK : KA_ERR_LIMIT);
			assert_int_equal(b.len, n < size ? n : 0);
			assert_memory_equal(room, bytes, b.len);
			assert_int_equal(room[b.len], '\0');
			assert_int_equal(room[size], '#'); /* not ours */
		}
}

static void put__length_beyond_memory__is_refused(void **state)
{
	struct ka_buf b;
	char room[8];

	(void)state;
	ka_buf_init_array(&b, room);
	ka_buf_text(&b, "abc");
	ka_buf_put(&b, room, SIZE_MAX);
	assert_int_equal(ka_buf_check(&b), KA_ERR_LIMIT);
	ka_buf_cut(&b, 3);
	ka_buf_put(&b, room, SIZE_MAX - 2); /* together with what is there it would be 0 */
	assert_int_equal(ka_buf_check(&b), KA_ERR_LIMIT);
	assert_string_equal(room, "abc");
}

static void put__after_an_overflow__nothing_any_more(void **state)
{
	struct ka_buf b;
	char room[8];

	(void)state;
	ka_buf_init_array(&b, room);
	ka_buf_text(&b, "abc");
	ka_buf_text(&b, "defgh");
	assert_string_equal(room, "abc");
	ka_buf_char(&b, 'd'); /* would fit */
	ka_buf_u64(&b, 1);
	ka_buf_span(&b, ka_span_of("x"));
	ka_buf_text(&b, "");
	assert_string_equal(room, "abc");
	assert_int_equal(ka_buf_check(&b), KA_ERR_LIMIT);
}

static void init__no_room__is_an_overflow_from_the_start(void **state)
{
	struct ka_buf b;
	char one[2] = { '#', '#' };

	(void)state;
	ka_buf_init(&b, NULL, 0);
	ka_buf_char(&b, 'x');
	ka_buf_text(&b, "");
	ka_buf_cut(&b, 0);
	assert_int_equal(ka_buf_check(&b), KA_ERR_LIMIT);
	assert_int_equal(ka_buf_as_span(&b).len, 0);
	ka_buf_init(&b, one, 1);
	ka_buf_put(&b, NULL, 0);
	ka_buf_span(&b, (struct ka_span){ NULL, 0 });
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	ka_buf_char(&b, 'x');
	assert_int_equal(ka_buf_check(&b), KA_ERR_LIMIT);
	assert_true(one[0] == '\0' && one[1] == '#');
}

static void cut__takes_back__what_was_written_and_the_overflow(void **state)
{
	struct ka_buf b;
	char room[8];

	(void)state;
	ka_buf_init_array(&b, room);
	ka_buf_text(&b, "abcdef");
	ka_buf_cut(&b, 7); /* behind its end */
	assert_string_equal(room, "abcdef");
	ka_buf_text(&b, "gh");
	assert_int_equal(ka_buf_check(&b), KA_ERR_LIMIT);
	ka_buf_cut(&b, 7); /* still behind its end: the overflow stays */
	assert_int_equal(ka_buf_check(&b), KA_ERR_LIMIT);
	ka_buf_cut(&b, 6);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	ka_buf_char(&b, 'g');
	assert_string_equal(room, "abcdefg");
	ka_buf_cut(&b, 2);
	assert_string_equal(room, "ab");
	assert_true(ka_span_is(ka_buf_as_span(&b), "ab"));
	ka_buf_cut(&b, 0);
	assert_string_equal(room, "");
}

static void numbers__edges__as_people_write_them(void **state)
{
	static const struct { int64_t v; const char *text; } whole[] = {
		{ 0, "0" }, { 9, "9" }, { 10, "10" }, { -1, "-1" }, { -10, "-10" }, { INT64_MAX, "9223372036854775807" },
		{ INT64_MIN, "-9223372036854775808" },
	};
	static const struct { unsigned v, width; const char *text; } octal[] = {
		{ 0, 0, "0" }, { 0, 1, "0" }, { 0, 4, "0000" }, { 0644, 3, "644" }, { 0644, 4, "0644" }, { 06755, 4, "6755" },
		{ 0100644, 4, "100644" }, { 0100644, 6, "100644" }, { UINT32_MAX, 4, "37777777777" },
	};
	char room[32], wide[80];
	struct ka_buf b;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(whole); i++) {
		ka_buf_init_array(&b, room);
		ka_buf_i64(&b, whole[i].v);
		assert_string_equal(room, whole[i].text);
	}
	for (size_t i = 0; i < KA_ARRAY_LEN(octal); i++) {
		ka_buf_init_array(&b, room);
		ka_buf_octal(&b, octal[i].v, octal[i].width);
		assert_string_equal(room, octal[i].text);
	}
	ka_buf_init_array(&b, wide);
	ka_buf_octal(&b, 7, UINT32_MAX); /* so many that there is room for; nobody wants more */
	assert_int_equal(b.len, 66);
	assert_int_equal(wide[65], '7');
	ka_buf_init_array(&b, room);
	ka_buf_u64(&b, UINT64_MAX);
	assert_string_equal(room, "18446744073709551615");
}

static void wire__forms__are_those_of_rfc_4251(void **state)
{
	static const uint8_t want[] = { 0x12, 0x34, 0x56, 0x78, 0x80, 0, 0, 0, 0, 0, 0, 0xff, 0, 0, 0, 3, 'a', 0, 'c', 0, 0, 0, 0 };
	uint8_t room[64];
	struct ka_buf b;

	(void)state;
	ka_buf_init_array(&b, room);
	ka_buf_be32(&b, 0x12345678);
	ka_buf_be64(&b, UINT64_C(0x80000000000000ff));
	ka_buf_string(&b, (struct ka_span){ (const uint8_t *)"a\0c", 3 });
	ka_buf_string(&b, (struct ka_span){ NULL, 0 });
	assert_int_equal(b.len, sizeof(want));
	assert_memory_equal(room, want, sizeof(want));
}

static void put_i64(struct ka_buf *b)
{
	ka_buf_i64(b, INT64_MIN);
}

static void put_octal(struct ka_buf *b)
{
	ka_buf_octal(b, 06755, 6);
}

static void put_be32(struct ka_buf *b)
{
	ka_buf_be32(b, 1);
}

static void put_be64(struct ka_buf *b)
{
	ka_buf_be64(b, 1);
}

static void put_string(struct ka_buf *b)
{
	ka_buf_string(b, ka_span_of("abc"));
}

/* half a number is another number, half a string on the wire is a length that lies */
static void each_form__no_room__leaves_no_half(void **state)
{
	static const struct { void (*put)(struct ka_buf *b); size_t len; } forms[] = {
		{ put_i64, 20 }, { put_octal, 6 }, { put_be32, 4 }, { put_be64, 8 }, { put_string, 7 },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(forms); i++)
		for (size_t size = 2; size < forms[i].len + 4; size++) {
			bool fits = 1 + forms[i].len < size;
			struct ka_buf b;
			char room[32];

			memset(room, '#', sizeof(room));
			ka_buf_init(&b, room, size);
			ka_buf_char(&b, 'x');
			forms[i].put(&b);
			assert_int_equal(ka_buf_check(&b), fits ? KA_ERR_OK : KA_ERR_LIMIT);
			assert_int_equal(b.len, fits ? 1 + forms[i].len : 1);
			assert_int_equal(room[b.len], '\0');
			assert_int_equal(room[size], '#');
		}
}

#if SIZE_MAX > UINT32_MAX
static void string__longer_than_its_length_can_say__is_refused(void **state)
{
	struct ka_buf b;
	char room[16];

	(void)state;
	ka_buf_init_array(&b, room);
	ka_buf_string(&b, (struct ka_span){ (const uint8_t *)"x", (size_t)UINT32_MAX + 1 });
	assert_int_equal(ka_buf_check(&b), KA_ERR_LIMIT);
	assert_int_equal(b.len, 0);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(put__any_length__whole_or_nothing),
		cmocka_unit_test(put__length_beyond_memory__is_refused),
		cmocka_unit_test(put__after_an_overflow__nothing_any_more),
		cmocka_unit_test(init__no_room__is_an_overflow_from_the_start),
		cmocka_unit_test(cut__takes_back__what_was_written_and_the_overflow),
		cmocka_unit_test(each_form__no_room__leaves_no_half),
#if SIZE_MAX > UINT32_MAX
		cmocka_unit_test(string__longer_than_its_length_can_say__is_refused),
#endif
		cmocka_unit_test(numbers__edges__as_people_write_them),
		cmocka_unit_test(wire__forms__are_those_of_rfc_4251),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
