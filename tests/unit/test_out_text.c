/* keyaudit/out_text: what a terminal is shown, and what everybody else gets. */
#include "keyaudit/screen/out_text.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/limits.h"
#include "tests/unit/lib/caught.h"

#include "base/poison.h"

static const char *const variables[] = { "NO_COLOR", "TERM", "LC_ALL", "LC_CTYPE", "LANG" };

static int plain(void **state)
{
	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(variables); i++)
		unsetenv(variables[i]);
	ka_out_choose(KA_OUT_AUTO);
	return 0;
}

static void when_parse__words__table(void **state)
{
	static const char *const wrong[] = { "", "Always", "always ", "yes", "auto\n", "neve" };
	enum ka_out_when when = KA_OUT_NEVER;

	(void)state;
	assert_true(ka_out_when_parse("auto", &when));
	assert_int_equal(when, KA_OUT_AUTO);
	assert_true(ka_out_when_parse("always", &when));
	assert_int_equal(when, KA_OUT_ALWAYS);
	for (size_t i = 0; i < KA_ARRAY_LEN(wrong); i++)
		assert_false(ka_out_when_parse(wrong[i], &when));
	assert_int_equal(when, KA_OUT_ALWAYS);
	assert_true(ka_out_when_parse("never", &when));
	assert_int_equal(when, KA_OUT_NEVER);
}

/* a terminal of our own; NULL where there is none to be had */
static FILE *terminal(unsigned short columns)
{
	static int master = -1;
	struct winsize size = { .ws_col = columns, .ws_row = 24 };
	char name[64];
	FILE *f;

	if (master >= 0)
		close(master);
	master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (master < 0 || grantpt(master) != 0 || unlockpt(master) != 0 || ptsname_r(master, name, sizeof(name)) != 0)
		return NULL;
	f = fopen(name, "we");
	if (f != NULL)
		assert_int_equal(ioctl(fileno(f), TIOCSWINSZ, &size), 0);
	return f;
}

static void init__terminal__colour_by_environment(void **state)
{
	static const struct { const char *term, *no_color; bool colour; } rows[] = {
		{ "xterm", NULL, true }, { "xterm", "", true }, { "xterm", "1", false }, { "dumb", NULL, false }, { NULL, NULL, false },
		{ "", NULL, true },
	};

	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		FILE *f = terminal(80);
		struct ka_out o;

		if (f == NULL)
			skip();
		plain(state);
		if (rows[i].term != NULL)
			setenv("TERM", rows[i].term, 1);
		if (rows[i].no_color != NULL)
			setenv("NO_COLOR", rows[i].no_color, 1);
		ka_out_init(&o, f, KA_OUT_AUTO);
		if (o.colour != rows[i].colour)
			fail_msg("row %zu", i);
		ka_out_init(&o, f, KA_OUT_NEVER);
		assert_false(o.colour);
		ka_out_init(&o, f, KA_OUT_ALWAYS);
		assert_true(o.colour);
		fclose(f);
	}
}

/* the first variable that says anything decides, as the C library does it */
static void init__terminal__symbols_by_locale(void **state)
{
	static const struct { const char *name, *value, *other, *other_value; bool utf8; } rows[] = {
		{ "LANG", "en_GB.UTF-8", NULL, NULL, true }, { "LANG", "C.utf8", NULL, NULL, true }, { "LANG", "C", NULL, NULL, false },
		{ "LC_ALL", "C", "LANG", "C.UTF-8", false }, { "LC_ALL", "", "LANG", "C.UTF-8", true }, { "LC_CTYPE", "de_DE.Utf-8", "LANG", "C", true },
	};

	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		FILE *f = terminal(80);
		struct ka_out o;

		if (f == NULL)
			skip();
		plain(state);
		setenv(rows[i].name, rows[i].value, 1);
		if (rows[i].other != NULL)
			setenv(rows[i].other, rows[i].other_value, 1);
		ka_out_init(&o, f, KA_OUT_AUTO);
		if (o.utf8 != rows[i].utf8 || o.ascii == rows[i].utf8)
			fail_msg("row %zu", i);
		fclose(f);
	}
}

/* what another character set would show as something else is spelled out, and takes its room; a command stays what it is */
static void text__terminal_without_utf8__spelled_out(void **state)
{
	static const struct { bool ascii; enum ka_out_colour c; const char *text, *shown; unsigned width; } rows[] = {
		{ true, KA_OUT_PLAIN, "j\xc3\xbcrgen", "j\\xc3\\xbcrgen", 13 }, { false, KA_OUT_PLAIN, "j\xc3\xbcrgen", "j\xc3\xbcrgen", 6 },
		{ true, KA_OUT_COMMAND, "cat \xc3\xbc", "cat \xc3\xbc", 5 }, { true, KA_OUT_STRONG, "", "", 0 },
		{ false, KA_OUT_PLAIN, "\xe6\x97\xa5\xff.", "\xe6\x97\xa5\xff.", 4 },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		struct ka_out o;

		caught_begin();
		ka_out_init(&o, stdout, KA_OUT_NEVER);
		o.ascii = rows[i].ascii;
		ka_out_text(&o, rows[i].c, rows[i].text);
		caught_end();
		assert_string_equal(caught_out, rows[i].shown);
		assert_int_equal(ka_out_width(&o, rows[i].c, ka_span_of(rows[i].text)), rows[i].width);
		assert_int_equal(ka_out_fitting(&o, rows[i].c, ka_span_of(rows[i].text), rows[i].width), strlen(rows[i].text));
	}
}

