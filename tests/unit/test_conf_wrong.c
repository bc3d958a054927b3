/* conf: errors of lines and of whole files, limits, and hostile bytes. */
#include "conf/conf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/paths.h"
#include "tests/unit/lib/confsample.h"

#include "base/poison.h"

/* each other error stands in the test of the file that finds it: test_confset.c, test_confnumber.c ... */
static const struct confsample_row wrong[] = {
	/* lines */
	{ "rubbish\n", "f:1: is neither \"[section]\" nor \"key = value\" nor a comment: \"rubbish\"" },
	{ "\n\n[policy\n", "f:3: has no ] at the end of the section: \"[policy\"" },
	{ "[policy] x\n", "f:1: has text behind the section: \" x\"" },
	{ "[]\n", "f:1: names no section: \"[]\"" },
	{ "[source a b]\n", "f:1: has too many words in the section: \"[source a b]\"" },
	{ "[policy]\n  types = x\n", "f:2: begins with a blank; lines are not indented and not continued: \"types = x\"" },
	{ "[policy]\n = x\n", "f:2: begins with a blank; lines are not indented and not continued: \"= x\"" },
	{ "[policy]\n= x\n", "f:2: has no key before \"=\": \"= x\"" },
	{ "[policy]\r\n", "f:1: ends in CR LF; save the file with Unix line ends" },
	{ "# \x1b[2J\n", "f:1: holds a control or invisible character: \"\\x1b\"" },
	{ "# \xe2\x80\xae\n", "f:1: holds a control or invisible character: \"\\xe2\\x80\\xae\"" },
	{ "# \xff\n", "f:1: is not UTF-8: \"\\xff\"" },
	{ "# caf\xe9 x\n", "f:1: is not UTF-8: \"\\xe9 x\"" },
	{ "\xef\xbb\xbf[policy]\n", "f:1: begins with a byte order mark; save the file as UTF-8 without BOM" },
};

static void read__wrong__says_exactly_what(void **state)
{
	(void)state;
	confsample_wrong(wrong, KA_ARRAY_LEN(wrong));
}

static void read__wrong_value__changes_nothing(void **state)
{
	(void)state;
	assert_string_not_equal(confsample_first_error("[audit]\nflood_limit = x\nmin_free = 7\ntrail = x\nsinks = x\n"
						       "sshd_log = x\n[sshd]\nstrict_modes = x\n[policy]\ntypes = a a\nrsa_min_bits = 7\n"),
				"");
	assert_int_equal(confsample_errors.count, 8);
	assert_int_equal(confsample.flood_limit, 10);
	assert_int_equal(confsample.min_free_mib, 64);
	assert_string_equal(confsample.trail, KA_PATH_TRAIL);
	assert_true(confsample.sink_trail && confsample.sink_syslog);
	assert_int_equal(confsample.sshd_log, KA_CONF_LOG_JOURNAL);
	assert_int_equal(confsample.rsa_min_bits, 2048);
	assert_int_equal(confsample.at[KA_CONF_KEY_FLOOD_LIMIT].line, 0);
}

static void read__unknown_section__names_it_once_and_skips_its_keys(void **state)
{
	(void)state;
	assert_string_equal(confsample_first_error("[nope]\na = b\nc = d\n[audit]\nflood_limit = 3\n"),
			    "f:1: unknown section \"nope\"");
	assert_int_equal(confsample_errors.count, 1);
	assert_int_equal(confsample.flood_limit, 3);
}

static void read__nul_byte__is_an_error_wherever_it_is(void **state)
{
	(void)state;
	confsample_begin();
	confsample_bytes("f", "[audit]\nflood_limit = 1\0\n# a\0b\n", 31);
	assert_int_equal(confsample_errors.count, 2);
	assert_string_equal(confsample_errors.first, "f:2: holds a NUL byte");
	assert_int_equal(confsample.flood_limit, 10);
}

static void read__limits__hold_to_the_byte(void **state)
{
	size_t size = KA_CONF_FILE_MAX + 1;
	char *text = test_malloc(size + 1);

	(void)state;
	memset(text, '#', size);
	for (size_t i = 1000; i < size; i += 1000)
		text[i] = '\n';
	confsample_begin();
	confsample_bytes("f", text, KA_CONF_FILE_MAX);
	assert_int_equal(confsample_errors.count, 0);
	confsample_bytes("f", text, size);
	assert_string_equal(confsample_errors.first, "f:1: the file is larger than 64 KiB");
	memset(text, '#', size);
	confsample_begin();
	text[KA_CONF_LINE_MAX] = '\n';
	confsample_bytes("f", text, KA_CONF_LINE_MAX + 1);
	assert_int_equal(confsample_errors.count, 0);
	confsample_bytes("f", text, KA_CONF_LINE_MAX);
	assert_int_equal(confsample_errors.count, 0);
	text[KA_CONF_LINE_MAX] = '#';
	confsample_bytes("f", text, KA_CONF_LINE_MAX + 1);
	assert_string_equal(confsample_errors.first, "f:1: is longer than 8192 bytes");
	test_free(text);
}

