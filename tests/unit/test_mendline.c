/* diag/mendline on invented facts: a line is mended where the damage is unmistakable, and no word of it becomes a script. */
#include "diag/mendline.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/limits.h"
#include "tests/unit/lib/caught.h"
#include "tests/unit/lib/factsample.h"

#include "base/poison.h"

static const char *line_fix(enum ka_reason reason, enum ka_keyscan_what what, unsigned column, const char *detail, const char *near)
{
	factsample_line(reason, what, column, detail, near);
	return factsample.fix.command[0];
}

#define SED "runuser -u alice -- env LC_ALL=C sed -i -e "

static void fix__lines__sed_for_the_unmistakable(void **state)
{
	(void)state;
	assert_string_equal(line_fix(KA_REASON_OPTION_UNKNOWN, KA_KEYSCAN_PLAIN, 10, "fromm", "from"),
			    SED "'3s/^\\(.\\{9\\}\\)fromm/\\1from/' -- " FILE1);
	assert_string_equal(line_fix(KA_REASON_KEY_TYPE_MISMATCH, KA_KEYSCAN_TYPE_WORD, 1, "ssh-rsa", ""),
			    SED "'3s/^\\(.\\{0\\}\\)ssh-rsa/\\1ssh-ed25519/' -- " FILE1);
	assert_string_equal(line_fix(KA_REASON_KEY_TYPE_UNKNOWN, KA_KEYSCAN_TYPE_MISSING, 1, "", ""), SED "'3s/^/ssh-ed25519 /' -- " FILE1);
	assert_string_equal(line_fix(KA_REASON_LINE_JOINED, KA_KEYSCAN_GLUED, 81, "", ""), SED "'3s/./&\\n/80' -- " FILE1);
	assert_string_equal(line_fix(KA_REASON_LINE_NOT_ASCII, KA_KEYSCAN_BOM, 1, "", ""), SED "'3s/^\\xEF\\xBB\\xBF//' -- " FILE1);
}

static void fix__host_bits__the_network_is_named(void **state)
{
	(void)state;
	line_fix(KA_REASON_OPTION_BAD_VALUE, KA_KEYSCAN_PLAIN, 7, "127.0.0.1/8,*.x", "from");
	assert_non_null(strstr(factsample.fix.advice, "write from=\"127.0.0.0/8,*.x\" in line 3"));
	line_fix(KA_REASON_OPTION_BAD_VALUE, KA_KEYSCAN_PLAIN, 7, "127.0.0.1/8", ""); /* of another option */
	assert_null(strstr(factsample.fix.advice, "127.0.0.0/8"));
}

static void fix__lines__advice_where_a_word_is_hostile_or_a_restriction_could_get_lost(void **state)
{
	(void)state;
	assert_string_equal(line_fix(KA_REASON_OPTION_UNKNOWN, KA_KEYSCAN_PLAIN, 1, "x/e reboot;", "from"), "");
	assert_string_equal(line_fix(KA_REASON_OPTION_UNKNOWN, KA_KEYSCAN_PLAIN, 1, "nothing-like-it", ""), "");
	assert_string_equal(line_fix(KA_REASON_KEY_TYPE_UNKNOWN, KA_KEYSCAN_TYPE_WORD, 1, "a\"b", ""), "");
	assert_string_equal(line_fix(KA_REASON_KEY_TYPE_UNKNOWN, KA_KEYSCAN_TYPE_MISSING, 30, "", ""), "");
	assert_string_equal(line_fix(KA_REASON_LINE_JOINED, KA_KEYSCAN_GLUED_OPTIONS, 81, "", ""), "");
	assert_string_equal(line_fix(KA_REASON_OPTION_FROM_MISMATCH, KA_KEYSCAN_PLAIN, 1, "10.0.0.0/8", ""), "");
	assert_string_equal(line_fix(KA_REASON_LINE_COMMENTED_OUT, KA_KEYSCAN_PLAIN, 3, "", ""), "");
	assert_string_equal(line_fix(KA_REASON_OPTION_EXPIRED, KA_KEYSCAN_PLAIN, 1, "20200101", ""), "");
	assert_string_equal(line_fix(KA_REASON_LINE_PRIVATE_KEY, KA_KEYSCAN_PLAIN, 1, "", ""), "");
}

static struct ka_keyscan_hit hit;
static struct ka_evidence evidence;
static struct ka_fix fix;

/* one hit in alice's file, and nothing else; *@state is not used */
static int plain(void **state)
{
	factsample_plain(state);
	factsample_there(0);
	hit = (struct ka_keyscan_hit){ .line = 3, .column = 1 };
	memset(&evidence, 0, sizeof(evidence));
	put(evidence.path, FILE1);
	evidence.line = 3;
	evidence.column = 1;
	return 0;
}

