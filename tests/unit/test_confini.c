/* conf/confini: one line at a time; what it makes of whole files is test_conf's. */
#include "conf/confini.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

/* lines are looked at by eights */
static void parse__every_byte_at_every_place__is_looked_at(void **state)
{
	uint8_t text[30];
	struct ka_confini ini;

	(void)state;
	for (size_t len = 2; len <= sizeof(text); len++)
		for (size_t at = 1; at < len; at++)
			for (unsigned byte = 0; byte < 256; byte++) {
				bool is_fine = (byte >= 0x20 && byte < 0x7f) || byte == '\t';

				memset(text, '#', sizeof(text));
				text[at] = (uint8_t)byte;
				ka_confini_parse((struct ka_span){ text, len }, &ini);
				assert_int_equal(ini.kind, is_fine ? KA_CONFINI_NOTHING : KA_CONFINI_BAD);
			}
}

/* two odd bytes must not hide one another */
static void parse__two_odd_bytes__the_first_one_is_named(void **state)
{
	static const uint8_t odd[] = { 0x00, 0x01, 0x1f, 0x7f, 0x80, 0xff };
	uint8_t text[16];
	struct ka_confini ini;

	(void)state;
	for (size_t i = 0; i < sizeof(odd); i++)
		for (size_t at = 1; at < sizeof(text); at++)
			for (size_t other = 1; other < sizeof(text); other++) {
				memset(text, ' ', sizeof(text));
				text[0] = '#';
				text[at] = odd[i];
				text[other] = odd[(i + other) % sizeof(odd)];
				ka_confini_parse((struct ka_span){ text, sizeof(text) }, &ini);
				assert_int_equal(ini.kind, KA_CONFINI_BAD);
				if (ini.culprit.len > 0)
					assert_ptr_equal(ini.culprit.p, text + (at < other ? at : other));
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse__every_byte_at_every_place__is_looked_at),
		cmocka_unit_test(parse__two_odd_bytes__the_first_one_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
