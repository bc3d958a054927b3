/* base/username: the grammar, and that what passes it has room everywhere. */
#include "base/username.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/limits.h"

#include "base/poison.h"

static bool is_valid(const char *name, size_t len)
{
	return ka_username_is_valid((struct ka_span){ (const uint8_t *)name, len });
}

static void valid__outside_the_grammar__is_not(void **state)
{
	static const char *const bad[] = { "", "$", ".", "..", ".a", "-a", "+a", "@a", "a/b", "a b", "a\tb", "a\nb", "a$b", "$a", "a$$",
					   "a%u", "a:b", "a\\b", "a\"", "Zo\xc3\xab", "a\x7f", "\xff" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++)
		assert_false(is_valid(bad[i], strlen(bad[i])));
	assert_false(is_valid("a\0b", 3));
	assert_false(is_valid("a\0", 2));
}

static void valid__within_the_grammar__is(void **state)
{
	static const char *const good[] = { "a", "A", "0", "_", "a.b@c+d-e_f", "host$", "_keyaudit", "a..b", "a-" };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(good); i++)
		assert_true(is_valid(good[i], strlen(good[i])));
}

/* the longest name and its neighbour: a name that passes is never cut into another one */
static void valid__longest__fits_its_limit(void **state)
{
	char name[300], copy[KA_USER_NAME_MAX];

	(void)state;
	memset(name, 'a', sizeof(name));
	assert_true(is_valid(name, 255));
	assert_false(is_valid(name, 256));
	name[255] = '$';
	assert_true(is_valid(name, 256));
	assert_true(ka_span_copy((struct ka_span){ (const uint8_t *)name, 256 }, copy, sizeof(copy)));
	name[255] = 'a';
	name[256] = '$';
	assert_false(is_valid(name, 257));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(valid__outside_the_grammar__is_not), cmocka_unit_test(valid__within_the_grammar__is),
		cmocka_unit_test(valid__longest__fits_its_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
