/* form/formview: fields of a line that may be anybody's. */
#include "keyaudit/form/formview.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "tests/unit/lib/formsample.h"

#include "base/poison.h"

static void at__other_type__is_not_there(void **state)
{
	json_t *e = formsample_json("{'a':{'b':'x','n':7,'neg':-1,'o':{}},'l':['y'],'ip':'192.0.2.1','no':'192.0.2.1 x'}");
	uint64_t n = 1;
	char ip[64];

	(void)state;
	assert_string_equal(ka_formview_text(e, "a.b"), "x");
	assert_string_equal(ka_formview_text(e, "a.n"), "");
	assert_string_equal(ka_formview_text(e, "a"), "");
	assert_string_equal(ka_formview_text(e, "l.b"), "");
	assert_string_equal(ka_formview_text(e, "a.b.c"), "");
	assert_string_equal(ka_formview_text(e, "a.a_name_that_is_longer_than_any_of_ours_is"), "");
	assert_true(ka_formview_number(e, "a.n", 7, &n));
	assert_int_equal(n, 7);
	assert_false(ka_formview_number(e, "a.n", 6, &n));
	assert_int_equal(n, 0);
	assert_false(ka_formview_number(e, "a.neg", 7, &n) || ka_formview_number(e, "a.b", 7, &n) || ka_formview_number(e, "z", 7, &n));
	assert_true(ka_formview_ip(e, "ip", ip));
	assert_string_equal(ip, "192.0.2.1");
	assert_false(ka_formview_ip(e, "no", ip));
	assert_string_equal(ip, "");
	json_decref(e);
}

static void ms__only_the_trails_form(void **state)
{
	static const char *const bad[] = {
		"", "2026-08-23T10:15:42Z", "2026-08-23T10:15:42.123456+", "2026-08-23 10:15:42.123456Z", "2026-00-23T10:15:42.123456Z",
		"2026-13-23T10:15:42.123456Z", "x026-08-23T10:15:42.123456Z", "2026-08-23T10:15:42.123456Zx",
	};
	json_t *e = formsample_json("{'@timestamp':'2026-08-23T10:15:42.123456Z'}");
	int64_t ms;

	(void)state;
	assert_true(ka_formview_ms(e, &ms));
	assert_int_equal(ms, 1787480142123);
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++) {
		json_object_set_new(e, "@timestamp", json_string(bad[i]));
		assert_false(ka_formview_ms(e, &ms));
		assert_int_equal(ms, 0);
	}
	json_object_set_new(e, "@timestamp", json_integer(5));
	assert_false(ka_formview_ms(e, &ms));
	json_decref(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(at__other_type__is_not_there),
		cmocka_unit_test(ms__only_the_trails_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
