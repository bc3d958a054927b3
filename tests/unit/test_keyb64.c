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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decode__every_byte_at_every_place__alphabet_only),
		cmocka_unit_test(decode__padding_and_size__are_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
