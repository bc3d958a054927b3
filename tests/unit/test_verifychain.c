/* verify/verifychain: what may follow what, over several files, beside what others have seen. */
#include "keyaudit/verify/verifychain.h"

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
static struct ka_verifypoints points;
static struct ka_verifychain v;

static bool read_file(struct ka_span text)
{
	struct ka_cursor cur;
	struct ka_span line;
	bool ended = false;

	if (!ka_verifychain_file(&v))
		return false;
	ka_cursor_init(&cur, text.p, text.len);
	while (ka_cursor_line(&cur, &line, &ended))
		if (!ka_verifychain_line(&v, line, ended))
			return false;
	return true;
}

static enum ka_verify_wrong judged(struct ka_span text)
{
	ka_verifypoints_sort(&points);
	ka_verifychain_begin(&v, &points);
	if (read_file(text))
		(void)ka_verifychain_end(&v);
	return v.wrong.what;
}

static struct ka_span all(void)
{
	return ka_buf_as_span(&c.b);
}

/* @n: which line, from 0 */
static size_t at_line(unsigned n)
{
	size_t at = 0;

	for (; n > 0; n--)
		at += ka_span_find(ka_span_sub(all(), at, c.b.len), '\n') + 1;
	return at;
}

static void sample(unsigned records)
{
	ka_verifypoints_free(&points);
	ka_chainsample_begin(&c);
	ka_chainsample_genesis(&c, "first");
	ka_chainsample_records(&c, records);
}

static void add_point(uint64_t seq, const char *head, const char *chain, bool is_anchor)
{
	struct ka_seal s = { .seq = seq, .epoch = 1 };

	memcpy(s.head, head, sizeof(s.head));
	memcpy(s.chain, chain, sizeof(s.chain));
	assert_int_equal(ka_verifypoints_add(&points, &s, is_anchor, 9), KA_ERR_OK);
}

static void chain__as_written__holds_and_says_up_to_where(void **state)
{
	(void)state;
	sample(9);
	assert_int_equal(judged(all()), KA_VERIFY_NOTHING);
	assert_int_equal(v.first, 1);
	assert_int_equal(v.seq, 10);
	assert_int_equal(v.records, 10);
	assert_string_equal(v.last_at, "2026-08-23T10:10:09.000000Z");
	assert_string_equal(v.behind_at, "2026-08-23T10:10:00.000000Z");
	assert_string_equal(v.chain, KA_CHAINSAMPLE_ID);
}

static void chain__any_bit_changed__is_seen(void **state)
{
	(void)state;
	sample(3);
	add_point(4, c.head, KA_CHAINSAMPLE_ID, true);
	for (size_t i = 0; i < c.b.len - 1; i++) {
		c.text[i] ^= 1;
		assert_int_not_equal(judged(all()), KA_VERIFY_NOTHING);
		c.text[i] ^= 0x21;
		assert_int_not_equal(judged(all()), KA_VERIFY_NOTHING);
		c.text[i] ^= 0x20;
	}
	assert_int_equal(judged(all()), KA_VERIFY_NOTHING);
}

static void lines__dropped_swapped_doubled__are_numbers_that_do_not_fit(void **state)
{
	size_t a, b, d;
	char line[1024];

	(void)state;
	sample(5);
	a = at_line(2);
	b = at_line(3);
	d = at_line(4);
	assert_int_equal(b - a, d - b);
	memcpy(line, c.text + a, b - a);
	memcpy(c.text + a, c.text + b, b - a);
	memcpy(c.text + b, line, b - a);
	assert_int_equal(judged(all()), KA_VERIFY_NUMBER);
	assert_int_equal(v.wrong.seq, 4);
	assert_int_equal(v.wrong.line, 3);
	assert_int_equal(v.seq, 2);
	sample(5);
	memmove(c.text + a, c.text + b, c.b.len - b);
	ka_buf_cut(&c.b, c.b.len - (b - a));
	assert_int_equal(judged(all()), KA_VERIFY_NUMBER);
	sample(1);
	memcpy(line, c.text, c.b.len);
	ka_buf_put(&c.b, line + at_line(1), c.b.len - at_line(1));
	assert_int_equal(judged(all()), KA_VERIFY_NUMBER);
}

static void line__rechained_behind_another__is_prev(void **state)
{
	(void)state;
	sample(2);
	c.head[0] = c.head[0] == 'a' ? 'b' : 'a';
	ka_chainsample_records(&c, 1);
	assert_int_equal(judged(all()), KA_VERIFY_PREV);
	assert_int_equal(v.wrong.seq, 4);
}

