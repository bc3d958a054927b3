/* keyaudit/mend/fixedit: one line, at its column, or nothing. */
#include "keyaudit/mend/fixedit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

#include "base/poison.h"

static char room[4096];

/* what comes of it; NULL: refused */
static const char *edit(unsigned line, unsigned column, const char *old, const char *new, const char *in)
{
	struct ka_fixop op = { .kind = KA_FIXOP_EDIT, .line = line, .column = column };
	struct ka_buf b;

	memcpy(op.old, old, strlen(old) + 1);
	memcpy(op.new, new, strlen(new) + 1);
	ka_buf_init_array(&b, room);
	return ka_fixedit_apply(&op, ka_span_of(in), &b) ? room : NULL;
}

static void line__at_its_column__table(void **state)
{
	static const struct { unsigned line, column; const char *old, *new, *in, *out; } rows[] = {
		{ 1, 1, "fromm", "from", "fromm=x\n", "from=x\n" }, { 2, 1, "a", "b", "a\na\na", "a\nb\na" }, { 1, 3, "", "\n", "abcd", "ab\ncd" },
		{ 1, 5, "", "x", "abcd", "abcdx" }, { 1, 1, "", "t ", "\n", "t \n" }, { 3, 1, "c", "d", "a\nb\nc", "a\nb\nd" },
		{ 1, 2, "a", "b", "aa\r\n", "ab\r\n" }, { 1, 1, "\xef\xbb\xbf", "", "\xef\xbb\xbfk\n", "k\n" },
		{ 1, 0, "\xc2\xa0", " ", "a\xc2\xa0" "b\xc2\xa0\n\xc2\xa0", "a b \n\xc2\xa0" },
		/* not there */
		{ 1, 2, "fromm", "from", "fromm=x", NULL }, { 2, 1, "a", "b", "a\n", NULL }, { 1, 6, "", "x", "abcd", NULL }, { 0, 1, "a", "b", "a", NULL },
		{ 1, 1, "abc", "x", "ab", NULL }, { 1, 0, "x", "y", "abc", NULL }, { 1, 0, "", "y", "abc", NULL }, { 1, 1, "", "x", "", NULL },
		{ 1, 4294967295U, "a", "b", "a", NULL }, { 1, 1, "a\nb", "x", "a\nb", NULL },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		const char *out = edit(rows[i].line, rows[i].column, rows[i].old, rows[i].new, rows[i].in);

		if ((out == NULL) != (rows[i].out == NULL) || (out != NULL && strcmp(out, rows[i].out) != 0))
			fail_msg("row %zu: '%s'", i, out != NULL ? out : "refused");
	}
}

static bool recode(enum ka_fixop_code code, const char *in, size_t len, const char *want)
{
	const struct ka_fixop op = { .kind = KA_FIXOP_EDIT, .code = code };
	struct ka_buf b;

	ka_buf_init_array(&b, room);
	return ka_fixedit_apply(&op, (struct ka_span){ (const uint8_t *)in, len }, &b) ? strcmp(room, want) == 0 : want == NULL;
}

static void utf16__as_iconv_does_it(void **state)
{
	(void)state;
#define R(code, in, want) assert_true(recode(KA_FIXOP_CODE_##code, in, sizeof(in) - 1, want))
	R(UTF16, "\xff\xfe" "a\0\n\0", "a\n");
	R(UTF16, "\xfe\xff\0a", "a");
	R(UTF16LE, "a\0\xe9\0\xac\x20", "a\xc3\xa9\xe2\x82\xac");
	R(UTF16BE, "\xd8\x3d\xde\x00", "\xf0\x9f\x98\x80");
	R(UTF16LE, "\x3d\xd8", NULL);
	R(UTF16LE, "\x3d\xd8" "a\0", NULL);
	R(UTF16LE, "\0\xdc", NULL);
	R(UTF16LE, "abc", NULL);
}

static void room__that_is_too_small__is_no_edit(void **state)
{
	const struct ka_fixop op = { .kind = KA_FIXOP_EDIT, .line = 1, .column = 1, .old = "a", .new = "bcdef" };
	char small[4];
	struct ka_buf b;

	(void)state;
	ka_buf_init_array(&b, small);
	assert_false(ka_fixedit_apply(&op, ka_span_of("a"), &b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(line__at_its_column__table),
		cmocka_unit_test(utf16__as_iconv_does_it),
		cmocka_unit_test(room__that_is_too_small__is_no_edit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
