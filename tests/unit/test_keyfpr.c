/* key/keyfpr: fingerprints as ssh-keygen shows them, and what only looks like one. */
#include "key/keyfpr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/text.h"
#include "key/keytype.h"
#include "tests/unit/lib/keysample.h"

#include "base/poison.h"

static void fingerprint__of_each_plain_sample__is_that_of_ssh_keygen(void **state)
{
	(void)state;
	for (size_t i = 0; i < KA_KEYSAMPLE_COUNT; i++) {
		static struct ka_keysample s;
		char text[KA_FPR_TEXT_MAX];
		bool is_cert;

		ka_keysample_load(i, &s);
		assert_non_null(ka_keytype_find(ka_span_of(s.type), &is_cert));
		if (is_cert)
			continue;
		ka_keyfpr_text(s.blob, text);
		assert_string_equal(text, s.fingerprint);
		assert_true(ka_keyfpr_is_valid(ka_span_of(text)));
	}
}

static void fingerprint__wrong_form__is_invalid(void **state)
{
	char text[KA_FPR_TEXT_MAX];

	(void)state;
	ka_keyfpr_text((struct ka_span){ NULL, 0 }, text);
	assert_string_equal(text, "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU");
	assert_true(ka_keyfpr_is_valid(ka_span_of(text)));
	assert_false(ka_keyfpr_is_valid(ka_span_sub(ka_span_of(text), 0, 49)));
	assert_false(ka_keyfpr_is_valid(ka_span_sub(ka_span_of(text), 1, 50)));
	text[49] = 'V'; /* an unused bit is set */
	assert_false(ka_keyfpr_is_valid(ka_span_of(text)));
	text[49] = '=';
	assert_false(ka_keyfpr_is_valid(ka_span_of(text)));
	assert_false(ka_keyfpr_is_valid(ka_span_of("MD5:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFUxxx")));
}

/* base64 libraries differ in what they take for a letter; this text stands in records and on command lines */
static void valid__every_byte_at_every_place__alphabet_only(void **state)
{
	static const char good[] = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";

	(void)state;
	for (size_t at = 0; at < sizeof(good) - 1; at++)
		for (unsigned c = 0; c < 256; c++) {
			uint8_t text[sizeof(good)];
			bool is_letter = ka_text_is_alnum((uint8_t)c) || c == '+' || c == '/';
			bool want = at < 7 ? c == (uint8_t)good[at] : is_letter;

			memcpy(text, good, sizeof(text));
			text[at] = (uint8_t)c;
			if (at == sizeof(good) - 2) /* of the last letter two bits are unused */
				want = c != 0 && strchr("AEIMQUYcgkosw048", (int)c) != NULL;
			if (ka_keyfpr_is_valid((struct ka_span){ text, sizeof(good) - 1 }) != want)
				fail_msg("0x%02x at %zu", c, at);
		}
}

static void valid__every_length__fifty_only(void **state)
{
	char text[64];

	(void)state;
	memset(text, 'A', sizeof(text));
	memcpy(text, "SHA256:", 7);
	for (size_t n = 0; n < sizeof(text); n++)
		assert_int_equal(ka_keyfpr_is_valid((struct ka_span){ (const uint8_t *)text, n }), n == 50);
	assert_false(ka_keyfpr_is_valid((struct ka_span){ NULL, 0 }));
}

static void text__any_blob__fits_its_limit(void **state)
{
	static uint8_t blob[KA_BLOB_MAX];
	char text[KA_FPR_TEXT_MAX + 1];

	(void)state;
	for (size_t n = 0; n <= sizeof(blob); n += n < 200 ? 1 : 1009) {
		memset(text, '#', sizeof(text));
		ka_keyfpr_text((struct ka_span){ blob, n }, text);
		assert_int_equal(strlen(text), 50);
		assert_true(ka_keyfpr_is_valid(ka_span_of(text)));
		assert_int_equal(text[KA_FPR_TEXT_MAX], '#');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fingerprint__of_each_plain_sample__is_that_of_ssh_keygen),
		cmocka_unit_test(fingerprint__wrong_form__is_invalid),
		cmocka_unit_test(valid__every_byte_at_every_place__alphabet_only),
		cmocka_unit_test(valid__every_length__fifty_only),
		cmocka_unit_test(text__any_blob__fits_its_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