static void points__agree_or_not__table(void **state)
{
	char head3[KA_CHAIN_HEX];

	(void)state;
	sample(2);
	memcpy(head3, c.head, sizeof(head3));
	ka_chainsample_records(&c, 4);
	add_point(3, head3, KA_CHAINSAMPLE_ID, true);
	add_point(3, head3, KA_CHAINSAMPLE_ID, false);
	assert_int_equal(judged(all()), KA_VERIFY_NOTHING);
	assert_string_equal(v.behind_at, "2026-08-23T10:10:03.000000Z");
	assert_int_equal(v.seen_points, 2);
	add_point(4, head3, KA_CHAINSAMPLE_ID, false);
	assert_int_equal(judged(all()), KA_VERIFY_SEAL);
	assert_int_equal(v.wrong.point_line, 9);
	ka_verifypoints_free(&points);
	add_point(8, head3, KA_CHAINSAMPLE_ID, true); /* the trail has been cut */
	assert_int_equal(judged(all()), KA_VERIFY_ANCHOR);
	assert_int_equal(v.wrong.seq, 8);
	ka_verifypoints_free(&points);
	add_point(3, head3, "ffffffffffffffffffffffffffffffff", true);
	assert_int_equal(judged(all()), KA_VERIFY_ANCHOR);
	assert_int_equal(judged(ka_span_of("")), KA_VERIFY_ANCHOR);
	ka_verifypoints_free(&points);
}

static void recovery(const char *fragment)
{
	char own[256], hash[KA_CHAIN_HEX];
	struct ka_buf b;

	ka_buf_text(&c.b, fragment);
	ka_buf_char(&c.b, '\n');
	ka_chain_fragment_hash(ka_span_of(fragment), hash);
	ka_buf_init_array(&b, own);
	ka_buf_text(&b, "\"trail\":{\"chain\":\"" KA_CHAINSAMPLE_ID "\",\"fragment\":{\"bytes\":");
	ka_buf_u64(&b, strlen(fragment));
	ka_buf_text(&b, ",\"hash\":\"");
	ka_buf_text(&b, hash);
	ka_buf_text(&b, "\"}}");
	ka_chainsample_put(&c, "trail-recovery", own);
}

static void torn__named_or_at_the_end__is_a_crash_and_else_is_order(void **state)
{
	(void)state;
	sample(2);
	recovery("{\"@times");
	recovery("{\"x\n{\"y");
	ka_chainsample_records(&c, 1);
	ka_buf_text(&c.b, "{\"@time");
	assert_int_equal(judged(all()), KA_VERIFY_NOTHING);
	assert_int_equal(v.recovered, 2);
	assert_int_equal(v.torn.len, 7);
	assert_int_equal(v.records, 6);
	ka_buf_text(&c.b, "\n");
	assert_int_equal(judged(all()), KA_VERIFY_NOTHING);
	ka_chainsample_records(&c, 1);
	assert_int_equal(judged(all()), KA_VERIFY_ORDER); /* a fragment that nobody names */
	sample(2);
	recovery("{\"@times");
	c.text[at_line(3)] = '[';
	assert_int_equal(judged(all()), KA_VERIFY_ORDER);
	sample(2);
	ka_buf_text(&c.b, "\n");
	ka_chainsample_records(&c, 1);
	assert_int_equal(judged(all()), KA_VERIFY_ORDER); /* an empty line */
}

static void recovery__names_a_whole_record__is_order(void **state)
{
	char old[512];
	struct ka_span line;

	(void)state;
	sample(3);
	line = ka_span_sub(all(), at_line(2), at_line(3) - at_line(2) - 1);
	assert_true(ka_span_copy(line, old, sizeof(old)));
	old[2] ^= 1; /* a damaged record, declared torn */
	recovery(old);
	assert_int_not_equal(judged(all()), KA_VERIFY_NOTHING);
	sample(3);
	ka_chainsample_put(&c, "trail-recovery", "\"trail\":{\"chain\":\"" KA_CHAINSAMPLE_ID "\"}");
	assert_int_equal(judged(all()), KA_VERIFY_ORDER); /* it names nothing */
}

