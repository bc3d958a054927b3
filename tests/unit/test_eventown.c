/* audit/eventown: what the sources said, as a trail line has it. The rest of keyaudit.* is looked at in test_eventjson.c. */
#include "audit/eventown.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "tests/unit/lib/sampleevent.h"

#include "base/poison.h"

static const struct ka_recordsrc sources[] = {
	{ "local", KA_SOURCE_NO_KEYS, KA_REASON_STORE_NO_KEYS, { -1, -1, -1, -1, -1, -1 } },
	{ "corp", KA_SOURCE_STALE, KA_REASON_STORE_STALE_SERVED, { 5400, 503, 2, 42, 1, KA_REASON_STORE_HTTP_STATUS } },
	{ "sss", KA_SOURCE_FOUND, KA_REASON_NONE, { -1, -1, -1, -1, -1, -1 } },
};

static void put__sources__each_one_string_with_its_evidence(void **state)
{
	static char line[KA_EVENT_LINE_MAX + 1];
	struct sample *s = sample_new();
	json_t *j, *list;
	struct ka_buf b;

	(void)state;
	for (size_t n = 0; n <= KA_ARRAY_LEN(sources); n += KA_ARRAY_LEN(sources)) {
		s->e.sources = sources;
		s->e.sources_count = n;
		ka_buf_init_array(&b, line);
		ka_eventjson_write(&s->e, &s->h, &b);
		j = json_loads(line, 0, NULL);
		assert_non_null(j);
		list = json_object_get(json_object_get(j, "keyaudit"), "sources");
		assert_int_equal(list != NULL, n > 0);
		assert_int_equal(json_array_size(list), n);
		if (n > 0) {
			assert_string_equal(json_string_value(json_array_get(list, 0)), "local no-keys store.no-keys");
			assert_string_equal(json_string_value(json_array_get(list, 1)),
					    "corp stale store.stale-served age=5400 status=503 mirror=2 serial=42 served=1 cause=store.http-status");
			assert_string_equal(json_string_value(json_array_get(list, 2)), "sss found -");
		}
		json_decref(j);
	}
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(put__sources__each_one_string_with_its_evidence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
