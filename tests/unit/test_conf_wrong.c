/* conf: every error with its exact message, limits, and hostile bytes. */
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

static const struct {
	const char *text, *error;
} wrong[] = {
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
	/* sections */
	{ "[polcy]\n", "f:1: unknown section \"polcy\"; did you mean \"policy\"?" },
	{ "[Policy]\n", "f:1: unknown section \"Policy\"; did you mean \"policy\"?" },
	{ "[metrics]\n", "f:1: unknown section \"metrics\"" },
	{ "[policy x]\n", "f:1: [policy] takes no name: \"x\"" },
	{ "[source]\n", "f:1: [source] needs a name: [source NAME]" },
	{ "[source a:b]\n", "f:1: \"a:b\" is not a source name (letters, digits, _ - . and at most 31 of them)" },
	{ "[source -a]\n", "f:1: \"-a\" is not a source name (letters, digits, _ - . and at most 31 of them)" },
	{ "[source a\x22;]\n", "f:1: \"a\\x22;\" is not a source name (letters, digits, _ - . and at most 31 of them)" },
	/* keys */
	{ "types = x\n", "f:1: key \"types\" stands before the first [section]" },
	{ "[policy]\nrsa_min_bit = 1\n", "f:2: unknown key \"rsa_min_bit\" in [policy]; did you mean \"rsa_min_bits\"?" },
	{ "[policy]\nsources = x\n", "f:2: unknown key \"sources\" in [policy]; it belongs into [lookup]" },
	{ "[source a]\npaht = x\n", "f:2: unknown key \"paht\" in [source a]; did you mean \"path\"?" },
	{ "[sshd]\nrsa_min_bit = 1\n",
	  "f:2: unknown key \"rsa_min_bit\" in [sshd]; did you mean \"rsa_min_bits\"? (that is in [policy])" },
	{ "[audit]\ncolour = x\n", "f:2: unknown key \"colour\" in [audit]" },
	{ "[audit]\n\\x = x\n", "f:2: unknown key \"\\x5cx\" in [audit]" },
	{ "[policy]\nrevoked = /x\n", "f:2: key \"revoked\" in [policy] is not supported by this release" },
	{ "[policy]\nblocklist = /x\n", "f:2: key \"blocklist\" in [policy] is not supported by this release" },
	{ "[policy]\nprofile = x\n", "f:2: key \"profile\" in [policy] is not supported by this release" },
	{ "[lookup]\ndeadline = 5s\n", "f:2: key \"deadline\" in [lookup] is not supported by this release" },
	{ "[source a]\nurl = x\n", "f:2: key \"url\" in [source a] is not supported by this release" },
	{ "[source a]\nformat = x\n", "f:2: key \"format\" in [source a] is not supported by this release" },
	{ "[audit]\nflood_limit = 1\nflood_limit = 1\n",
	  "f:3: key \"flood_limit\" in [audit] stands in this file twice; first in line 2" },
	{ "[audit]\nflood_limit = 1\n[policy]\n[audit]\nflood_limit = 1\n",
	  "f:5: key \"flood_limit\" in [audit] stands in this file twice; first in line 2" },
	{ "[source a]\npath = /a\n[source b]\npath = /b\n[source a]\npath = /c\n",
	  "f:6: key \"path\" in [source a] stands in this file twice; first in line 2" },
	/* values */
	{ "[audit]\nflood_limit =\n", "f:2: flood_limit: has no value" },
	{ "[audit]\ntrail =\n", "f:2: trail: has no value" },
	{ "[policy]\ntypes =\n", "f:2: types: has no value" },
	{ "[lookup]\nsources =\n", "f:2: sources: has no value" },
	{ "[audit]\nflood_limit = 1 # x\n", "f:2: flood_limit: no comment may stand behind a value: \"# x\"" },
	{ "[policy]\nsk_application = ssh:* ; x\n", "f:2: sk_application: no comment may stand behind a value: \"; x\"" },
	{ "[audit]\ntrail = \"/x\"\n", "f:2: trail: \"\\x22/x\\x22\" begins with a quote; values stand without quotes" },
	{ "[audit]\nflood_limit = -1\n", "f:2: flood_limit: \"-1\" is not a number from 0 to 1000000" },
	{ "[policy]\nrsa_min_bits = 1023\n", "f:2: rsa_min_bits: \"1023\" is not a number from 1024 to 16384" },
	{ "[policy]\nrsa_max_bits = 16385\n", "f:2: rsa_max_bits: \"16385\" is not a number from 1024 to 16384" },
	{ "[policy]\nrsa_max_bits = 99999999999999999999999\n",
	  "f:2: rsa_max_bits: \"99999999999999999999999\" is not a number from 1024 to 16384" },
	{ "[policy]\nrsa_max_bits = 0x1000\n", "f:2: rsa_max_bits: \"0x1000\" is not a number from 1024 to 16384" },
	{ "[audit]\nmin_free = 64\n", "f:2: min_free: \"64\" is not a size such as 64MiB or 1GiB" },
	{ "[audit]\nmin_free = 64MB\n", "f:2: min_free: \"64MB\" is not a size such as 64MiB or 1GiB" },
	{ "[audit]\nmin_free = MiB\n", "f:2: min_free: \"MiB\" is not a size from 0MiB to 1048576MiB" },
	{ "[audit]\nmin_free = 1025GiB\n", "f:2: min_free: \"1025GiB\" is not a size from 0MiB to 1048576MiB" },
	{ "[source a]\ntype = http\n", "f:2: type: \"http\" is not supported by this release; file is" },
	{ "[source a]\ntype = command\n", "f:2: type: \"command\" is not supported by this release; file is" },
	{ "[source a]\ntype = fiel\n", "f:2: type: \"fiel\" is not one of file; did you mean \"file\"?" },
	{ "[source a]\nowner = rot\n", "f:2: owner: \"rot\" is not one of root, user; did you mean \"root\"?" },
	{ "[sshd]\nstrict_modes = no\n", "f:2: strict_modes: \"no\" is not one of auto, upstream, debian" },
	{ "[audit]\nsshd_log = log\n", "f:2: sshd_log: \"log\" is neither journal nor none nor an absolute path" },
	{ "[audit]\nsinks = trial\n", "f:2: sinks: \"trial\" is not one of trail, syslog; did you mean \"trail\"?" },
	{ "[audit]\nsinks = journal\n", "f:2: sinks: \"journal\" is not supported by this release; trail and syslog are" },
	{ "[audit]\nsinks = trail trail\n", "f:2: sinks: \"trail\" stands there twice" },
	{ "[audit]\nsinks = a b c\n", "f:2: sinks: more than 2 words" },
	{ "[policy]\ntypes = a b a\n", "f:2: types: \"a\" stands there twice" },
	{ "[policy]\nenforce_exempt = ../x\n", "f:2: enforce_exempt: \"../x\" is not a user name" },
	{ "[lookup]\nsources = a,b\n",
	  "f:2: sources: \"a,b\" is not a source name (letters, digits, _ - . and at most 31 of them)" },
	/* paths */
	{ "[audit]\ntrail = x\n", "f:2: trail: \"x\" is not an absolute path" },
	{ "[audit]\ntrail = /a/../b\n", "f:2: trail: \"/a/../b\" has a \".\" or \"..\" in it" },
	{ "[audit]\ntrail = /a//b\n", "f:2: trail: \"/a//b\" has \"//\" in it" },
	{ "[audit]\ntrail = /a/\n", "f:2: trail: \"/a/\" is not the path of one file" },
	{ "[audit]\ntrail = /a /b\n", "f:2: trail: \"/a /b\" is not the path of one file" },
	{ "[audit]\ntrail = /a/%u\n", "f:2: trail: \"/a/%u\" has a % in it; nothing is expanded here" },
	{ "[source a]\npath = keys\n", "f:2: path: \"keys\" is not an absolute path" },
	{ "[source a]\npath = ~/x\n", "f:2: path: \"~/x\" begins with ~; write %h for the user's home" },
	{ "[source a]\npath = /a/%x\n", "f:2: path: \"/a/%x\" has a % that is not %u, %U or %h" },
	{ "[source a]\npath = /a/%\n", "f:2: path: \"/a/%\" has a % that is not %u, %U or %h" },
	{ "[source a]\npath = /a/%h\n", "f:2: path: \"/a/%h\" has %h behind its beginning; a home is an absolute path" },
	{ "[source a]\npath = /a/../%u\n", "f:2: path: \"/a/../%u\" has a \".\" or \"..\" in it" },
	/* reasons */
	{ "[policy]\nseverity.key.rsa-e-smal = warn\n",
	  "f:2: \"severity.key.rsa-e-smal\": unknown reason \"key.rsa-e-smal\"; did you mean \"key.rsa-e-small\"?" },
	{ "[policy]\nseverity. = warn\n", "f:2: \"severity.\": unknown reason \"\"" },
	{ "[policy]\nseverity.key.mpint-zero = warn\n",
	  "f:2: \"severity.key.mpint-zero\": is locked: such a key is always refused" },
	{ "[policy]\nseverity.key.rsa-roca = reject\n",
	  "f:2: \"severity.key.rsa-roca\": is locked: such a key is always refused" },
	{ "[policy]\nseverity.perm.group-writable = warn\n",
	  "f:2: \"severity.perm.group-writable\": is no vetting reason, so it has no severity" },
	{ "[policy]\nseverity.key.rsa-small-d = warn\n", "f:2: \"severity.key.rsa-small-d\": is not supported by this release" },
	{ "[policy]\nseverity.key.rsa-e-small = wran\n",
	  "f:2: \"severity.key.rsa-e-small\": \"wran\" is not one of off, warn, reject; did you mean \"warn\"?" },
	{ "[audit]\nlevel.key.not-listed = loud\n",
	  "f:2: \"level.key.not-listed\": \"loud\" is not one of info, notice, warning, alert" },
	{ "[policy]\nseverity.key.rsa-e-small = off\nseverity.key.rsa-e-small = off\n",
	  "f:3: key \"severity.key.rsa-e-small\" in [policy] stands in this file twice; first in line 2" },
};

static void read__wrong__says_exactly_what(void **state)
{
	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(wrong); i++) {
		assert_string_equal(confsample_first_error(wrong[i].text), wrong[i].error);
		assert_int_equal(confsample_errors.count, 1);
	}
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