static void fitting__no_character_is_cut(void **state)
{
	static const size_t utf8[] = { 0, 1, 1, 4, 6, 6 }, ascii[] = { 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 4 };
	struct ka_span s = ka_span_of("a\xe6\x97\xa5\xc3\xbc");
	struct ka_out o = { .to = stdout };

	(void)state;
	for (unsigned i = 0; i < KA_ARRAY_LEN(utf8); i++)
		assert_int_equal(ka_out_fitting(&o, KA_OUT_PLAIN, s, i), utf8[i]);
	o.ascii = true;
	for (unsigned i = 0; i < KA_ARRAY_LEN(ascii); i++)
		assert_int_equal(ka_out_fitting(&o, KA_OUT_PLAIN, s, i), ascii[i]);
}

static void init__width__nothing_below_the_least(void **state)
{
	static const unsigned short widths[] = { 0, 1, KA_OUT_COLUMNS_MIN - 1, KA_OUT_COLUMNS_MIN, KA_OUT_COLUMNS_MIN + 1, 65535 };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(widths); i++) {
		FILE *f = terminal(widths[i]);
		struct ka_out o;

		if (f == NULL)
			skip();
		ka_out_init(&o, f, KA_OUT_AUTO);
		assert_int_equal(o.columns, widths[i] < KA_OUT_COLUMNS_MIN ? 0 : widths[i]);
		fclose(f);
	}
}

static void init__no_terminal__plain_unless_it_was_chosen(void **state)
{
	struct ka_out o;

	(void)state;
	setenv("TERM", "xterm", 1);
	setenv("LANG", "C.UTF-8", 1);
	caught_begin();
	ka_out_init(&o, stdout, KA_OUT_AUTO);
	caught_end();
	assert_false(o.colour || o.utf8);
	assert_int_equal(o.columns, 0);
	ka_out_choose(KA_OUT_ALWAYS);
	caught_begin();
	ka_out_init(&o, stdout, KA_OUT_AUTO);
	ka_out_text(&o, KA_OUT_BAD, "x");
	ka_out_text(&o, KA_OUT_PLAIN, "y");
	ka_out_init(&o, stdout, KA_OUT_NEVER); /* what a stream was told of its own comes first */
	ka_out_text(&o, KA_OUT_BAD, "z");
	caught_end();
	assert_string_equal(caught_out, "\033[31;1mx\033[0myz");
}

static const char *escaped(const char *text, size_t max)
{
	struct ka_out o;

	caught_begin();
	ka_out_init(&o, stdout, KA_OUT_NEVER);
	ka_out_escaped(&o, KA_OUT_BAD, text, max);
	caught_end();
	return caught_out;
}

static void escaped__every_byte__nothing_moves_the_cursor(void **state)
{
	(void)state;
	for (int c = 1; c < 256; c++) {
		const char text[] = { 'a', (char)c, 'b', '\0' };

		escaped(text, 100);
		assert_null(strchr(caught_out, '\n'));
		if (!caught_is_plain(caught_out))
			fail_msg("byte %d", c);
	}
	assert_string_equal(escaped("\xc2\x9b" "2J \xe2\x80\xae", 100), "\\xc2\\x9b2J \\xe2\\x80\\xae");
	assert_string_equal(escaped("gr\xc3\xbc\xc3\x9f", 100), "gr\xc3\xbc\xc3\x9f");
}

/* bytes as they are shown, with the dots of what was cut */
static void escaped__lengths__at_most_what_was_asked_for(void **state)
{
	static char text[10000];

	(void)state;
	assert_string_equal(escaped("abcdefgh", 8), "abcdefgh");
	assert_true(strlen(escaped("abcdefghi", 8)) <= 8);
	assert_non_null(strstr(caught_out, "..."));
	memset(text, '\x1b', sizeof(text) - 1);
	for (size_t max = KA_TEXT_PATH_MAX; max <= 16 * KA_TEXT_PATH_MAX; max *= 2) {
		escaped(text, max);
		assert_true(strlen(caught_out) <= max && strlen(caught_out) <= 2 * KA_TEXT_PATH_MAX);
		assert_string_equal(caught_out + strlen(caught_out) - 3, "...");
	}
}

static void mark__words_or_signs__columns_they_take(void **state)
{
	static const struct { enum ka_out_colour c; const char *word, *sign; } rows[] = {
		{ KA_OUT_GOOD, "ok  ", "\xe2\x9c\x93" }, { KA_OUT_WARN, "warn", "!" }, { KA_OUT_BAD, "FAIL", "\xe2\x9c\x97" },
		{ KA_OUT_UNKNOWN, "?   ", "?" },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		for (int utf8 = 0; utf8 < 2; utf8++) {
			struct ka_out o;
			unsigned n;

			caught_begin();
			ka_out_init(&o, stdout, KA_OUT_NEVER);
			o.utf8 = utf8 != 0;
			n = ka_out_mark(&o, rows[i].c);
			caught_end();
			assert_string_equal(caught_out, utf8 ? rows[i].sign : rows[i].word);
			assert_int_equal(n, utf8 ? 1 : 4);
		}
}

#define T(f) cmocka_unit_test_setup(f, plain)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(when_parse__words__table),
		T(init__terminal__colour_by_environment),
		T(init__terminal__symbols_by_locale),
		T(fitting__no_character_is_cut),
		T(init__width__nothing_below_the_least),
		T(init__no_terminal__plain_unless_it_was_chosen),
		T(escaped__every_byte__nothing_moves_the_cursor),
		T(escaped__lengths__at_most_what_was_asked_for),
		T(text__terminal_without_utf8__spelled_out),
		T(mark__words_or_signs__columns_they_take),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
