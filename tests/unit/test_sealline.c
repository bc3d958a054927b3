/* seal/sealline: one exact form of a seal, its mac, and the anchors made of it. */
#include "keyaudit/seal/sealline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/chainsample.h"

#include "base/poison.h"

static struct ka_chainsample c;

static struct ka_span sealed(void)
{
	ka_chainsample_begin(&c);
	ka_chainsample_genesis(&c, "first");
	ka_chainsample_seal(&c);
	return ka_span_sub(ka_buf_as_span(&c.s), 0, c.s.len - 1);
}

static struct ka_sealkey first_key(void)
{
	struct ka_sealkey k = c.k0;

	ka_sealkey_evolve(&k);
	return k;
}

static void write__seal__reads_back_and_is_made_with_its_key_alone(void **state)
{
	struct ka_span line = sealed();
	struct ka_sealkey k = first_key();
	struct ka_seal s;

	(void)state;
	assert_true(ka_sealline_parse(line, &s));
	assert_int_equal(s.epoch, 1);
	assert_int_equal(s.seq, 1);
	assert_string_equal(s.head, c.head);
	assert_true(ka_sealline_is_made_with(line, &s, &k));
	ka_sealkey_evolve(&k);
	assert_false(ka_sealline_is_made_with(line, &s, &k));
}

static void change__any_byte__is_no_seal_or_not_made_with_the_key(void **state)
{
	struct ka_span line = sealed();
	struct ka_sealkey k = first_key();
	struct ka_seal s;

	(void)state;
	for (size_t i = 0; i < line.len; i++) {
		char was = c.seals[i];

		for (int x = 1; x < 256; x <<= 1) {
			c.seals[i] = (char)(was ^ x);
			assert_false(ka_sealline_parse(line, &s) && ka_sealline_is_made_with(line, &s, &k));
		}
		c.seals[i] = was;
		assert_false(ka_sealline_parse(ka_span_sub(line, 0, i), &s));
	}
	assert_true(ka_sealline_parse(line, &s) && ka_sealline_is_made_with(line, &s, &k));
}

static void anchor__with_a_logs_words_around__is_found(void **state)
{
	char text[KA_SEAL_LINE_MAX + 64];
	struct ka_span line = sealed();
	struct ka_seal s;
	struct ka_buf b;

	(void)state;
	ka_buf_init_array(&b, text);
	ka_buf_text(&b, "Aug 23 10:15:42 web01 keyaudit[1]: trail anchor ");
	ka_buf_span(&b, line);
	ka_buf_text(&b, " \r");
	assert_true(ka_sealline_anchor(ka_buf_as_span(&b), &s));
	assert_int_equal(s.epoch, 1);
	ka_buf_cut(&b, 0);
	ka_buf_text(&b, "{\"chain\":\"" KA_CHAINSAMPLE_ID "\",\"seq\":12,\"head\":\"" KA_CHAIN_ZEROS "\",\"at\":\"2026\"}");
	assert_true(ka_sealline_anchor(ka_buf_as_span(&b), &s));
	assert_int_equal(s.epoch, 0);
	assert_int_equal(s.seq, 12);
	assert_false(ka_sealline_anchor(ka_span_of("{\"chain\":\"x\"}"), &s));
	assert_false(ka_sealline_anchor(ka_span_of("no anchor"), &s));
	assert_false(ka_sealline_anchor(ka_span_of(""), &s));
}

static void write__no_room__overflows_and_puts_nothing(void **state)
{
	char text[40];
	struct ka_seal s;
	struct ka_buf b;

	(void)state;
	(void)sealed();
	s = c.last;
	ka_buf_init_array(&b, text);
	ka_sealline_write(&s, &c.key, &b);
	assert_true(b.overflow);
	assert_int_equal(b.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(write__seal__reads_back_and_is_made_with_its_key_alone),
		cmocka_unit_test(change__any_byte__is_no_seal_or_not_made_with_the_key),
		cmocka_unit_test(anchor__with_a_logs_words_around__is_found), cmocka_unit_test(write__no_room__overflows_and_puts_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
