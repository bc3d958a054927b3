/* keyaudit/logstats: counts, their order, and the end of the room. */
#include "keyaudit/log/logstats.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/poison.h"

static void add(struct ka_logstats *s, const char *text)
{
	json_t *event = json_loads(text, 0, NULL);

	assert_non_null(event);
	ka_logstats_add(s, event);
	json_decref(event);
}

static void add__counts_and_order(void **state)
{
	struct ka_logstats *s = calloc(1, sizeof(*s));
	const struct ka_logstats_row *row;

	(void)state;
	assert_non_null(s);
	add(s, "{\"@timestamp\":\"2026-08-23T10:15:42.123456Z\",\"event\":{\"outcome\":\"failure\",\"code\":\"a.b\"},\"user\":{\"name\":\"zoe\"}}");
	add(s, "{\"@timestamp\":\"2026-08-24T10:15:42.123456Z\",\"event\":{\"outcome\":\"failure\",\"code\":\"c.d\"},\"user\":{\"name\":\"bob\"}}");
	add(s, "{\"@timestamp\":\"2026-08-23T09\",\"event\":{\"outcome\":\"success\"},\"user\":{\"name\":\"zoe\"},\"source\":{\"ip\":\"\\u001b\"}}");
	add(s, "{\"@timestamp\":\"2026-08-23Txx:\",\"event\":{\"action\":\"trail-genesis\"}}");
	assert_int_equal(s->events, 4);
	assert_int_equal(s->failure, 2);
	assert_int_equal(s->success, 1);
	assert_int_equal(s->unknown, 0);
	row = s->table[KA_LOGSTATS_USER].row;
	assert_int_equal(ka_logstats_sort(s, KA_LOGSTATS_USER), 2);
	assert_string_equal(row[0].text, "zoe");
	assert_int_equal(row[0].count, 2);
	assert_int_equal(row[1].count, 1);
	row = s->table[KA_LOGSTATS_REASON].row;
	assert_int_equal(ka_logstats_sort(s, KA_LOGSTATS_REASON), 2);
	assert_string_equal(row[0].text, "a.b"); /* of equals by text */
	assert_string_equal(row[1].text, "c.d");
	assert_int_equal(ka_logstats_sort(s, KA_LOGSTATS_HOUR), 2);
	assert_string_equal(s->table[KA_LOGSTATS_HOUR].row[0].text, "10");
	assert_int_equal(ka_logstats_sort(s, KA_LOGSTATS_FROM), 1);
	assert_string_equal(s->table[KA_LOGSTATS_FROM].row[0].text, "\\x1b");
	free(s);
}

static void add__more_than_there_is_room_for__none_is_lost(void **state)
{
	struct ka_logstats *s = calloc(1, sizeof(*s));
	const struct ka_logstats_table *t;
	uint64_t sum = 0;

	(void)state;
	assert_non_null(s);
	t = &s->table[KA_LOGSTATS_USER];
	for (unsigned i = 0; i < KA_LOGSTATS_ROWS_MAX + 100; i++) {
		char text[64];

		snprintf(text, sizeof(text), "{\"user\":{\"name\":\"u%u\"}}", i);
		add(s, text);
	}
	for (size_t i = 0; i < KA_LOGSTATS_ROWS_MAX; i++)
		sum += t->row[i].count;
	assert_true(t->others >= 100);
	assert_int_equal(sum + t->others, KA_LOGSTATS_ROWS_MAX + 100);
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(add__counts_and_order), cmocka_unit_test(add__more_than_there_is_room_for__none_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
