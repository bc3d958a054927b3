/* form/form: the table, and what is no event. */
#include "keyaudit/form/form.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "tests/unit/lib/formsample.h"

#include "base/poison.h"

static char out[KA_FORM_LINE_MAX];

static void parse__words(void **state)
{
	enum ka_form f;

	(void)state;
	for (unsigned i = 0; i < KA_FORM_COUNT; i++) {
		assert_true(ka_form_parse(ka_form_word((enum ka_form)i), &f));
		assert_int_equal(f, i);
	}
	assert_false(ka_form_parse("", &f) || ka_form_parse("ECS", &f) || ka_form_parse("json", &f));
}

static void write__every_form__one_line(void **state)
{
	static const char *const begins[KA_FORM_COUNT] = { "{\"@timestamp\":", "{\"metadata\":", "CEF:0|keyaudit|", "ssh key refused: reason=" };
	struct sample *s = sample_new();
	json_t *event = formsample_event(s);
	struct ka_span raw = ka_span_of(formsample_line(s));

	(void)state;
	for (unsigned i = 0; i < KA_FORM_COUNT; i++) {
		struct ka_buf b;

		ka_buf_init_array(&b, out);
		assert_int_equal(ka_form_write((enum ka_form)i, raw, event, &b), KA_ERR_OK);
		assert_memory_equal(out, begins[i], strlen(begins[i]));
		assert_ptr_equal(strchr(out, '\n'), out + b.len - 1);
		if (i == KA_FORM_ECS)
			assert_memory_equal(out, raw.p, raw.len);
		/* half a line is none */
		ka_buf_init(&b, out, 80);
		ka_buf_text(&b, "x");
		assert_int_equal(ka_form_write((enum ka_form)i, raw, event, &b), KA_ERR_LIMIT);
		assert_string_equal(out, "x");
	}
	json_decref(event);
	free(s);
}

static void write__no_event__nothing(void **state)
{
	static const char *const bad[] = {
		"{}", "{'@timestamp':'2026-08-23T10:15:42.123456Z'}", "{'event':{'action':'x'}}",
		"{'@timestamp':'now','event':{'action':'x'}}", "{'@timestamp':'2026-08-23T10:15:42.123456Z','event':{'action':7}}",
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bad) * KA_FORM_COUNT; i++) {
		json_t *event = formsample_json(bad[i / KA_FORM_COUNT]);
		struct ka_buf b;

		ka_buf_init_array(&b, out);
		assert_int_equal(ka_form_write((enum ka_form)(i % KA_FORM_COUNT), ka_span_of("{}"), event, &b), KA_ERR_SYNTAX);
		assert_int_equal(b.len, 0);
		json_decref(event);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parse__words),
		cmocka_unit_test(write__every_form__one_line),
		cmocka_unit_test(write__no_event__nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