static const char *make(enum ka_reason reason, enum ka_keyscan_what what)
{
	const struct ka_primary_item item = { .reason = reason, .offer = 0, .file = &factsample.facts.files.files[0], .hit = &hit };

	hit.what = what;
	memset(&fix, 0, sizeof(fix));
	ka_mendline_make(&factsample.facts, &item, &evidence, &fix);
	return fix.command[0];
}

static void column__up_to_ten_thousand__and_never_zero(void **state)
{
	(void)state;
	put(evidence.detail, "fromm");
	put(hit.near, "from");
	evidence.column = 10000;
	assert_string_equal(make(KA_REASON_OPTION_UNKNOWN, KA_KEYSCAN_PLAIN), SED "'3s/^\\(.\\{9999\\}\\)fromm/\\1from/' -- " FILE1);
	evidence.column = 10001;
	assert_string_equal(make(KA_REASON_OPTION_UNKNOWN, KA_KEYSCAN_PLAIN), "");
	evidence.column = 0;
	assert_string_equal(make(KA_REASON_OPTION_UNKNOWN, KA_KEYSCAN_PLAIN), "");
	assert_string_equal(make(KA_REASON_KEY_TYPE_UNKNOWN, KA_KEYSCAN_TYPE_MISSING), "");
	evidence.column = 1;
	assert_string_equal(make(KA_REASON_LINE_JOINED, KA_KEYSCAN_GLUED), ""); /* nothing stands before it */
	evidence.line = 0;
	assert_string_equal(make(KA_REASON_OPTION_UNKNOWN, KA_KEYSCAN_PLAIN), "");
	assert_string_equal(make(KA_REASON_LINE_NOT_ASCII, KA_KEYSCAN_BOM), "");
	evidence.line = UINT32_MAX;
	assert_string_equal(make(KA_REASON_LINE_NOT_ASCII, KA_KEYSCAN_NBSP), SED "'4294967295s/\\xC2\\xA0/ /g' -- " FILE1);
}

/* whatever stands in the file or was offered: letters, digits and three signs, or no script */
static void words__every_byte__only_harmless_ones_enter_a_script(void **state)
{
	(void)state;
	put(hit.near, "from");
	for (int c = 1; c < 256; c++) {
		bool harmless = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '@' || c == '.';
		const char word[] = { 'a', (char)c, 'b', '\0' };

		put(evidence.detail, word);
		make(KA_REASON_OPTION_UNKNOWN, KA_KEYSCAN_PLAIN);
		if (fix.commands != harmless)
			fail_msg("byte %d", c);
		put(factsample.facts.offers[0].type, word);
		make(KA_REASON_KEY_TYPE_UNKNOWN, KA_KEYSCAN_TYPE_MISSING);
		if (fix.commands != harmless)
			fail_msg("byte %d of an offered type", c);
		put(factsample.facts.offers[0].type, "ssh-ed25519");
	}
	put(evidence.detail, "a.b");
	assert_non_null(strstr(make(KA_REASON_OPTION_UNKNOWN, KA_KEYSCAN_PLAIN), ")a\\.b/")); /* a dot is a dot */
}

static void words__longer_than_a_script__no_command(void **state)
{
	(void)state;
	memset(evidence.detail, 'a', sizeof(evidence.detail) - 1);
	put(hit.near, "from");
	assert_string_equal(make(KA_REASON_OPTION_UNKNOWN, KA_KEYSCAN_PLAIN), "");
	evidence.detail[KA_MENDLINE_SCRIPT_MAX - 100] = '\0';
	assert_string_not_equal(make(KA_REASON_OPTION_UNKNOWN, KA_KEYSCAN_PLAIN), "");
	factsample.facts.offers[0].type[0] = '\0'; /* nothing offered: nothing to put there */
	evidence.detail[0] = '\0';
	assert_string_equal(make(KA_REASON_KEY_TYPE_MISMATCH, KA_KEYSCAN_TYPE_WORD), "");
}