static void read__long_value__fits_or_is_refused(void **state)
{
	char text[2048] = "[audit]\ntrail = /";
	size_t n = strlen(text);

	(void)state;
	memset(text + n, 'a', KA_CONF_TEXT_MAX - 2);
	memcpy(text + n + KA_CONF_TEXT_MAX - 2, "\n", 2);
	assert_string_equal(confsample_first_error(text), "");
	assert_int_equal(strlen(confsample.trail), KA_CONF_TEXT_MAX - 1);
	memcpy(text + n + KA_CONF_TEXT_MAX - 2, "a\n", 3);
	assert_string_equal(confsample_first_error(text), "f:2: trail: the value is longer than 1023 bytes");
	memset(text + n, 'a', KA_CONF_TEXT_MAX + 20);
	memcpy(text + n + KA_CONF_TEXT_MAX + 20, "\n", 2);
	memcpy(text, "[source a]\npath= /", 18);
	assert_string_equal(confsample_first_error(text), "f:2: path: the value is longer than 1023 bytes");
	memcpy(text, "[policy]\ntypes = a", 18);
	assert_string_equal(confsample_first_error(text), "f:2: types: the value is longer than 1023 bytes");
	memcpy(text, "[policy]\nforce_options=a", 24);
	assert_string_equal(confsample_first_error(text), "f:2: force_options: the value is longer than 1023 bytes");
}

static void read__too_many__is_an_error_by_name(void **state)
{
	static char text[8192];
	char *end;

	(void)state;
	confsample_begin();
	for (unsigned i = 0; i < KA_SOURCES_MAX + 1u; i++) {
		(void)snprintf(text, sizeof(text), "[source s%u]\ntype = file\npath = /x\n", i);
		confsample_file("f", text);
	}
	assert_int_equal(confsample_errors.count, 1);
	assert_string_equal(confsample_errors.first, "f:1: more than 16 sources");
	confsample_begin();
	for (unsigned i = 0; i < KA_CONF_FILES_MAX + 1u; i++)
		confsample_file("name", "");
	assert_string_equal(confsample_errors.first, "name:1: more than 64 configuration files");
	end = text + snprintf(text, sizeof(text), "[policy]\ntypes =");
	for (unsigned i = 0; i < KA_CONF_LIST_MAX + 1u; i++)
		end += snprintf(end, 16, " t%u", i);
	assert_string_equal(confsample_first_error(text), "f:2: types: more than 64 words");
}

static void read__very_many_errors__stops(void **state)
{
	static char text[4096];

	(void)state;
	memset(text, 'x', sizeof(text));
	for (size_t i = 1; i < sizeof(text); i += 2)
		text[i] = '\n';
	confsample_begin();
	confsample_bytes("f", text, sizeof(text));
	assert_int_equal(confsample_errors.count, KA_CONF_ERRORS_MAX + 1);
	confsample_bytes("g", text, sizeof(text));
	assert_int_equal(confsample_errors.count, KA_CONF_ERRORS_MAX + 1);
}

static void remember(void *ctx, const char *text)
{
	size_t *n = ctx;

	*n += strlen(text);
	for (const char *p = text; *p != '\0'; p++)
		assert_true((unsigned char)*p >= 0x20 && *p != 0x7f);
}

static void read__hostile_names_and_values__are_escaped(void **state)
{
	char name[600];
	size_t n = 0;

	(void)state;
	confsample_begin();
	confsample_errors.each = remember;
	confsample_errors.ctx = &n;
	confsample_file("/etc/\x1b]0;x\x07.conf", "[a\x1b]\n[policy]\ntypes\n\x9b = 1\n");
	assert_string_equal(confsample_errors.first,
			    "/etc/\\x1b]0;x\\x07.conf:1: holds a control or invisible character: \"\\x1b\"");
	assert_true(n > 0);
	memset(name, '\x1b', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	confsample_file(name, "x\n");
	assert_int_equal(confsample_errors.count, 4);
}

static void read__long_file_name__keeps_its_end(void **state)
{
	char name[600];

	(void)state;
	memset(name, 'd', sizeof(name));
	memcpy(name + 590, "/end.conf", 10);
	confsample_begin();
	confsample_file(name, "x\n");
	assert_non_null(strstr(confsample_errors.first, "/end.conf:1: "));
	assert_int_equal(strncmp(confsample_errors.first, "...ddd", 6), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read__wrong__says_exactly_what),
		cmocka_unit_test(read__wrong_value__changes_nothing),
		cmocka_unit_test(read__unknown_section__names_it_once_and_skips_its_keys),
		cmocka_unit_test(read__nul_byte__is_an_error_wherever_it_is),
		cmocka_unit_test(read__limits__hold_to_the_byte),
		cmocka_unit_test(read__long_value__fits_or_is_refused),
		cmocka_unit_test(read__too_many__is_an_error_by_name),
		cmocka_unit_test(read__very_many_errors__stops),
		cmocka_unit_test(read__hostile_names_and_values__are_escaped),
		cmocka_unit_test(read__long_file_name__keeps_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
