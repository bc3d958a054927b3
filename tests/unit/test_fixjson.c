/* keyaudit/mend/fixjson: valid JSON whatever stands in it, and nothing at all when nobody wants it. */
#include "keyaudit/mend/fixjson.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "audit/jsonout.h"
#include "tests/unit/lib/fixsample.h"

#include "base/poison.h"

static struct fixsample s;
static struct ka_fixjson j;

static int plain(void **state)
{
	(void)state;
	fixsample_make(&s);
	return 0;
}

static json_t *closed(void)
{
	json_t *root;

	ka_jsonout_array_end(&j.b);
	ka_jsonout_object_end(&j.b);
	root = json_loads(j.b.p, 0, NULL);
	assert_non_null(root);
	assert_string_equal(json_string_value(json_object_get(root, "schema")), "keyaudit.fix/1");
	return root;
}

static void turn__with_hostile_text__is_one_object(void **state)
{
	json_t *root, *change, *file;

	(void)state;
	assert_true(ka_fixjson_begin(&j, true));
	s.turn.state = KA_FIXTURN_UNTRUSTED;
	ka_fixjson_turn(&j, &s.turn);
	s.turn.state = KA_FIXTURN_BY_HAND;
	s.turn.answer = KA_FIXPLAN_LOW_UID;
	ka_fixjson_turn(&j, &s.turn);
	root = closed();
	change = json_array_get(json_object_get(root, "changes"), 0);
	assert_string_equal(json_string_value(json_object_get(change, "state")), "untrusted");
	assert_string_equal(json_string_value(json_object_get(change, "reason")), "perm.world-writable");
	assert_int_equal(json_array_size(json_object_get(change, "commands")), 1);
	file = json_array_get(json_object_get(change, "others_could_write"), 0);
	assert_int_equal(json_integer_value(json_object_get(file, "unreadable_lines")), 2);
	assert_non_null(strstr(json_string_value(json_object_get(file, "path")), "\\x0a"));
	change = json_array_get(json_object_get(root, "changes"), 1);
	assert_string_equal(json_string_value(json_object_get(change, "rule")), "uid-min");
	json_decref(root);
	ka_fixjson_free(&j);
}

static void op__of_an_undo(void **state)
{
	static struct ka_fixnote_op op = { .kind = KA_FIXOP_RENAME, .path = "/a" };
	struct ka_fixundo_result result = { .is_done = false, .why = "its mode has been changed since" };
	json_t *root, *change;

	(void)state;
	assert_true(ka_fixjson_begin(&j, true));
	ka_fixjson_op(&j, &op, &result);
	root = closed();
	change = json_array_get(json_object_get(root, "changes"), 0);
	assert_string_equal(json_string_value(json_object_get(change, "undo")), "rename");
	assert_string_equal(json_string_value(json_object_get(change, "why")), result.why);
	json_decref(root);
	ka_fixjson_free(&j);
}

static void unwanted__writes_nothing(void **state)
{
	(void)state;
	assert_true(ka_fixjson_begin(&j, false));
	ka_fixjson_turn(&j, &s.turn);
	assert_null(j.text);
	ka_fixjson_free(&j);
	assert_string_equal(ka_fixjson_kind(KA_FIXOP_KINDS), "");
}

#define T(name) cmocka_unit_test_setup(name, plain)

int main(void)
{
	const struct CMUnitTest tests[] = { T(turn__with_hostile_text__is_one_object), T(op__of_an_undo), T(unwanted__writes_nothing) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
