/* keyaudit/vet/vetqueue: lines come out as they went in, also when the ring has turned. */
#include "keyaudit/vet/vetqueue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/keysample.h"

#include "base/poison.h"

static struct ka_keyline line, again;
static uint8_t storage[KA_BLOB_MAX], other[KA_BLOB_MAX];

static void put_and_drop__through_the_ring__in_order(void **state)
{
	struct ka_vetqueue *q = calloc(1, sizeof(*q));
	static struct ka_keysample sample;
	uint64_t in = 0, out = 0;

	(void)state;
	assert_non_null(q);
	assert_null(ka_vetqueue_first(q));
	for (int round = 0; round < 3; round++) {
		for (; q->count < KA_VET_QUEUE_ROWS; in++) {
			ka_keysample_load(in % KA_KEYSAMPLE_COUNT, &sample);
			ka_keyline_parse(sample.text, storage, &line);
			ka_vetqueue_put(q, &line, (uint32_t)(in / 10), in, ka_span_of(in % 2 ? "alice" : ""), KA_REASON_NONE);
		}
		for (; q->count > 100; out++) {
			const struct ka_vetqueue_row *row = ka_vetqueue_first(q);

			ka_keysample_load(out % KA_KEYSAMPLE_COUNT, &sample);
			assert_int_equal(row->number, out);
			assert_int_equal(row->place.file, out / 10);
			assert_int_equal(row->account_len, out % 2 ? 5 : 0);
			ka_vetqueue_read(row, other, &again);
			assert_true(ka_span_equal(again.key.blob, sample.blob));
			assert_true(ka_span_equal(again.line, sample.text));
			ka_vetqueue_drop(q);
		}
	}
	free(q);
}

static void put__long_and_broken__keeps_what_the_judge_needs(void **state)
{
	struct ka_vetqueue *q = calloc(1, sizeof(*q));
	static char text[KA_LINE_MAX + 300], account[KA_VET_ACCOUNT_MAX + 50];

	(void)state;
	assert_non_null(q);
	memset(text, 'A', sizeof(text));
	memset(account, 'x', sizeof(account));
	account[sizeof(account) - 1] = 'y';
	ka_keyline_parse((struct ka_span){ (const uint8_t *)text, sizeof(text) }, storage, &line);
	line.column = 4711;
	ka_vetqueue_put(q, &line, 1, UINT64_C(1) << 40, (struct ka_span){ (const uint8_t *)account, sizeof(account) }, KA_REASON_LINE_JOINED);
	ka_vetqueue_read(ka_vetqueue_first(q), other, &again);
	assert_int_equal(again.reason, KA_REASON_LINE_TOO_LONG);
	assert_int_equal(again.column, 4711);
	assert_int_equal(ka_vetqueue_first(q)->place.line, UINT32_MAX);
	assert_int_equal(ka_vetqueue_first(q)->number, UINT64_C(1) << 40);
	assert_int_equal(ka_vetqueue_first(q)->seen, KA_REASON_LINE_JOINED);
	assert_int_equal(ka_vetqueue_first(q)->account_len, KA_VET_ACCOUNT_MAX);
	assert_int_equal(ka_vetqueue_first(q)->account[KA_VET_ACCOUNT_MAX - 1], 'y');
	free(q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(put_and_drop__through_the_ring__in_order),
		cmocka_unit_test(put__long_and_broken__keeps_what_the_judge_needs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
