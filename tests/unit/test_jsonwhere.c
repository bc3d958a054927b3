/* conf/jsonwhere: conditions one by one, and what is none. */
#include "conf/jsonwhere.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"

#include "base/poison.h"

/* "PATH=LITERAL " or "PATH/LITERAL " for each condition; texts begin with a quote */
static const char *conditions(const char *text)
{
	static const char words[][6] = { [KA_JSONWHERE_TRUE] = "true", [KA_JSONWHERE_FALSE] = "false", [KA_JSONWHERE_NULL] = "null" };
	static char said[512];
	struct ka_jsonwhere_condition c;
	struct ka_jsonwhere w;
	struct ka_buf b;

	ka_buf_init_array(&b, said);
	ka_jsonwhere_init(&w, ka_span_of(text));
	while (ka_jsonwhere_next(&w, &c)) {
		ka_buf_span(&b, c.path);
		ka_buf_char(&b, c.is_not ? '/' : '=');
		if (c.kind == KA_JSONWHERE_TEXT) {
			ka_buf_char(&b, '"');
			ka_buf_span(&b, c.text);
		} else if (c.kind == KA_JSONWHERE_NUMBER) {
			ka_buf_i64(&b, c.number);
		} else {
			ka_buf_text(&b, words[c.kind]);
		}
		ka_buf_char(&b, ' ');
	}
	if (w.wrong != NULL) {
		ka_buf_char(&b, '!');
		ka_buf_text(&b, w.wrong);
	}
	return said;
}

static const struct {
	const char *where, *conditions;
} good[] = {
	{ "", "" },
	{ "usage_type != \"signing\"", "usage_type/\"signing " },
	{ "Status==\"Active\"", "Status=\"Active " },
	{ "destroyed == false", "destroyed=false " },
	{ " .a.b == true && c!=null ", ".a.b=true c/null " },
	{ "n == -5 && m == 9223372036854775807", "n=-5 m=9223372036854775807 " },
	{ "t == \"a && b == c\" && u == \"\"", "t=\"a && b == c u=\" " },
	{ ".\"a==b\" == 1&&x==2", ".\"a==b\"=1 x=2 " },
	{ "$.meta[0] == 0", "$.meta[0]=0 " },
}, bad[] = {
	{ "a", "! has a condition without == or !=" },
	{ "a = 1", "! has a condition without == or !=" },
	{ "a ! = 1", "! has a condition without == or !=" },
	{ "== 1", "! has a condition without a path" },
	{ "a b == 1", "! is no path; one looks like .data.keys[*] or $.meta.version" },
	{ "a ==", "! compares with something that is no \"text\", number, true, false or null" },
	{ "a == yes", "! compares with something that is no \"text\", number, true, false or null" },
	{ "a == 1.5", "! compares with something that is no \"text\", number, true, false or null" },
	{ "a == -", "! compares with something that is no \"text\", number, true, false or null" },
	{ "a == 9223372036854775808", "! compares with something that is no \"text\", number, true, false or null" },
	{ "a == \"x", "! has a quote that is not closed" },
	{ "a == 1 b == 2", "a=1 ! has something behind a condition that is not &&" },
	{ "a == \"x\"y", "a=\"x ! has something behind a condition that is not &&" },
	{ "a == 1 & b == 2", "a=1 ! has something behind a condition that is not &&" },
	{ "a == 1 &&", "a=1 ! ends in &&" },
	{ "a == 1 || b == 2", "a=1 ! has something behind a condition that is not &&" },
};

static void next__where__has_these_conditions(void **state)
{
	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(good); i++) {
		assert_string_equal(conditions(good[i].where), good[i].conditions);
		assert_null(ka_jsonwhere_wrong(ka_span_of(good[i].where)));
	}
}

static void next__no_where__stops_and_says_why(void **state)
{
	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++) {
		assert_string_equal(conditions(bad[i].where), bad[i].conditions);
		assert_string_equal(ka_jsonwhere_wrong(ka_span_of(bad[i].where)), strchr(bad[i].conditions, '!') + 1);
	}
}

static void wrong__nine_conditions__one_too_many(void **state)
{
	(void)state;
	assert_null(ka_jsonwhere_wrong(ka_span_of("a==1&&a==1&&a==1&&a==1&&a==1&&a==1&&a==1&&a==1")));
	assert_string_equal(ka_jsonwhere_wrong(ka_span_of("a==1&&a==1&&a==1&&a==1&&a==1&&a==1&&a==1&&a==1&&a==1")),
			    " has more than 8 conditions");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(next__where__has_these_conditions),
		cmocka_unit_test(next__no_where__stops_and_says_why),
		cmocka_unit_test(wrong__nine_conditions__one_too_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
