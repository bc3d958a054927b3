/* audit/eventown: what the sources said and what a store calls the key, as a trail line has it. The rest of keyaudit.* is looked at in test_eventjson.c. */
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
		s->e.lookup_us = n > 0 ? 1234 : 0;
		ka_buf_init_array(&b, line);
		ka_eventjson_write(&s->e, &s->h, &b);
		j = json_loads(line, 0, NULL);
		assert_non_null(j);
		list = json_object_get(json_object_get(j, "keyaudit"), "sources");
		assert_int_equal(list != NULL, n > 0);
		assert_int_equal(json_integer_value(json_object_get(json_object_get(j, "keyaudit"), "lookup_us")), s->e.lookup_us);
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

static char *label_of(const char *label)
{
	static char line[KA_EVENT_LINE_MAX + 1];
	struct sample *s = sample_new();
	const char *got;
	char *copy;
	struct ka_buf b;
	json_t *j;

	s->e.key_label = label;
	ka_buf_init_array(&b, line);
	ka_eventjson_write(&s->e, &s->h, &b);
	j = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(j);
	got = json_string_value(json_object_get(json_object_get(json_object_get(j, "keyaudit"), "key"), "label"));
	copy = got != NULL ? strdup(got) : NULL;
	json_decref(j);
	free(s);
	return copy;
}

static void put__label__escaped_bounded_or_absent(void **state)
{
	static const struct { const char *label, *want; } rows[] = {
		{ NULL, NULL }, { "", NULL }, { "ann@example.org", "ann@example.org" }, { "Ann M\xc3\xbcller", "Ann M\xc3\xbcller" },
		{ "a\x1b[2J\"},\"event\":{", "a\\x1b[2J\"},\"event\":{" }, { "\\x1b", "\\x5cx1b" }, { "two\nlines", "two\\x0alines" },
		{ "\xe2\x80\xaetxt", "\\xe2\\x80\\xaetxt" }, { "\xff", "\\xff" },
	};
	char longest[KA_LABEL_MAX + 1];

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		char *got = label_of(rows[i].label);

		if (rows[i].want == NULL)
			assert_null(got);
		else
			assert_string_equal(got, rows[i].want);
		free(got);
	}
	for (int c = 0; c < 2; c++) {
		char *got;

		memset(longest, c == 0 ? 'x' : '\x1b', KA_LABEL_MAX);
		longest[KA_LABEL_MAX] = '\0';
		got = label_of(longest);
		assert_non_null(got);
		assert_true(strlen(got) <= KA_TEXT_LABEL_MAX);
		if (c == 0)
			assert_string_equal(got, longest);
		free(got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(put__sources__each_one_string_with_its_evidence),
		cmocka_unit_test(put__label__escaped_bounded_or_absent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
