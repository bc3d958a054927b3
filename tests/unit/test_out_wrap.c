/* keyaudit/out_wrap: where a line is broken, and where never. */
#include "keyaudit/screen/out_wrap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

#include "base/poison.h"

static struct ka_out out;
static struct ka_wrap wrap;
static char *text;
static size_t text_len;

/* a terminal of that many columns; 0: a pipe. The line is continued at column 2 */
static void begin(unsigned columns)
{
	out = (struct ka_out){ .to = open_memstream(&text, &text_len), .columns = columns };
	assert_non_null(out.to);
	ka_wrap_begin(&wrap, &out, 0, 2);
}

static void must_be(const char *want)
{
	ka_wrap_end(&wrap);
	assert_int_equal(fclose(out.to), 0);
	assert_string_equal(text, want);
	free(text);
	text = NULL;
}

static void text__longer_than_the_line__is_continued_below(void **state)
{
	(void)state;
	begin(40);
	ka_wrap_text(&wrap, KA_OUT_PLAIN, "the quick brown fox jumps over the lazy dog and sleeps");
	must_be("the quick brown fox jumps over the lazy\n  dog and sleeps\n");
	begin(40);
	ka_wrap_text(&wrap, KA_OUT_PLAIN, "exactly forty columns stand on this line");
	must_be("exactly forty columns stand on this line\n");
	begin(39);
	ka_wrap_text(&wrap, KA_OUT_PLAIN, "exactly forty columns stand on this line");
	must_be("exactly forty columns stand on this\n  line\n");
}

static void text__to_a_pipe__is_one_line_as_it_is(void **state)
{
	char words[500] = "", want[600];

	(void)state;
	for (int i = 0; i < 60; i++)
		memcpy(words + 8 * i, "word,  .", 8);
	begin(0);
	ka_wrap_text(&wrap, KA_OUT_PLAIN, words);
	ka_wrap_text(&wrap, KA_OUT_PLAIN, "  ");
	ka_wrap_solid(&wrap, KA_OUT_DIM, "an.id");
	assert_true(snprintf(want, sizeof(want), "%s  an.id\n", words) > 0);
	must_be(want);
}

static void solid__goes_to_the_next_line_as_a_whole(void **state)
{
	static const char path[] = "/a/path of/more than/the line's columns/and blanks";

	(void)state;
	begin(40);
	ka_wrap_text(&wrap, KA_OUT_PLAIN, "word and another ");
	ka_wrap_solid(&wrap, KA_OUT_PLAIN, "in one piece of thirty columns");
	ka_wrap_text(&wrap, KA_OUT_PLAIN, " end");
	must_be("word and another\n  in one piece of thirty columns end\n");
	begin(40);
	ka_wrap_text(&wrap, KA_OUT_PLAIN, "file ");
	ka_wrap_solid(&wrap, KA_OUT_PLAIN, path);
	ka_wrap_text(&wrap, KA_OUT_PLAIN, "  mode");
	must_be("file\n  /a/path of/more than/the line's columns/and blanks\n  mode\n");
	begin(40); /* nothing is gained by a line of its own when there is nothing before it */
	ka_wrap_solid(&wrap, KA_OUT_PLAIN, path);
	must_be("/a/path of/more than/the line's columns/and blanks\n");
}

static void pieces__without_a_blank_between__stay_together(void **state)
{
	(void)state;
	begin(40);
	ka_wrap_text(&wrap, KA_OUT_PLAIN, "one two three four five six seven eight");
	ka_wrap_solid(&wrap, KA_OUT_PLAIN, ":nine");
	must_be("one two three four five six seven eight:nine\n");
}

static void text__commands_in_it__are_not_broken(void **state)
{
	static const struct { const char *text, *want; } rows[] = {
		{ "On the client: ssh-copy-id -i KEY.pub USER@HOST, or offer the right key",
		  "On the client:\n  ssh-copy-id -i KEY.pub USER@HOST, or\n  offer the right key\n" },
		{ "Make a new key on the client: ssh-keygen -t ed25519", "Make a new key on the client:\n  ssh-keygen -t ed25519\n" },
		{ "Replace line 3 by the public key file (ssh-keygen -y -f KEY) and go", "Replace line 3 by the public key file\n  (ssh-keygen -y -f KEY) and go\n" },
		{ "sshd accepts the key, and pam_keyaudit enforce refuses it", "sshd accepts the key, and pam_keyaudit\n  enforce refuses it\n" },
		{ "keyaudit refuses what is weak; see what keyaudit explain ID says", "keyaudit refuses what is weak; see what\n  keyaudit explain ID says\n" },
		{ "chmod", "chmod\n" }, { "", "\n" }, { "   ", "\n" },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		begin(40);
		ka_wrap_text(&wrap, KA_OUT_PLAIN, rows[i].text);
		must_be(rows[i].want);
	}
}

static void width__letters_count_and_not_bytes(void **state)
{
	(void)state;
	begin(40);
	ka_wrap_text(&wrap, KA_OUT_PLAIN, "\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4 34567890 23456789 1234567890");
	must_be("\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4\xc3\xb6\xc3\xbc\xc3\xa4 34567890 23456789 1234567890\n");
}

static void escaped__hostile_bytes__stay_one_piece(void **state)
{
	(void)state;
	begin(40);
	ka_wrap_text(&wrap, KA_OUT_PLAIN, "some words in front of ");
	ka_wrap_escaped(&wrap, KA_OUT_PLAIN, "/home/\x1b[2J\n/x y/z", 100);
	must_be("some words in front of\n  /home/\\x1b[2J\\x0a/x y/z\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text__longer_than_the_line__is_continued_below),
		cmocka_unit_test(text__to_a_pipe__is_one_line_as_it_is),
		cmocka_unit_test(solid__goes_to_the_next_line_as_a_whole),
		cmocka_unit_test(pieces__without_a_blank_between__stay_together),
		cmocka_unit_test(text__commands_in_it__are_not_broken),
		cmocka_unit_test(width__letters_count_and_not_bytes),
		cmocka_unit_test(escaped__hostile_bytes__stay_one_piece),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
