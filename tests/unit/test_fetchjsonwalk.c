/* authkeys-fetch/fetchjsonwalk: where a path leads in a document, and the ways in which it leads nowhere. */
#include "authkeys-cmd/fetch/fetchjsonwalk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"

#include "base/poison.h"

static const char document[] =
	"{\"a\":{\"b\":[1,2,[3]],\"\":4,\"x y\":5,\"n\":null},\"o\":{\"p\":6,\"q\":7},\"e\":[],\"eo\":{},\"s\":\"text\",\"l\":[{\"k\":8},{\"k\":9}],"
	"\"m\":[{\"k\":8},{}],\"z\":[null]}";

static char seen[256];

/* the values as text, or how it failed */
static const char *walk_from(const char *from, const char *path)
{
	static const char *const failures[] = { [KA_FETCHJSONWALK_ABSENT] = "absent", [KA_FETCHJSONWALK_NULL] = "null",
						[KA_FETCHJSONWALK_BAD] = "bad", [KA_FETCHJSONWALK_TOO_MANY] = "too many" };
	const json_t *room[4];
	struct ka_fetchjsonwalk_list list = { .list = room, .room = KA_ARRAY_LEN(room) };
	json_t *root = json_loads(document, 0, NULL);
	enum ka_fetchjsonwalk found;
	struct ka_buf b;

	assert_non_null(root);
	found = ka_fetchjsonwalk(root, from[0] != '\0' ? json_object_get(root, from) : root, ka_span_of(path), &list);
	ka_buf_init_array(&b, seen);
	for (size_t i = 0; found == KA_FETCHJSONWALK_OK && i < list.count; i++) {
		char *text = json_dumps(list.list[i], JSON_ENCODE_ANY | JSON_COMPACT);

		ka_buf_text(&b, text);
		ka_buf_char(&b, ';');
		free(text);
	}
	json_decref(root);
	return found == KA_FETCHJSONWALK_OK ? seen : failures[found];
}

static const char *walk(const char *path)
{
	return walk_from("", path);
}

static void path__names_indices_and_all__lead_to_values(void **state)
{
	(void)state;
	assert_string_equal(walk(".a.b[0]"), "1;");
	assert_string_equal(walk("a.b[2][0]"), "3;");
	assert_string_equal(walk(".a.b[*]"), "1;2;[3];");
	assert_string_equal(walk(".o.*"), "6;7;");
	assert_string_equal(walk(".l[*].k"), "8;9;");
	assert_string_equal(walk(".a.\"x y\""), "5;");
	assert_string_equal(walk(".a.\"\""), "4;");
	assert_string_equal(walk(".e[*]"), "");
	assert_string_equal(walk(".eo.*"), "");
	assert_string_equal(walk(".a.n"), "null;");
	assert_string_equal(walk(".z[*]"), "null;");
	assert_string_equal(walk_from("o", ""), "{\"p\":6,\"q\":7};");
	assert_string_equal(walk_from("o", "p"), "6;");
	assert_string_equal(walk_from("o", "$.a.b[1]"), "2;");
}

static void path__to_what_is_not_there__is_absent(void **state)
{
	(void)state;
	assert_string_equal(walk(".x"), "absent");
	assert_string_equal(walk(".a.x.y"), "absent");
	assert_string_equal(walk(".a.b[3]"), "absent");
	assert_string_equal(walk(".e[0]"), "absent");
	/* all or nothing */
	assert_string_equal(walk(".m[*].k"), "absent");
}

static void path__through_null__is_null(void **state)
{
	(void)state;
	assert_string_equal(walk(".a.n.x"), "null");
	assert_string_equal(walk(".a.n[*]"), "null");
	assert_string_equal(walk(".a.n.*"), "null");
	assert_string_equal(walk(".a.n[0]"), "null");
}

static void path__a_step_that_the_type_does_not_have__is_bad(void **state)
{
	(void)state;
	assert_string_equal(walk(".s.x"), "bad");
	assert_string_equal(walk(".s[*]"), "bad");
	assert_string_equal(walk(".s.*"), "bad");
	assert_string_equal(walk(".s[0]"), "bad");
	assert_string_equal(walk(".o[*]"), "bad");
	assert_string_equal(walk(".o[0]"), "bad");
	assert_string_equal(walk(".l.k"), "bad");
	assert_string_equal(walk(".l.*"), "bad");
	assert_string_equal(walk(".a["), "bad");
}

static void path__to_more_than_there_is_room_for__is_too_many(void **state)
{
	(void)state;
	assert_string_equal(walk(".a.*"), "[1,2,[3]];4;5;null;");
	assert_string_equal(walk("$.*"), "too many");
}

/* absent or null: "-"; otherwise the value; "?" when nobody can say */
static const char *one(const char *path)
{
	json_t *root = json_loads(document, 0, NULL);
	const json_t *value;
	struct ka_buf b;
	char *text;

	assert_non_null(root);
	ka_buf_init_array(&b, seen);
	if (!ka_fetchjsonwalk_one(root, root, ka_span_of(path), &value)) {
		assert_null(value);
		ka_buf_char(&b, '?');
	} else if (value == NULL) {
		ka_buf_char(&b, '-');
	} else {
		text = json_dumps(value, JSON_ENCODE_ANY);
		ka_buf_text(&b, text);
		free(text);
	}
	json_decref(root);
	return seen;
}

static void one__value__or_nothing__or_nobody_can_say(void **state)
{
	(void)state;
	assert_string_equal(one(".o.p"), "6");
	assert_string_equal(one(".a.b[*]"), "?");
	assert_string_equal(one(".l[*].k"), "?");
	assert_string_equal(one(".s.x"), "?");
	assert_string_equal(one(".x"), "-");
	assert_string_equal(one(".a.n"), "-");
	assert_string_equal(one(".a.n.x"), "-");
	assert_string_equal(one(".e[*]"), "-");
	assert_string_equal(one(""), "-");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(path__names_indices_and_all__lead_to_values),
		cmocka_unit_test(path__to_what_is_not_there__is_absent),
		cmocka_unit_test(path__through_null__is_null),
		cmocka_unit_test(path__a_step_that_the_type_does_not_have__is_bad),
		cmocka_unit_test(path__to_more_than_there_is_room_for__is_too_many),
		cmocka_unit_test(one__value__or_nothing__or_nobody_can_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
