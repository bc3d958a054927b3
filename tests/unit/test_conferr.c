/* conf/conferr: the parts of an error, what they do with hostile bytes, and that a part that does not fit is left out whole. */
#include "conf/conferr.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/confsample.h"

#include "base/poison.h"

static void begin__place__stands_in_front(void **state)
{
	struct ka_conferr e;

	(void)state;
	ka_conferr_begin(&e, "/etc/x.conf", UINT32_MAX);
	assert_string_equal(e.text, "/etc/x.conf:4294967295: ");
	ka_conferr_say(&e, "more than ");
	ka_conferr_number(&e, UINT64_MAX);
	assert_string_equal(e.text, "/etc/x.conf:4294967295: more than 18446744073709551615");
	ka_conferr_begin(&e, "", 0); /* afresh */
	assert_string_equal(e.text, ":0: ");
}

static void at__default_or_unknown_file__has_a_name_all_the_same(void **state)
{
	struct ka_conferr e;

	(void)state;
	confsample_begin();
	ka_conferr_at(&e, &confsample, (struct ka_conf_at){ .line = 0 });
	assert_string_equal(e.text, "configuration:1: ");
	confsample_file("first", "");
	confsample_file("second", "");
	ka_conferr_at(&e, &confsample, (struct ka_conf_at){ .line = 0, .file = 1 });
	assert_string_equal(e.text, "first:1: ");
	ka_conferr_at(&e, &confsample, (struct ka_conf_at){ .line = 7, .file = 1 });
	assert_string_equal(e.text, "second:7: ");
	ka_conferr_at(&e, &confsample, (struct ka_conf_at){ .line = 7, .file = UINT32_MAX });
	assert_string_equal(e.text, "configuration:7: ");
}

static void quoted__hostile_bytes__are_escaped(void **state)
{
	static const struct { const char *bytes; size_t len; const char *text; } rows[] = {
		{ "", 0, ":0: \"\"" }, { "a b", 3, ":0: \"a b\"" }, { "\"", 1, ":0: \"\\x22\"" }, { "\\", 1, ":0: \"\\x5c\"" },
		{ "\x1b[2J", 4, ":0: \"\\x1b[2J\"" }, { "a\0b", 3, ":0: \"a\\x00b\"" }, { "\xff", 1, ":0: \"\\xff\"" },
		{ "\xc3\xa4", 2, ":0: \"\xc3\xa4\"" }, { "\xe2\x80\xae", 3, ":0: \"\\xe2\\x80\\xae\"" }, { "%s%n", 4, ":0: \"%s%n\"" },
	};
	struct ka_conferr e;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		ka_conferr_begin(&e, "", 0);
		ka_conferr_quoted(&e, (struct ka_span){ (const uint8_t *)rows[i].bytes, rows[i].len });
		assert_string_equal(e.text, rows[i].text);
	}
}

static void quoted__long__is_cut_to_the_byte(void **state)
{
	char bytes[KA_CONFERR_QUOTED_MAX + 1];

	(void)state;
	memset(bytes, 'a', sizeof(bytes));
	for (size_t n = KA_CONFERR_QUOTED_MAX - 1; n <= sizeof(bytes); n++) {
		struct ka_conferr e;
		size_t whole = strlen(":0: \"\"") + n;

		ka_conferr_begin(&e, "", 0);
		ka_conferr_quoted(&e, (struct ka_span){ (const uint8_t *)bytes, n });
		assert_int_equal(e.b.len, n <= KA_CONFERR_QUOTED_MAX ? whole : whole - 1);
		assert_int_equal(strstr(e.text, "...\"") != NULL, n > KA_CONFERR_QUOTED_MAX);
	}
}

static void meant__nothing_near__says_nothing(void **state)
{
	struct ka_conferr e;

	(void)state;
	ka_conferr_begin(&e, "f", 1);
	ka_conferr_meant(&e, NULL);
	assert_string_equal(e.text, "f:1: ");
	ka_conferr_meant(&e, "path");
	assert_string_equal(e.text, "f:1: ; did you mean \"path\"?");
}

/* whatever the room that is left: a quote is closed, a question is asked to its end */
static void parts__no_room__are_left_out_whole(void **state)
{
	char fill[KA_CONF_ERROR_MAX];

	(void)state;
	for (size_t left = 0; left < 32; left++)
		for (int part = 0; part < 4; part++) {
			static const char *const texts[] = { "\"a\\x1bb\"", "; did you mean \"word\"?", "twelve bytes", "18446744073709551615" };
			size_t n = sizeof(fill) - 1 - strlen(":0: ") - left;
			bool fits = strlen(texts[part]) <= left;
			struct ka_conferr e;

			memset(fill, 'x', n);
			fill[n] = '\0';
			ka_conferr_begin(&e, "", 0);
			ka_conferr_say(&e, fill);
			if (part == 0)
				ka_conferr_quoted(&e, ka_span_of("a\x1b" "b"));
			else if (part == 1)
				ka_conferr_meant(&e, "word");
			else if (part == 2)
				ka_conferr_say(&e, texts[2]);
			else
				ka_conferr_number(&e, UINT64_MAX);
			assert_string_equal(e.text + strlen(":0: ") + n, fits ? texts[part] : "");
			ka_conferr_say(&e, "?");
			if (!fits) /* nothing stands behind what is missing */
				assert_int_equal(e.b.len, strlen(":0: ") + n);
		}
}

struct seen {
	unsigned count;
	char last[KA_CONF_ERROR_MAX];
};

static void see(void *ctx, const char *text)
{
	struct seen *s = ctx;

	s->count++;
	assert_true(strlen(text) < sizeof(s->last));
	memcpy(s->last, text, strlen(text) + 1);
}

static void end__several__are_counted_and_the_first_is_kept(void **state)
{
	struct seen seen = { 0 };
	struct ka_conf_errors errors = { .each = see, .ctx = &seen };
	struct ka_conferr e;

	(void)state;
	ka_conferr_begin(&e, "a", 1);
	ka_conferr_end(&e, &errors);
	ka_conferr_begin(&e, "b", 2);
	ka_conferr_say(&e, "longer");
	ka_conferr_end(&e, &errors);
	errors.each = NULL;
	ka_conferr_end(&e, &errors);
	assert_int_equal(errors.count, 3);
	assert_string_equal(errors.first, "a:1: ");
	assert_int_equal(seen.count, 2);
	assert_string_equal(seen.last, "b:2: longer");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(begin__place__stands_in_front),
		cmocka_unit_test(at__default_or_unknown_file__has_a_name_all_the_same),
		cmocka_unit_test(quoted__hostile_bytes__are_escaped),
		cmocka_unit_test(quoted__long__is_cut_to_the_byte),
		cmocka_unit_test(meant__nothing_near__says_nothing),
		cmocka_unit_test(parts__no_room__are_left_out_whole),
		cmocka_unit_test(end__several__are_counted_and_the_first_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
