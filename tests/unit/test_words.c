/* keyaudit/words: values behind "=" and behind a blank, the last one wins, and what is refused. */
#include "keyaudit/screen/words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "keyaudit/screen/usage.h"
#include "tests/unit/lib/caught.h"

#include "base/poison.h"

static const char *trail, *conf;
static char trail_said[32], conf_said[32];

/* a verb with two words; what it was told is copied, since its arguments go */
static int verb(int argc, char **argv)
{
	static const struct ka_word words[] = { { "--trail", &trail }, { "-c", &conf } };
	int status;

	trail = conf = "unsaid";
	status = ka_words_read("verb", "usage: verb\n", words, KA_ARRAY_LEN(words), argc, argv);
	snprintf(trail_said, sizeof(trail_said), "%s", trail);
	snprintf(conf_said, sizeof(conf_said), "%s", conf);
	return status < 0 ? KA_EXIT_FINE : status;
}

static void words__values__are_taken(void **state)
{
	(void)state;
	assert_int_equal(CAUGHT(verb, "verb", NULL), KA_EXIT_FINE);
	assert_string_equal(trail_said, "unsaid");
	assert_int_equal(CAUGHT(verb, "verb", "--trail", "a", "-c", "b"), KA_EXIT_FINE);
	assert_string_equal(trail_said, "a");
	assert_string_equal(conf_said, "b");
	assert_int_equal(CAUGHT(verb, "verb", "--trail=a=b", "--trail", "-c"), KA_EXIT_FINE);
	assert_string_equal(trail_said, "-c");
	assert_string_equal(conf_said, "unsaid");
	assert_int_equal(CAUGHT(verb, "verb", "--trail="), KA_EXIT_FINE);
	assert_string_equal(trail_said, "");
	assert_string_equal(caught_out, "");
}

static void words__wrong__are_told(void **state)
{
	(void)state;
	assert_int_equal(CAUGHT(verb, "verb", "--trail"), KA_EXIT_USAGE);
	assert_non_null(strstr(caught_err, "keyaudit verb: a value is missing behind \"--trail\""));
	assert_int_equal(CAUGHT(verb, "verb", "--trails=a"), KA_EXIT_USAGE);
	assert_int_equal(CAUGHT(verb, "verb", "--trai", "a"), KA_EXIT_USAGE);
	assert_int_equal(CAUGHT(verb, "verb", "-c=b"), KA_EXIT_USAGE); /* "=" is for the long ones */
	assert_int_equal(CAUGHT(verb, "verb", "a"), KA_EXIT_USAGE);
	assert_int_equal(CAUGHT(verb, "verb", "-c", "b", ""), KA_EXIT_USAGE);
}

static void words__help__comes_first(void **state)
{
	(void)state;
	assert_int_equal(CAUGHT(verb, "verb", "--help", "--nonsense"), KA_EXIT_FINE);
	assert_string_equal(caught_out, "usage: verb\n");
	assert_int_equal(CAUGHT(verb, "verb", "-c", "-h"), KA_EXIT_FINE); /* a value, not a question */
	assert_string_equal(caught_out, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words__values__are_taken),
		cmocka_unit_test(words__wrong__are_told),
		cmocka_unit_test(words__help__comes_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
