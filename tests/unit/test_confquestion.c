/* keyaudit/config/confquestion: three words, what they mean, and how they are shown. */
#include "keyaudit/config/confquestion.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/confsample.h"

#include "base/poison.h"

static void question__wrong_words__are_not_found(void **state)
{
	struct ka_confquestion q = { .profile = "stric" };

	(void)state;
	assert_false(ka_confquestion_read(&q));
	q = (struct ka_confquestion){ .source = "loca" };
	assert_string_equal(confsample_whole_error(CONFSAMPLE_LOCAL), "");
	assert_true(ka_confquestion_read(&q));
	assert_false(ka_confquestion_find(&q, &confsample));
	assert_null(q.who.source);
}

static void question__each_word__means_something(void **state)
{
	struct ka_confquestion q = { .user = "alice", .source = "local", .profile = "bsi" };

	(void)state;
	assert_string_equal(confsample_whole_error(CONFSAMPLE_LOCAL), "");
	assert_true(ka_confquestion_read(&q) && ka_confquestion_find(&q, &confsample));
	assert_string_equal(q.who.user, "alice");
	assert_ptr_equal(q.who.source, &confsample.sources[0]);
	assert_int_equal(q.who.profile, KA_CONF_PROFILE_BSI);
	q = (struct ka_confquestion){ .user = NULL };
	assert_true(ka_confquestion_read(&q) && ka_confquestion_find(&q, &confsample) && !ka_confquestion_is(&q));
	assert_true(q.who.source == NULL && q.who.profile == KA_CONF_PROFILE_NONE);
}

static void write__each_word__once_and_escaped(void **state)
{
	static const struct { struct ka_confquestion q; const char *text; } rows[] = {
		{ { .user = NULL }, "" },
		{ { .user = "al\x1b" }, "   (for user al\\x1b)" },
		{ { .source = "corp" }, "   (for source corp)" },
		{ { .profile = "bsi", .user = "a" }, "   (for user a, -P bsi)" },
	};
	char text[200];
	struct ka_buf b;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		ka_buf_init_array(&b, text);
		ka_confquestion_write(&rows[i].q, &b);
		assert_string_equal(text, rows[i].text);
		assert_int_equal(ka_confquestion_is(&rows[i].q), rows[i].text[0] != '\0');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(question__wrong_words__are_not_found),
		cmocka_unit_test(question__each_word__means_something),
		cmocka_unit_test(write__each_word__once_and_escaped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
