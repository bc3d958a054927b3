/* base/sourcename: every byte at every kind of place, and the length to the byte. */
#include "base/sourcename.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"

#include "base/poison.h"

static bool is_in(unsigned c, const char *set)
{
	return c != 0 && strchr(set, (int)c) != NULL;
}

static void name__every_byte__first_inside_and_last(void **state)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		uint8_t first[] = { (uint8_t)c, 'a' }, inside[] = { 'a', (uint8_t)c, 'a' }, alone[] = { (uint8_t)c };
		bool is_letter = is_in(c, letters), may_follow = is_letter || is_in(c, "_.-");

		assert_int_equal(ka_sourcename_is_valid((struct ka_span){ alone, 1 }), is_letter);
		assert_int_equal(ka_sourcename_is_valid((struct ka_span){ first, 2 }), is_letter);
		assert_int_equal(ka_sourcename_is_valid((struct ka_span){ inside, 3 }), may_follow);
		assert_int_equal(ka_sourcename_is_valid((struct ka_span){ inside, 2 }), may_follow);
	}
}

static void name__length__to_the_byte(void **state)
{
	char name[KA_SOURCE_NAME_MAX + 2];

	(void)state;
	memset(name, 'a', sizeof(name));
	assert_false(ka_sourcename_is_valid((struct ka_span){ NULL, 0 }));
	for (size_t n = 1; n < sizeof(name); n++)
		assert_int_equal(ka_sourcename_is_valid((struct ka_span){ (const uint8_t *)name, n }), n <= 31);
	assert_false(ka_sourcename_is_valid((struct ka_span){ (const uint8_t *)name, SIZE_MAX }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(name__every_byte__first_inside_and_last),
		cmocka_unit_test(name__length__to_the_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
