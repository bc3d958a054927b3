/* key/keysplit: which word is what, in good lines and in damaged ones, and that no part ever leaves its line. */
#include "key/keysplit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/text.h"
#include "tests/unit/lib/keysample.h"

#include "base/poison.h"

#define ED "ssh-ed25519"

static void split__table(void **state)
{
	static const struct { const char *line, *options, *type, *base64, *comment; } rows[] = {
		/* as sshd does it */
		{ ED " AAAA", "", ED, "AAAA", "" },
		{ ED " AAAA me@here", "", ED, "AAAA", "me@here" },
		{ " \t" ED "\t AAAA  a  b\t c \t", "", ED, "AAAA", "a  b\t c" },
		{ "restrict " ED " AAAA c", "restrict", ED, "AAAA", "c" },
		{ "command=\"a b\",no-pty " ED " AAAA c d", "command=\"a b\",no-pty", ED, "AAAA", "c d" },
		{ "command=\"a \\\" b\" " ED " AAAA", "command=\"a \\\" b\"", ED, "AAAA", "" },
		{ "command=\"ssh-rsa AAAA\" " ED " BBBB", "command=\"ssh-rsa AAAA\"", ED, "BBBB", "" },
		{ "  from=\"*\" " ED " AAAA", "from=\"*\"", ED, "AAAA", "" },
		{ "rsa-sha2-512 AAAA", "", "rsa-sha2-512", "AAAA", "" }, /* a name of signatures stands where a type would */
		/* damaged: something is missing */
		{ "", "", "", "", "" }, { " \t ", "", "", "", "" }, { ED, "", ED, "", "" }, { ED " ", "", ED, "", "" },
		{ "restrict", "restrict", "", "", "" }, { "restrict " ED, "restrict", ED, "", "" },
		{ "AAAAB3 me", "", "", "AAAAB3", "me" }, { "AAAA", "", "", "AAAA", "" },
		{ "restrict AAAA c", "restrict", "", "AAAA", "c" },
		{ "ssh-new AAAA c", "", "ssh-new", "AAAA", "c" }, { "ssh-new BBBB c", "", "ssh-new", "BBBB", "c" },
		{ "xyz", "", "xyz", "", "" }, { "xyz ", "", "xyz", "", "" }, { "xyz abc", "", "xyz", "abc", "" },
		/* a blank inside the options */
		{ "no-pty, restrict " ED " AAAA", "no-pty,", ED, "AAAA", "" },
		{ "no-pty restrict " ED " AAAA", "no-pty", ED, "AAAA", "" },
		{ "x y " ED " AAAA c", "x", ED, "AAAA", "c" },
		{ "x ssh-new AAAA c", "x", "ssh-new", "AAAA", "c" },
		/* a quote that is never closed: the type is looked for in what it swallowed */
		{ "command=\"a " ED " AAAA c", "command=\"a " ED " AAAA c", ED, "AAAA", "c" },
		{ "command=\"a b c", "command=\"a b c", "", "", "" },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		struct ka_keysplit s;

		ka_keysplit_line(ka_span_of(rows[i].line), &s);
		if (!ka_span_is(s.options, rows[i].options) || !ka_span_is(s.type, rows[i].type) || !ka_span_is(s.base64, rows[i].base64) ||
		    !ka_span_is(s.comment, rows[i].comment))
			fail_msg("\"%s\": options %.*s, type %.*s, base64 %.*s, comment %.*s", rows[i].line, (int)s.options.len,
				 (const char *)s.options.p, (int)s.type.len, (const char *)s.type.p, (int)s.base64.len,
				 (const char *)s.base64.p, (int)s.comment.len, (const char *)s.comment.p);
	}
}

static void split__open_quote__has_its_place(void **state)
{
	static const struct { const char *line; bool is_open; size_t at; } rows[] = {
		{ "command=\"a " ED " AAAA", true, 8 }, { "a=\"b\",c=\"d " ED " AAAA", true, 8 }, { "  a=\"b", true, 4 }, { "a=\"b\\\"", true, 2 }, { "a=\"b\\", true, 2 },
		{ "\"", true, 0 },
		{ "a=\"b\\\" " ED " AAAA", true, 2 }, { "a=\"b\" " ED " AAAA", false, 0 }, { "a=\\\"b " ED " AAAA", false, 0 },
		{ ED " AAAA \"comment", false, 0 }, { "a=\"b\\\\\" " ED " AAAA", true, 2 }, /* \" is a quote that was escaped, whatever stands before it */
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		struct ka_keysplit s;

		ka_keysplit_line(ka_span_of(rows[i].line), &s);
		if (s.is_open != rows[i].is_open || (s.is_open && s.open_at != rows[i].at))
			fail_msg("%s: %d at %zu", rows[i].line, s.is_open, s.open_at);
	}
}