static void genesis__where_it_may_not_stand__is_order(void **state)
{
	(void)state;
	sample(2);
	ka_chainsample_genesis(&c, "first");
	assert_int_equal(judged(all()), KA_VERIFY_ORDER);
	ka_chainsample_begin(&c);
	ka_chainsample_records(&c, 2);
	assert_int_equal(judged(all()), KA_VERIFY_ORDER);
	ka_chainsample_begin(&c);
	ka_chainsample_genesis(&c, "rotated");
	assert_int_equal(judged(all()), KA_VERIFY_ORDER); /* number 1 begins nothing that goes on */
}

/* A trail in two files, told apart by @begin; the answer is the judgement. */
static enum ka_verify_wrong two_files(const char *last, const char *begin, size_t *cut)
{
	sample(2);
	if (last != NULL)
		ka_chainsample_put(&c, last, "\"trail\":{\"chain\":\"" KA_CHAINSAMPLE_ID "\"}");
	*cut = c.b.len;
	ka_chainsample_genesis(&c, begin);
	ka_chainsample_records(&c, 2);
	ka_verifychain_begin(&v, &points);
	if (read_file(ka_span_sub(all(), 0, *cut)) && read_file(ka_span_sub(all(), *cut, c.b.len)))
		(void)ka_verifychain_end(&v);
	return v.wrong.what;
}

static void files__several__must_go_on(void **state)
{
	size_t cut;

	(void)state;
	assert_int_equal(two_files("trail-rotate", "rotated", &cut), KA_VERIFY_NOTHING);
	assert_int_equal(v.files, 2);
	assert_int_equal(judged(ka_span_sub(all(), cut, c.b.len)), KA_VERIFY_NOTHING); /* the older one is not here */
	assert_int_equal(v.first, 5);
	assert_int_equal(two_files(NULL, "renamed", &cut), KA_VERIFY_NOTHING);
	assert_int_equal(two_files(NULL, "rotated", &cut), KA_VERIFY_ORDER);
	assert_int_equal(two_files("trail-rotate", "damaged", &cut), KA_VERIFY_ORDER);
	assert_int_equal(v.wrong.file, 1);
	assert_int_equal(v.wrong.line, 1);
	/* a rotation that was killed before the rename */
	sample(1);
	ka_chainsample_put(&c, "trail-rotate", "\"trail\":{\"chain\":\"" KA_CHAINSAMPLE_ID "\"}");
	ka_chainsample_records(&c, 1);
	assert_int_equal(judged(all()), KA_VERIFY_NOTHING);
}

static void point__before_the_first_file__is_compared_with_its_prev(void **state)
{
	size_t cut;
	char head[KA_CHAIN_HEX];

	(void)state;
	assert_int_equal(two_files("trail-rotate", "rotated", &cut), KA_VERIFY_NOTHING);
	memcpy(head, c.text + cut - 3 - 64 - 1, 64); /* the hash of the last line in front of the cut */
	head[64] = '\0';
	add_point(4, head, KA_CHAINSAMPLE_ID, true);
	assert_int_equal(judged(ka_span_sub(all(), cut, c.b.len)), KA_VERIFY_NOTHING);
	assert_int_equal(v.seen_points, 1);
	ka_verifypoints_free(&points);
	head[3] ^= 1;
	head[3] = head[3] == '`' || head[3] == 'g' || head[3] == ':' || head[3] == '/' ? '0' : head[3];
	add_point(4, head, KA_CHAINSAMPLE_ID, true);
	assert_int_equal(judged(ka_span_sub(all(), cut, c.b.len)), KA_VERIFY_ANCHOR);
	ka_verifypoints_free(&points);
}

static void wrong_text__each__has_a_word(void **state)
{
	(void)state;
	for (int w = KA_VERIFY_NOTHING + 1; w < KA_VERIFY_WRONG_COUNT; w++)
		assert_true(strlen(ka_verify_wrong_text((enum ka_verify_wrong)w)) > 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chain__as_written__holds_and_says_up_to_where), cmocka_unit_test(chain__any_bit_changed__is_seen),
		cmocka_unit_test(lines__dropped_swapped_doubled__are_numbers_that_do_not_fit),
		cmocka_unit_test(line__rechained_behind_another__is_prev), cmocka_unit_test(points__agree_or_not__table),
		cmocka_unit_test(torn__named_or_at_the_end__is_a_crash_and_else_is_order),
		cmocka_unit_test(recovery__names_a_whole_record__is_order), cmocka_unit_test(genesis__where_it_may_not_stand__is_order),
		cmocka_unit_test(files__several__must_go_on), cmocka_unit_test(point__before_the_first_file__is_compared_with_its_prev),
		cmocka_unit_test(wrong_text__each__has_a_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