/* sed -i puts a file in the place of a link, and outside of the home it is not the user's to write */
static void place__below_the_home_and_no_link__table(void **state)
{
	static const struct { const char *home, *path; bool link, command; } rows[] = {
		{ "/home/alice", FILE1, false, true }, { "/home/alice", FILE1, true, false }, { "/home/alic", FILE1, false, false },
		{ "/home/alice", "/etc/ssh/keys/alice", false, false }, { "/home/alice", "/home/alice", false, false },
		{ "/", FILE1, false, false }, { "", FILE1, false, false }, { "/home/alice", "/home/alice/a\nb", false, false },
		{ "/home/alice", "/home/alice/a\x1b[2Jb", false, false }, { "/home/alice", "/home/alice/a;b", false, true },
	};

	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		plain(state);
		put(factsample.facts.home, rows[i].home);
		memset(evidence.path, 0, sizeof(evidence.path));
		put(evidence.path, rows[i].path);
		factsample.facts.files.files[0].is_link = rows[i].link;
		make(KA_REASON_LINE_NOT_ASCII, KA_KEYSCAN_BOM);
		if (fix.commands != rows[i].command)
			fail_msg("row %zu: %s", i, fix.command[0]);
	}
}

static void utf16__three_commands_or_none(void **state)
{
	static const struct { enum ka_keyscan_what what; const char *from; } rows[] = {
		{ KA_KEYSCAN_UTF16_MARKED, "UTF-16" }, { KA_KEYSCAN_UTF16LE, "UTF-16LE" }, { KA_KEYSCAN_UTF16BE, "UTF-16BE" },
	};
	char want[512];

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		snprintf(want, sizeof(want), "runuser -u alice -- iconv -f %s -t UTF-8 -o " FILE1 ".utf8 -- " FILE1, rows[i].from);
		assert_string_equal(make(KA_REASON_LINE_NOT_ASCII, rows[i].what), want);
		assert_int_equal(fix.commands, 3);
		assert_string_equal(fix.command[1], "runuser -u alice -- cp -- " FILE1 ".utf8 " FILE1);
		assert_string_equal(fix.command[2], "runuser -u alice -- rm -- " FILE1 ".utf8");
	}
	make(KA_REASON_LINE_NOT_ASCII, KA_KEYSCAN_BYTE);
	assert_int_equal(fix.commands, 0);
	put(evidence.path, "/home/alice/a\nb");
	make(KA_REASON_LINE_NOT_ASCII, KA_KEYSCAN_UTF16LE);
	assert_int_equal(fix.commands, 0);
	memset(evidence.path, 'x', sizeof(evidence.path) - 1);
	memcpy(evidence.path, "/home/alice/", 12);
	make(KA_REASON_LINE_NOT_ASCII, KA_KEYSCAN_UTF16LE); /* no place for the new name */
	assert_int_equal(fix.commands, 0);
}

static void advice__from_and_values__names_the_place(void **state)
{
	(void)state;
	make(KA_REASON_OPTION_FROM_MISMATCH, KA_KEYSCAN_PLAIN);
	assert_string_equal(fix.advice, "If this client may use the key, add its address as the server sees it to from= in line 3: 192.0.2.7");
	factsample.subject.address[0] = '\0';
	make(KA_REASON_OPTION_FROM_MISMATCH, KA_KEYSCAN_PLAIN);
	assert_non_null(strstr(fix.advice, "--from ADDRESS"));
	put(factsample.subject.address, "a\x1b[2J\nb");
	make(KA_REASON_OPTION_FROM_MISMATCH, KA_KEYSCAN_PLAIN);
	assert_non_null(strstr(fix.advice, "x1b[2J"));
	assert_true(caught_is_plain(fix.advice));
	assert_null(strchr(fix.advice, '\n'));
	evidence.column = 17;
	make(KA_REASON_OPTION_BAD_VALUE, KA_KEYSCAN_PLAIN);
	assert_non_null(strstr(fix.advice, "at column 17 of line 3:"));
	make(KA_REASON_LINE_FOREIGN_FORMAT, KA_KEYSCAN_PEM);
	assert_non_null(strstr(fix.advice, "ssh-keygen -i -m PKCS8 -f " FILE1));
	make(KA_REASON_LINE_FOREIGN_FORMAT, KA_KEYSCAN_RFC4716);
	assert_non_null(strstr(fix.advice, "ssh-keygen -i -f " FILE1));
	make(KA_REASON_LINE_PRIVATE_KEY, KA_KEYSCAN_PEM);
	assert_int_equal(fix.commands, 0);
	assert_string_equal(fix.advice, "");
}

#define T(name) cmocka_unit_test_setup(name, plain)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(fix__lines__sed_for_the_unmistakable),
		T(fix__host_bits__the_network_is_named),
		T(fix__lines__advice_where_a_word_is_hostile_or_a_restriction_could_get_lost),
		T(column__up_to_ten_thousand__and_never_zero),
		T(words__every_byte__only_harmless_ones_enter_a_script),
		T(words__longer_than_a_script__no_command),
		T(place__below_the_home_and_no_link__table),
		T(utf16__three_commands_or_none),
		T(advice__from_and_values__names_the_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
