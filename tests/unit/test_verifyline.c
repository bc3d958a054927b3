/* verify/verifyline: what one line says, and what a crash left between two. */
#include "keyaudit/verify/verifyline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/chainsample.h"

#include "base/poison.h"

static struct ka_chainsample c;

static struct ka_span last_line(void)
{
	struct ka_span all = ka_buf_as_span(&c.b);
	size_t at = all.len - 1;

	while (at > 0 && all.p[at - 1] != '\n')
		at--;
	return ka_span_sub(all, at, all.len - at - 1);
}

static void read__kinds__table(void **state)
{
	static const struct { const char *action, *own; enum ka_verifyline_kind kind; uint64_t torn; } rows[] = {
		{ "ssh-key-refused", "\"trail\":{\"chain\":\"x\"}", KA_VERIFYLINE_RECORD, 0 },
		{ "trail-gap", "", KA_VERIFYLINE_RECORD, 0 },
		{ "trail-rotate", "\"trail\":{\"chain\":\"" KA_CHAINSAMPLE_ID "\"}", KA_VERIFYLINE_ROTATE, 0 },
		{ "trail-recovery", "\"trail\":{\"fragment\":{\"bytes\":12,\"hash\":\"" KA_CHAIN_ZEROS "\"}}", KA_VERIFYLINE_RECOVERY, 12 },
		{ "trail-recovery", "\"trail\":{\"fragment\":{\"bytes\":-12,\"hash\":7}}", KA_VERIFYLINE_RECOVERY, 0 },
		{ "trail-recovery", "\"trail\":7", KA_VERIFYLINE_RECOVERY, 0 },
	};
	struct ka_verifyline l;

	(void)state;
	ka_chainsample_begin(&c);
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		ka_chainsample_put(&c, rows[i].action, rows[i].own);
		assert_true(ka_verifyline_read(last_line(), &l));
		assert_int_equal(l.kind, rows[i].kind);
		assert_int_equal(l.torn_len, rows[i].torn);
		assert_string_equal(l.chain, rows[i].kind == KA_VERIFYLINE_ROTATE ? KA_CHAINSAMPLE_ID : "");
	}
	assert_false(ka_verifyline_read(ka_span_of("{\"event\":1}"), &l));
}

static void read__genesis__says_whether_the_chain_goes_on(void **state)
{
	static const struct { const char *begin; bool goes_on, renamed; } rows[] = {
		{ "first", false, false }, { "rotated", true, false }, { "renamed", true, true }, { "unchained", false, false },
		{ "damaged", false, false }, { "other", false, false },
	};
	struct ka_verifyline l;

	(void)state;
	ka_chainsample_begin(&c);
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		ka_chainsample_genesis(&c, rows[i].begin);
		assert_true(ka_verifyline_read(last_line(), &l));
		assert_int_equal(l.kind, KA_VERIFYLINE_GENESIS);
		assert_string_equal(l.chain, KA_CHAINSAMPLE_ID);
		assert_int_equal(l.goes_on, rows[i].goes_on);
		assert_int_equal(l.is_renamed, rows[i].renamed);
	}
}

static void time__of_a_line__or_nothing_that_could_be_printed(void **state)
{
	char out[KA_CLOCK_TEXT_MAX];

	(void)state;
	ka_chainsample_begin(&c);
	ka_chainsample_records(&c, 1);
	ka_verifyline_time(last_line(), out);
	assert_string_equal(out, "2026-08-23T10:10:00.000000Z");
	ka_verifyline_time(ka_span_of("{\"@timestamp\":\"2026\033[1mZ\"}"), out);
	assert_string_equal(out, "");
	ka_verifyline_time(ka_span_of("{\"@timestamp\":\"2026-08-23T10:10:00.000000ZZZZZZZZZZZZ\"}"), out);
	assert_string_equal(out, "");
	ka_verifyline_time(ka_span_of("{"), out);
	assert_string_equal(out, "");
}

static void torn__pieces__are_named_to_the_byte(void **state)
{
	struct ka_verifyline l = { .torn_len = 7 };
	static struct ka_verifytorn t;

	(void)state;
	ka_verifytorn_begin(&t);
	assert_true(ka_verifytorn_add(&t, ka_span_of("{\"a"), true));
	assert_true(ka_verifytorn_add(&t, ka_span_of("{\"b"), true));
	ka_chain_fragment_hash(ka_span_of("{\"a\n{\"b"), l.torn_hash);
	assert_true(ka_verifytorn_is_named(&t, &l));
	l.torn_len = 8;
	assert_false(ka_verifytorn_is_named(&t, &l));
	l.torn_len = 7;
	l.torn_hash[0] ^= 1;
	assert_false(ka_verifytorn_is_named(&t, &l));
	ka_verifytorn_begin(&t);
	for (size_t left = sizeof(t.bytes); left > 4; left -= 4)
		assert_true(ka_verifytorn_add(&t, ka_span_of("abc"), true));
	assert_false(ka_verifytorn_add(&t, ka_span_of("abcdefghi"), true));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read__kinds__table), cmocka_unit_test(read__genesis__says_whether_the_chain_goes_on),
		cmocka_unit_test(time__of_a_line__or_nothing_that_could_be_printed), cmocka_unit_test(torn__pieces__are_named_to_the_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
