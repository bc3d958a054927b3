/* keyaudit/signblock: whose a block is, whether it holds, and what ssh-keygen wrote. */
#include "keyaudit/sign/signblock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/signplace.h"
#include "tests/unit/lib/verbplace.h"

#include "base/poison.h"

#define TEXT "# the text\nthat is signed\n"

static struct ka_signerkey ops, ops_new;
static struct ka_signblock room;
static char *sigs[4]; /* by ops, ops-new and rsa; by ops, for another namespace */

static int setup(void **state)
{
	static const char *const names[] = { "ops", "ops-new", "rsa", "ops" };

	assert_int_equal(verbplace_begin(state), 0);
	signplace_key("ops", &ops);
	signplace_key("ops-new", &ops_new);
	verbplace_signer("rsa");
	for (size_t i = 0; i < KA_ARRAY_LEN(sigs); i++)
		sigs[i] = signplace_sign(names[i], i == 3 ? "file" : "keyaudit", ka_span_of(TEXT));
	return 0;
}

static int teardown(void **state)
{
	for (size_t i = 0; i < KA_ARRAY_LEN(sigs); i++)
		free(sigs[i]);
	return verbplace_end(state);
}

static struct ka_span block_of(size_t i)
{
	struct ka_span block;

	assert_true(ka_signblock_take(ka_span_of(sigs[i]), &block));
	return block;
}

static struct ka_sshsig_text *text_of(const char *bytes)
{
	static struct ka_sshsig_text text;

	ka_sshsig_text(ka_span_of(bytes), &text);
	return &text;
}

static void judge__its_text_and_no_other__holds(void **state)
{
	(void)state;
	assert_int_equal(ka_signblock_judge(block_of(0), text_of(TEXT "x"), &room), KA_SIGNBLOCK_BROKEN);
	assert_int_equal(ka_signblock_judge(block_of(0), text_of(""), &room), KA_SIGNBLOCK_BROKEN);
	assert_int_equal(ka_signblock_judge(block_of(0), text_of(TEXT), &room), KA_SIGNBLOCK_HOLDS);
	assert_true(ka_span_equal(room.sig.public_key, (struct ka_span){ ops.blob, ops.len }));
}

static void judge__rsa__nobody_can_say(void **state)
{
	(void)state;
	assert_int_equal(ka_signblock_judge(block_of(2), text_of(TEXT), &room), KA_SIGNBLOCK_FOREIGN);
	/* and that is the answer for another text too */
	assert_int_equal(ka_signblock_judge(block_of(2), text_of("x"), &room), KA_SIGNBLOCK_FOREIGN);
}

static void judge__another_namespace_or_garbage__is_broken(void **state)
{
	(void)state;
	assert_int_equal(ka_signblock_judge(block_of(3), text_of(TEXT), &room), KA_SIGNBLOCK_BROKEN);
	assert_int_equal(ka_signblock_judge(ka_span_of(""), text_of(TEXT), &room), KA_SIGNBLOCK_BROKEN);
	assert_int_equal(ka_signblock_judge(ka_span_of("\033[2J\n"), text_of(TEXT), &room), KA_SIGNBLOCK_BROKEN);
	/* nothing is left of the block before */
	assert_int_equal(ka_signblock_judge(block_of(0), text_of(TEXT), &room), KA_SIGNBLOCK_HOLDS);
	assert_int_equal(ka_signblock_judge(ka_span_of("AAAA\n"), text_of(TEXT), &room), KA_SIGNBLOCK_BROKEN);
	assert_int_equal(room.sig.public_key.len, 0);
}

static void judge__each_character_changed__never_holds(void **state)
{
	struct ka_span block = block_of(0);
	char *copy = strndup((const char *)block.p, block.len);

	(void)state;
	assert_non_null(copy);
	for (size_t i = 0; i < block.len; i++) {
		char was = copy[i];

		copy[i] = was == 'A' ? 'B' : 'A';
		assert_int_not_equal(ka_signblock_judge(ka_span_of(copy), text_of(TEXT), &room), KA_SIGNBLOCK_HOLDS);
		copy[i] = was;
	}
	assert_int_equal(ka_signblock_judge(ka_span_of(copy), text_of(TEXT), &room), KA_SIGNBLOCK_HOLDS);
	free(copy);
}

