/* diag/scanwrap: how much it looks at, whatever a file is made of. What it finds is in test_keyscan and test_keyscan_forms too. */
#include "diag/scanwrap.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "key/keyb64.h"
#include "tests/unit/lib/keyscansample.h"

#include "base/poison.h"

#define WRAPPED "ssh-ed25519 " A64_HEAD "\n" A64_TAIL "\n"

static char text[4 * 1024 * 1024];
static struct ka_buf b;

/* @n lines that each begin an RSA key of 12,000 bytes, and go on in all lines behind */
static void put_crafted(size_t n)
{
	static const uint8_t e[] = { 1, 0, 1 };
	char begin[64];
	uint8_t blob[24];
	struct ka_buf to, from;

	ka_buf_init_array(&from, blob);
	ka_buf_string(&from, ka_span_of("ssh-rsa"));
	ka_buf_string(&from, (struct ka_span){ e, sizeof(e) });
	ka_buf_be32(&from, 12000);
	ka_buf_char(&from, 'x'); /* 23 bytes, and a byte more than a quad ends with */
	ka_buf_init_array(&to, begin);
	ka_keyb64_encode(&to, ka_span_sub(ka_buf_as_span(&from), 0, 21));
	for (size_t i = 0; i < n; i++) {
		ka_buf_text(&b, begin);
		ka_buf_text(&b, "AAAuAAAA\n");
	}
}

static int begin_text(void **state)
{
	ka_buf_init_array(&b, text);
	return keyscansample_alice(state);
}

static void run(void)
{
	assert_false(b.overflow);
	keyscansample_run(text, b.len);
}

/* every line looks as far ahead as it may; the file as a whole must not cost lines times that */
static void ahead__crafted_lines__bounded_for_the_whole_file(void **state)
{
	(void)state;
	put_crafted(500);
	run();
	assert_true(keyscansample.work.ahead > 100 * KA_DIAG_WRAP_LINES_MAX); /* they do what they were made for */
	put_crafted(30000);
	ka_buf_text(&b, WRAPPED);
	run();
	assert_int_equal(keyscansample.work.ahead, KA_DIAG_AHEAD_LINES_MAX);
	assert_int_equal(keyscansample.scan.lines, 30502);
}

static void ahead__crafted_lines_within_the_bound__hide_nothing(void **state)
{
	(void)state;
	put_crafted(500);
	ka_buf_text(&b, "# end\n" WRAPPED);
	run();
	assert_non_null(keyscansample_hit(0));
	assert_int_equal(keyscansample_hit(0)->reason, KA_REASON_LINE_WRAPPED);
	assert_int_equal(keyscansample_hit(0)->line, 502);
}

/* so that no honest file comes near the bound */
static void ahead__wrapped_keys__each_line_once(void **state)
{
	(void)state;
	for (int i = 0; i < 1000; i++)
		ka_buf_text(&b, WRAPPED B "\n");
	run();
	assert_int_equal(keyscansample.work.ahead, 1000);
	assert_int_equal(keyscansample_hit(0)->reason, KA_REASON_LINE_WRAPPED);
}

static void unwrap__text_that_cannot_become_a_key__is_not_called_wrapped(void **state)
{
	static const char *const rows[] = {
		"ssh-ed25519 " A64_HEAD "mLQ=\n1EqRGkU7CtG7sA7DzTGQu\n",  /* padding in the middle */
		"ssh-ed25519 " A64_HEAD "mL\nQ=\n1EqRGkU7CtG7sA7DzTGQu\n",
		"ssh-ed25519 " A64 "\nAAAA\n",                              /* whole without the next line */
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		keyscansample_run(rows[i], strlen(rows[i]));
		assert_true(keyscansample_hit(0) == NULL || keyscansample_hit(0)->reason != KA_REASON_LINE_WRAPPED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(ahead__crafted_lines__bounded_for_the_whole_file, begin_text),
		cmocka_unit_test_setup(ahead__crafted_lines_within_the_bound__hide_nothing, begin_text),
		cmocka_unit_test_setup(ahead__wrapped_keys__each_line_once, begin_text),
		cmocka_unit_test_setup(unwrap__text_that_cannot_become_a_key__is_not_called_wrapped, begin_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
