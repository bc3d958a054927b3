/* form/formocsf: the class, what the schema demands, and what is copied. */
#include "keyaudit/form/formocsf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/text.h"
#include "keyaudit/form/formview.h"
#include "tests/unit/lib/formsample.h"

#include "base/poison.h"

static char out[KA_FORM_LINE_MAX];

static json_t *written(const json_t *event)
{
	struct ka_buf b;
	json_t *o;

	ka_buf_init_array(&b, out);
	ka_buf_text(&b, "x\n"); /* something stands before */
	ka_formocsf_write(event, &b);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	for (size_t i = 2; i < b.len; i++)
		assert_false(ka_text_is_control((uint8_t)out[i]));
	o = json_loads(out + 2, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(o);
	return o;
}

static json_t *of(const struct sample *s)
{
	json_t *event = formsample_event(s), *o = written(event);

	json_decref(event);
	return o;
}

static uint64_t number(const json_t *o, const char *path)
{
	uint64_t n;

	assert_true(ka_formview_number(o, path, INT64_MAX, &n));
	return n;
}

static void write__login__class_3002(void **state)
{
	static const struct { enum ka_action_event action; unsigned status; } rows[] = {
		{ KA_EVENT_KEY_REFUSED, 2 }, { KA_EVENT_LOGIN_ACCEPTED, 1 }, { KA_EVENT_LOGIN_DENIED, 2 }, { KA_EVENT_KEY_OFFERED, 0 }, { KA_EVENT_KEY_SUMMARY, 2 },
	};
	struct sample *s = sample_new();

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		json_t *o;

		s->e.action = rows[i].action;
		o = of(s);
		assert_int_equal(number(o, "class_uid"), 3002);
		assert_int_equal(number(o, "type_uid"), 300201);
		assert_int_equal(number(o, "status_id"), rows[i].status);
		assert_int_equal(number(o, "severity_id"), 2);
		assert_int_equal(number(o, "time"), 1787480142123);
		assert_string_equal(ka_formview_text(o, "user.name"), "alice");
		assert_string_equal(ka_formview_text(o, "src_endpoint.ip"), "203.0.113.7");
		assert_string_equal(ka_formview_text(o, "auth_protocol"), "SSH publickey");
		assert_string_equal(ka_formview_text(o, "unmapped.keyaudit.key.fingerprint"), SAMPLE_FP);
		assert_string_equal(ka_formview_text(o, "unmapped.file.mode"), "0664");
		json_decref(o);
	}
	free(s);
}

static void write__housekeeping__base_event(void **state)
{
	struct sample *s = sample_new();
	json_t *o;

	(void)state;
	for (unsigned a = KA_EVENT_KEY_SUMMARY + 1; a < KA_EVENT_COUNT; a++) {
		s->e.action = (enum ka_action_event)a;
		s->e.summary_count = 3;
		o = of(s);
		assert_int_equal(number(o, "class_uid"), 0);
		assert_int_equal(number(o, "type_uid"), 99);
		assert_int_equal(number(o, "count"), 3);
		assert_string_equal(ka_formview_text(o, "activity_name"), ka_event_action_text(s->e.action));
		assert_null(ka_formview_at(o, "user"));
		json_decref(o);
	}
	free(s);
}

static void write__anybodys_line__nothing_but_names_and_texts(void **state)
{
	json_t *e = formsample_json("{'@timestamp':'2026-08-23T10:15:42.123456Z','event':{'category':['authentication'],'severity':9},"
				    "'source':{'ip':'1.2.3'},'keyaudit':{'ok':'a\\u001bb','B\\n':1,'deep':{'er':{'too':{'deep':1}}},'x':1.5,'l':[1,true,null]}}");
	json_t *o = written(e);

	(void)state;
	assert_string_equal(ka_formview_text(o, "user.name"), "-");
	assert_int_equal(number(o, "user.type_id"), 0);
	assert_int_equal(number(o, "severity_id"), 5);
	assert_null(ka_formview_at(o, "src_endpoint"));
	assert_string_equal(ka_formview_text(o, "unmapped.keyaudit.ok"), "a\\x1bb");
	assert_int_equal(json_object_size(ka_formview_at(o, "unmapped.keyaudit")), 3);
	assert_int_equal(json_array_size(ka_formview_at(o, "unmapped.keyaudit.l")), 2);
	assert_int_equal(json_object_size(ka_formview_at(o, "unmapped.keyaudit.deep.er")), 0);
	json_decref(o);
	json_decref(e);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(write__login__class_3002),
		cmocka_unit_test(write__housekeeping__base_event),
		cmocka_unit_test(write__anybodys_line__nothing_but_names_and_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
