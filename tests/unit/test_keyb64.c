/* key/keyb64: strict, whatever the library thinks. */
#include "key/keyb64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static bool is_alphabet(int c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
}

/* libsodium 1.0.18 takes 0x80-0xff for '/' */
static void decode__every_byte_at_every_place__alphabet_only(void **state)
{
	(void)state;
	for (size_t at = 0; at < 8; at++)
		for (int c = 0; c < 256; c++) {
			uint8_t text[8] = { 'A', 'A', 'A', 'A', 'A', 'A', 'A', 'A' }, out[16];
			struct ka_span s = { text, sizeof(text) };
			size_t len = 99;
			bool good;

			text[at] = (uint8_t)c;
			good = is_alphabet(c) || (c == '=' && at == 7);
			assert_int_equal(ka_keyb64_decode(s, out, sizeof(out), &len), good);
			assert_int_equal(len, !good ? 0 : c == '=' ? 5 : 6);
		}
}

static void decode__padding_and_size__are_exact(void **state)
{
	static const struct { const char *text; bool good; } rows[] = {
		{ "", false }, { "QQ==", true }, { "QR==", false }, { "QQ=", false }, { "QQ", false }, { "QQ===", false }, { "=QQ=", false },
		{ "QUI=", true }, { "QUJ=", false }, { "QUI=x", false }, { "QUI= ", false }, { "QU I=", false }, { "QUI=\n", false },
		{ "Q", false }, { "QUJDREVG", true }, { "QUJDREVGRw==", false }, /* longer than the room */
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		uint8_t out[6];
		size_t len;

		assert_int_equal(ka_keyb64_decode(ka_span_of(rows[i].text), out, sizeof(out), &len), rows[i].good);
	}
}

static void decode__not_strict__is_refused(void **state)
{
	static const char *const bad[] = { "", "QUI", "QUI=x", "QUJ=", "Q", "QQ=", "QR==", "QUJD=", "QU JD", "QUJD\r", "QUJD ",
					   "QU-_", "====", "QUJDQQ==QUJD", "*UJD" };
	uint8_t out[16];
	size_t len = 99;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++) {
		assert_false(ka_keyb64_decode(ka_span_of(bad[i]), out, sizeof(out), &len));
		assert_int_equal(len, 0);
	}
	assert_false(ka_keyb64_decode(ka_span_of("QUJD"), out, 2, &len));
	assert_int_equal(len, 0);
	assert_false(ka_keyb64_decode((struct ka_span){ NULL, 0 }, out, 2, &len));
}

static void decode__strict__is_accepted_and_comes_back(void **state)
{
	static const char *const good[] = { "QUJD", "QUI=", "QQ==", "+/+/", "AAAA" };
	uint8_t out[3];
	size_t len;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(good); i++) {
		char text[8];
		struct ka_buf b;

		ka_buf_init_array(&b, text);
		assert_true(ka_keyb64_decode(ka_span_of(good[i]), out, sizeof(out), &len));
		ka_keyb64_encode(&b, (struct ka_span){ out, len });
		assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
		assert_string_equal(text, good[i]);
	}
}

static void encode__no_room__overflows_and_writes_nothing(void **state)
{
	char text[8] = "";
	struct ka_buf b;

	(void)state;
	ka_buf_init(&b, text, 5);
	ka_keyb64_encode(&b, ka_span_of("ABC"));
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	ka_keyb64_encode(&b, ka_span_of("A"));
	assert_int_equal(ka_buf_check(&b), KA_ERR_LIMIT);
	assert_string_equal(text, "QUJD");
	ka_buf_init(&b, text, 4);
	ka_keyb64_encode(&b, ka_span_of("ABC"));
	assert_int_equal(ka_buf_check(&b), KA_ERR_LIMIT);
	assert_string_equal(text, "");
}

static void alphabet_len__stops_at_the_first_stranger(void **state)
{
	(void)state;
	assert_int_equal(ka_keyb64_alphabet_len(ka_span_of("QUJD*")), 4);
	assert_int_equal(ka_keyb64_alphabet_len(ka_span_of("QQ===")), 4);
	assert_int_equal(ka_keyb64_alphabet_len(ka_span_of("Q=Q=")), 2);
	assert_int_equal(ka_keyb64_alphabet_len(ka_span_of("")), 0);
	assert_int_equal(ka_keyb64_alphabet_len(ka_span_of("\x80")), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decode__every_byte_at_every_place__alphabet_only),
		cmocka_unit_test(decode__padding_and_size__are_exact),
		cmocka_unit_test(decode__not_strict__is_refused),
		cmocka_unit_test(decode__strict__is_accepted_and_comes_back),
		cmocka_unit_test(encode__no_room__overflows_and_writes_nothing),
		cmocka_unit_test(alphabet_len__stops_at_the_first_stranger),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
