/* verify/verifyshow: what people and programs read of it. */
#include "keyaudit/verify/verifyshow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <jansson.h>

#include "lib/caught.h"
#include "lib/sealplace.h"

#include "base/poison.h"

static const char *const files[] = { "audit.jsonl" };
static struct ka_verifyjob job;
static struct ka_verifyrun r;

static const char *shown(const char *anchors, bool json)
{
	struct ka_progress bar;

	job = (struct ka_verifyjob){ .files = files, .files_count = 1, .seals = "seals.jsonl", .anchors = anchors };
	ka_progress_begin(&bar);
	assert_int_equal(ka_verifyrun(&job, &bar, &r), KA_ERR_OK);
	caught_begin();
	(json ? ka_verifyshow_json : ka_verifyshow_text)(stdout, &job, &r);
	caught_end();
	ka_verifyrun_end(&r);
	return caught_out;
}

static void text__three_results__say_up_to_where(void **state)
{
	(void)state;
	sealplace_write();
	assert_non_null(strstr(shown("anchors", false), "intact: records 1 to 10, up to 2026-08-23T10:10:09.000000Z"));
	assert_non_null(strstr(caught_out, "seals: 2, unchecked"));
	assert_non_null(strstr(shown(NULL, false), "unanchored: 10 records since 2026-08-23T10:10:00.000000Z"));
	assert_non_null(strstr(caught_out, "no anchor was given"));
	ka_chainsample_records(&sealplace, 2);
	sealplace_put("audit.jsonl", ka_buf_as_span(&sealplace.b));
	assert_non_null(strstr(shown("anchors", false), "unanchored: 2 records since 2026-08-23T10:10:10.000000Z"));
	assert_null(strstr(caught_out, "intact"));
	verbplace_shell("sed -i '4s/ssh-key/ssh-kez/' audit.jsonl");
	assert_non_null(strstr(shown("anchors", false), "broken at record 4: hash: "));
	assert_non_null(strstr(caught_out, "audit.jsonl:4"));
	assert_non_null(strstr(caught_out, "holds up to record 3"));
	verbplace_shell("sed -i '1d' seals.jsonl; : > audit.jsonl");
	assert_non_null(strstr(shown(NULL, false), "seal"));
}

static void json__three_results__are_one_object(void **state)
{
	static const char *const results[] = { "intact", "unanchored", "broken" };

	(void)state;
	sealplace_write();
	for (size_t i = 0; i < KA_ARRAY_LEN(results); i++) {
		json_t *o;

		if (i == 2)
			verbplace_shell("sed -i '4d' audit.jsonl");
		o = json_loads(shown(i == 1 ? NULL : "anchors", true), JSON_REJECT_DUPLICATES, NULL);
		assert_non_null(o);
		assert_string_equal(json_string_value(json_object_get(o, "result")), results[i]);
		assert_int_equal(json_is_object(json_object_get(o, "broken")), i == 2);
		if (i == 2) {
			const json_t *b = json_object_get(o, "broken");

			assert_string_equal(json_string_value(json_object_get(b, "what")), "number");
			assert_string_equal(json_string_value(json_object_get(b, "file")), "audit.jsonl");
			assert_int_equal(json_integer_value(json_object_get(b, "line")), 4);
			assert_int_equal(json_integer_value(json_object_get(b, "seq")), 5);
		}
		json_decref(o);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text__three_results__say_up_to_where), cmocka_unit_test(json__three_results__are_one_object),
	};

	return cmocka_run_group_tests(tests, verbplace_begin, verbplace_end);
}
