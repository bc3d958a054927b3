/* verify/verifyread: every line, whole, whatever lies in the file. */
#include "keyaudit/verify/verifyread.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>

#include "base/limits.h"
#include "lib/verbplace.h"

#include "base/poison.h"

struct seen {
	size_t lines, bytes, unended, stop;
};

static bool each(void *ctx, struct ka_span line, bool ended)
{
	struct seen *s = ctx;

	s->lines++;
	s->bytes += line.len + ended;
	s->unended += !ended;
	return s->lines != s->stop;
}

static void read__many_lines__all_bytes_come(void **state)
{
	struct seen s = { 0 };

	(void)state;
	verbplace_shell("seq 1 200000 > f; printf torn >> f");
	assert_int_equal(ka_verifyread("f", NULL, each, &s), KA_ERR_OK);
	assert_int_equal(s.lines, 200001);
	assert_int_equal(s.unended, 1);
	assert_int_equal(s.bytes, 1288895 + 4);
	s = (struct seen){ .stop = 5 };
	assert_int_equal(ka_verifyread("f", NULL, each, &s), KA_ERR_OK);
	assert_int_equal(s.lines, 5);
}

static void read__no_newline_for_long__comes_in_pieces(void **state)
{
	struct seen s = { 0 };

	(void)state;
	verbplace_shell("head -c 1000000 /dev/zero > f; echo >> f");
	assert_int_equal(ka_verifyread("f", NULL, each, &s), KA_ERR_OK);
	assert_int_equal(s.bytes, 1000001);
	assert_true(s.unended > 0);
}

static void read__no_file_or_none_of_its_kind__is_a_fault(void **state)
{
	struct seen s = { 0 };

	(void)state;
	assert_int_equal(ka_verifyread("missing", NULL, each, &s), KA_ERR_SYS);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(ka_verifyread(".", NULL, each, &s), KA_ERR_SYS);
	assert_int_equal(errno, EINVAL);
	verbplace_put("empty", "");
	assert_int_equal(ka_verifyread("empty", NULL, each, &s), KA_ERR_OK);
	assert_int_equal(s.lines, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read__many_lines__all_bytes_come), cmocka_unit_test(read__no_newline_for_long__comes_in_pieces),
		cmocka_unit_test(read__no_file_or_none_of_its_kind__is_a_fault),
	};

	return cmocka_run_group_tests(tests, verbplace_begin, verbplace_end);
}