static void split__blank_in_options__has_its_place(void **state)
{
	static const struct { const char *line; bool has_blank; size_t at; } rows[] = {
		{ "no-pty, restrict " ED " AAAA", true, 7 }, { "  no-pty\trestrict " ED " AAAA", true, 8 }, { "x y " ED " AAAA", true, 1 },
		{ "no-pty restrict", true, 6 }, { "no-pty " ED " AAAA", false, 0 }, { "no-pty AAAA", false, 0 }, { "no-pty ssh-new AAAA", false, 0 },
		{ ED " AAAA", false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		struct ka_keysplit s;

		ka_keysplit_line(ka_span_of(rows[i].line), &s);
		if (s.has_blank != rows[i].has_blank || (s.has_blank && s.blank_at != rows[i].at))
			fail_msg("%s: %d at %zu", rows[i].line, s.has_blank, s.blank_at);
	}
}

static void is_inside(struct ka_span part, struct ka_span line)
{
	assert_true(part.p >= line.p && part.p + part.len <= line.p + line.len);
}

/* whatever the bytes: parts stand inside the line and in their order, a word holds no blank */
static void keeps_its_promises(struct ka_span line)
{
	struct ka_keysplit s;

	ka_keysplit_line(line, &s);
	is_inside(s.options, line);
	is_inside(s.type, line);
	is_inside(s.base64, line);
	is_inside(s.comment, line);
	if (!s.is_open)
		assert_true(s.options.len == 0 || s.type.len == 0 || s.options.p + s.options.len <= s.type.p);
	assert_true(s.base64.len == 0 || s.type.p + s.type.len <= s.base64.p);
	assert_true(s.comment.len == 0 || s.base64.p + s.base64.len <= s.comment.p);
	for (size_t i = 0; i < s.type.len + s.base64.len; i++)
		assert_false(ka_text_is_blank(i < s.type.len ? s.type.p[i] : s.base64.p[i - s.type.len]));
	assert_true(!s.is_open || (s.open_at < line.len && line.p[s.open_at] == '"'));
	assert_true(!s.has_blank || (s.blank_at < line.len && ka_text_is_blank(line.p[s.blank_at])));
}

static void split__any_words__parts_stay_in_their_line(void **state)
{
	static const char *const pieces[] = { ED, "AAAA", " ", "\t", "\"", "\\", "\\\"", "restrict", "from=\"x\"", ",", "x", "\xff" };
	uint32_t seed = 11;

	(void)state;
	for (unsigned round = 0; round < 20000; round++) {
		char text[128];
		struct ka_buf b;
		uint8_t *line;

		ka_buf_init_array(&b, text);
		for (unsigned i = 0; i < round % 10; i++) {
			seed = seed * 1103515245 + 12345;
			ka_buf_text(&b, pieces[(seed >> 16) % KA_ARRAY_LEN(pieces)]);
		}
		line = malloc(b.len > 0 ? b.len : 1); /* to the byte, for the address sanitizer */
		assert_non_null(line);
		memcpy(line, text, b.len);
		keeps_its_promises((struct ka_span){ line, b.len });
		free(line);
	}
}

static void split__every_truncation_of_samples__parts_stay_in_their_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < KA_KEYSAMPLE_COUNT; i++) {
		static struct ka_keysample s;
		struct ka_keysplit split;

		ka_keysample_load(i, &s);
		for (size_t n = 0; n <= s.text.len; n++)
			keeps_its_promises(ka_span_sub(s.text, 0, n));
		ka_keysplit_line(s.text, &split);
		assert_true(ka_span_is(split.type, s.type));
		assert_true(ka_span_equal(split.base64, s.base64));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(split__table),
		cmocka_unit_test(split__open_quote__has_its_place),
		cmocka_unit_test(split__blank_in_options__has_its_place),
		cmocka_unit_test(split__any_words__parts_stay_in_their_line),
		cmocka_unit_test(split__every_truncation_of_samples__parts_stay_in_their_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
