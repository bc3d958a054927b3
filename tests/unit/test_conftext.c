/* conf/conftext: texts lie near while there is room, then far, and what fits nowhere is an error that changes nothing. */
#include "conf/conftext.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/confsample.h"

#include "base/poison.h"

static bool is_near(const char *text)
{
	return text >= confsample.near && text < confsample.near + sizeof(confsample.near);
}

static void keep__small_and_large__near_first_then_far(void **state)
{
	struct ka_conferr e;
	const char *small, *large, *again;
	char text[KA_CONF_TEXT_MAX];

	(void)state;
	confsample_begin();
	ka_conferr_begin(&e, "f", 1);
	memset(text, 'x', sizeof(text));
	small = ka_conftext_keep(&confsample, ka_span_of("/a"), &e);
	large = ka_conftext_keep(&confsample, (struct ka_span){ (const uint8_t *)text, sizeof(text) - 1 }, &e);
	again = ka_conftext_keep(&confsample, ka_span_of(""), &e);
	assert_true(is_near(small) && !is_near(large) && is_near(again));
	assert_string_equal(small, "/a");
	assert_int_equal(strlen(large), KA_CONF_TEXT_MAX - 1);
	assert_string_equal(again, "");
	assert_null(ka_conftext_keep(&confsample, (struct ka_span){ (const uint8_t *)text, sizeof(text) }, &e));
	assert_string_equal(e.text, "f:1: the value is longer than 1023 bytes");
}

static void read__more_text_than_there_is_room__is_an_error_and_changes_nothing(void **state)
{
	static char file[4 * KA_CONF_TEXT_MAX];
	char wide[KA_CONF_TEXT_MAX - 1];
	/* the name of the first file stands before its values, and those of the others find room in what is left there */
	size_t fit = (KA_CONF_NEAR_MAX - sizeof("f")) / sizeof(wide) + KA_CONF_FAR_MAX / sizeof(wide);

	(void)state;
	memset(wide, 'x', sizeof(wide));
	wide[sizeof(wide) - 1] = '\0';
	assert_true(snprintf(file, sizeof(file), "[policy]\noptions = %s\nforce_options = %s\nrequire_options = %s\n", wide, wide, wide) > 0);
	confsample_begin();
	for (size_t set = 3; confsample.files_count < KA_CONF_FILES_MAX; set += 3) {
		confsample_file("f", file);
		assert_int_equal(confsample_errors.count, set > fit ? set - fit : 0);
	}
	assert_string_equal(confsample_errors.first, "f:4: require_options: all values together are longer than 128 KiB");
	assert_string_equal(confsample.options, wide);
	assert_string_equal(confsample.require_options, wide);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keep__small_and_large__near_first_then_far),
		cmocka_unit_test(read__more_text_than_there_is_room__is_an_error_and_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