static void by__the_key_that_signed__and_no_other(void **state)
{
	struct ka_signerkey shorter = ops;

	(void)state;
	assert_false(ka_signblock_is_by(block_of(0), &ops_new, text_of(TEXT), &room));
	assert_false(ka_signblock_is_by(block_of(2), &ops, text_of(TEXT), &room));
	assert_false(ka_signblock_is_by(block_of(0), &ops, text_of("another"), &room));
	shorter.len--;
	assert_false(ka_signblock_is_by(block_of(0), &shorter, text_of(TEXT), &room));
	assert_true(ka_signblock_is_by(block_of(0), &ops, text_of(TEXT), &room));
}

static void signed__by_each_of_the_keys__in_any_order(void **state)
{
	struct ka_signerkey both[] = { ops_new, ops };
	struct ka_signeddoc doc = { .text = ka_span_of(TEXT), .blocks = 1, .block = { block_of(0) } };

	(void)state;
	assert_false(ka_signblock_is_signed(&doc, both, 2, &room));
	assert_true(ka_signblock_is_signed(&doc, &both[1], 1, &room));
	doc.block[doc.blocks++] = block_of(0);
	assert_false(ka_signblock_is_signed(&doc, both, 2, &room)); /* the same one twice is not two */
	doc.block[doc.blocks++] = block_of(1);
	assert_true(ka_signblock_is_signed(&doc, both, 2, &room));
	/* nobody's signature is nobody's */
	assert_false(ka_signblock_is_signed(&doc, both, 0, &room));
	doc.blocks = 0;
	assert_false(ka_signblock_is_signed(&doc, both, 1, &room));
}

static void take__one_block_and_nothing_else(void **state)
{
	static const char *const bad[] = {
		"", "\n", KA_SSHSIG_BEGIN, KA_SSHSIG_BEGIN "\nAAAA\n", "\n" KA_SSHSIG_BEGIN "\nAAAA\n" KA_SSHSIG_END "\n",
		" " KA_SSHSIG_BEGIN "\nAAAA\n" KA_SSHSIG_END "\n", KA_SSHSIG_BEGIN "\r\nAAAA\r\n" KA_SSHSIG_END "\r\n",
		KA_SSHSIG_BEGIN "\nAAAA\n" KA_SSHSIG_END " \n", KA_SSHSIG_BEGIN "\nAAAA\n" KA_SSHSIG_END "\n\n",
		KA_SSHSIG_BEGIN "\nAAAA\n" KA_SSHSIG_END "\n" KA_SSHSIG_BEGIN "\nAAAA\n" KA_SSHSIG_END "\n",
	};
	struct ka_span block;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(bad); i++)
		if (ka_signblock_take(ka_span_of(bad[i]), &block))
			fail_msg("%zu was taken", i);
	assert_true(ka_signblock_take(ka_span_of(KA_SSHSIG_BEGIN "\nAAAA\nBB==\n" KA_SSHSIG_END "\n"), &block));
	assert_true(ka_span_is(block, "AAAA\nBB==\n"));
	/* the END line may be the file's end */
	assert_true(ka_signblock_take(ka_span_of(KA_SSHSIG_BEGIN "\n" KA_SSHSIG_END), &block));
	assert_int_equal(block.len, 0);
}

static void put__what_was_taken__is_the_file_again(void **state)
{
	char text[4096];
	struct ka_buf b;

	(void)state;
	ka_buf_init_array(&b, text);
	ka_signblock_put(block_of(0), &b);
	assert_string_equal(text, sigs[0]);
	/* what does not fit is seen */
	ka_buf_init(&b, text, 100);
	ka_signblock_put(block_of(0), &b);
	assert_int_equal(ka_buf_check(&b), KA_ERR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judge__its_text_and_no_other__holds),
		cmocka_unit_test(judge__rsa__nobody_can_say),
		cmocka_unit_test(judge__another_namespace_or_garbage__is_broken),
		cmocka_unit_test(judge__each_character_changed__never_holds),
		cmocka_unit_test(by__the_key_that_signed__and_no_other),
		cmocka_unit_test(signed__by_each_of_the_keys__in_any_order),
		cmocka_unit_test(take__one_block_and_nothing_else),
		cmocka_unit_test(put__what_was_taken__is_the_file_again),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
