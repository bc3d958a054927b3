/* conf/confset: what one line does: sections opened or skipped, keys unknown, misplaced or repeated, reasons. */
#include "conf/confset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/confsample.h"

#include "base/poison.h"

static const struct confsample_row wrong[] = {
	{ "[polcy]\n", "f:1: unknown section \"polcy\"; did you mean \"policy\"?" },
	{ "[Policy]\n", "f:1: unknown section \"Policy\"; did you mean \"policy\"?" },
	{ "[metrics]\n", "f:1: unknown section \"metrics\"" },
	{ "[policy x]\n", "f:1: [policy] takes no name: \"x\"" },
	{ "[source]\n", "f:1: [source] needs a name: [source NAME]" },
	{ "[source a:b]\n", "f:1: \"a:b\" is not a source name (letters, digits, _ - . and at most 31 of them)" },
	{ "[source -a]\n", "f:1: \"-a\" is not a source name (letters, digits, _ - . and at most 31 of them)" },
	{ "[source a\x22;]\n", "f:1: \"a\\x22;\" is not a source name (letters, digits, _ - . and at most 31 of them)" },
	{ "types = x\n", "f:1: key \"types\" stands before the first [section]" },
	{ "[policy]\nrsa_min_bit = 1\n", "f:2: unknown key \"rsa_min_bit\" in [policy]; did you mean \"rsa_min_bits\"?" },
	{ "[policy]\nsources = x\n", "f:2: unknown key \"sources\" in [policy]; it belongs into [lookup]" },
	{ "[source a]\npaht = x\n", "f:2: unknown key \"paht\" in [source a]; did you mean \"path\"?" },
	{ "[sshd]\nrsa_min_bit = 1\n",
	  "f:2: unknown key \"rsa_min_bit\" in [sshd]; did you mean \"rsa_min_bits\"? (that is in [policy])" },
	{ "[audit]\ncolour = x\n", "f:2: unknown key \"colour\" in [audit]" },
	{ "[audit]\n\\x = x\n", "f:2: unknown key \"\\x5cx\" in [audit]" },
	{ "[policy]\nrevoked = x\n", "f:2: revoked: \"x\" is not an absolute path" },
	{ "[policy]\nrevoked = /x /x\n", "f:2: revoked: \"/x\" stands there twice" },
	{ "[policy]\nrevoked = /x/\n", "f:2: revoked: \"/x/\" is not the path of one file" },
	{ "[policy]\nrevoked = /%u\n", "f:2: revoked: \"/%u\" has a % in it; nothing is expanded here" },
	{ "[policy]\nrevoked = /1 /2 /3 /4 /5 /6 /7 /8 /9\n", "f:2: revoked: more than 8 words" },
	{ "[policy]\nurl = x\n", "f:2: unknown key \"url\" in [policy]; it belongs into [source]" },
	{ "[source a]\nclient_crt = x\n", "f:2: unknown key \"client_crt\" in [source a]; did you mean \"client_cert\"?" },
	{ "[audit]\nflood_limit = 1\nflood_limit = 1\n",
	  "f:3: key \"flood_limit\" in [audit] stands in this file twice; first in line 2" },
	{ "[audit]\nflood_limit = 1\n[policy]\n[audit]\nflood_limit = 1\n",
	  "f:5: key \"flood_limit\" in [audit] stands in this file twice; first in line 2" },
	{ "[source a]\npath = /a\n[source b]\npath = /b\n[source a]\npath = /c\n",
	  "f:6: key \"path\" in [source a] stands in this file twice; first in line 2" },
	{ "[policy]\nseverity.key.rsa-e-smal = warn\n",
	  "f:2: \"severity.key.rsa-e-smal\": unknown reason \"key.rsa-e-smal\"; did you mean \"key.rsa-e-small\"?" },
	{ "[policy]\nseverity. = warn\n", "f:2: \"severity.\": unknown reason \"\"" },
	{ "[policy]\nseverity.key.mpint-zero = warn\n",
	  "f:2: \"severity.key.mpint-zero\": is locked: such a key is always refused (a number in the key is zero)" },
	{ "[policy]\nseverity.key.rsa-roca = reject\n",
	  "f:2: \"severity.key.rsa-roca\": is locked: such a key is always refused (the key comes from a smart card or TPM whose RSA keys "
	  "can be factored)" },
	{ "[policy]\nseverity.perm.group-writable = warn\n",
	  "f:2: \"severity.perm.group-writable\": is no vetting reason, so it has no severity" },
	{ "[audit]\nlevel.cmd.selinux-denied = alert\n", "f:2: \"level.cmd.selinux-denied\": is not supported by this release" },
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
	confsample_wrong(wrong, KA_ARRAY_LEN(wrong));
}

/* the file of all tests below, at line 7 */
static struct ka_confset begun(void)
{
	confsample_begin();
	return (struct ka_confset){ .c = &confsample, .errors = &confsample_errors, .file = "f", .at = { .line = 7 },
				    .section = KA_CONF_SECTION_COUNT };
}

static void section(struct ka_confset *s, const char *word, const char *arg)
{
	const struct ka_confini ini = { .kind = KA_CONFINI_SECTION, .word = ka_span_of(word), .arg = ka_span_of(arg) };

	ka_confset_section(s, &ini);
}

static void key(struct ka_confset *s, const char *word, const char *value)
{
	const struct ka_confini ini = { .kind = KA_CONFINI_KEY, .word = ka_span_of(word), .value = ka_span_of(value) };

	ka_confset_key(s, &ini);
}

static void key__before_any_section__is_an_error_each_time(void **state)
{
	struct ka_confset s = begun();

	(void)state;
	key(&s, "types", "x");
	key(&s, "\x1b", "x");
	assert_int_equal(confsample_errors.count, 2);
	assert_string_equal(confsample_errors.first, "f:7: key \"types\" stands before the first [section]");
}

static void section__wrong__its_keys_are_not_looked_at(void **state)
{
	static const struct { const char *word, *arg; } rows[] = {
		{ "nope", "" }, { "policy", "x" }, { "source", "" }, { "source", "a:b" }, { "source", "-a" }, { "\xff", "" },
		{ "source", "a2345678901234567890123456789012" },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		struct ka_confset s = begun();

		section(&s, rows[i].word, rows[i].arg);
		key(&s, "rubbish", "x");
		assert_int_equal(confsample_errors.count, 1);
		assert_int_equal(confsample.sources_known, 0);
		section(&s, "audit", "");
		key(&s, "flood_limit", "3");
		assert_int_equal(confsample_errors.count, 1);
		assert_int_equal(confsample.flood_limit, 3);
	}
}

static void bad__line__skips_only_behind_a_section(void **state)
{
	struct ka_confset s = begun();
	const struct ka_confini line = { .kind = KA_CONFINI_BAD, .wrong = "holds a NUL byte" },
				head = { .kind = KA_CONFINI_BAD, .wrong = "has no ] at the end of the section: ", .culprit = ka_span_of("[x") };

	(void)state;
	section(&s, "audit", "");
	ka_confset_bad(&s, &line);
	assert_string_equal(confsample_errors.first, "f:7: holds a NUL byte");
	key(&s, "flood_limit", "3");
	assert_int_equal(confsample.flood_limit, 3);
	ka_confset_bad(&s, &head);
	key(&s, "rubbish", "x");
	assert_int_equal(confsample_errors.count, 2);
	section(&s, "audit", "");
	key(&s, "rubbish", "x");
	assert_int_equal(confsample_errors.count, 3);
}

static void source__names__to_the_byte_and_opened_again(void **state)
{
	static const char longest[] = "a234567890123456789012345678901";
	struct ka_confset s = begun();

	(void)state;
	section(&s, "source", longest);
	assert_int_equal(confsample_errors.count, 0);
	assert_string_equal(s.source->name, longest);
	assert_int_equal(s.source->at.line, 7);
	key(&s, "path", "/a");
	s.at.line = 8;
	section(&s, "policy", "");
	assert_null(s.source);
	section(&s, "source", "b");
	s.at = (struct ka_conf_at){ .line = 1, .file = 1 };
	section(&s, "source", longest);
	assert_int_equal(confsample.sources_known, 2);
	assert_ptr_equal(s.source, &confsample.sources[0]);
	assert_int_equal(s.source->at.line, 7); /* where it was first */
	key(&s, "path", "/b");                /* another file may */
	assert_int_equal(confsample_errors.count, 0);
	assert_string_equal(s.source->path, "/b");
}

static void source__new__nothing_of_what_was_there(void **state)
{
	struct ka_confset s = begun();
	static const struct ka_conf_source empty;
	struct ka_conf_source *source;

	(void)state;
	section(&s, "source", "a");
	source = s.source;
	memset(source->name, 0, sizeof(source->name));
	source->at = (struct ka_conf_at){ 0 };
	assert_memory_equal(source, &empty, sizeof(empty));
}

static void source__sixteen__and_no_more(void **state)
{
	struct ka_confset s = begun();
	char name[8];

	(void)state;
	for (unsigned i = 0; i <= KA_SOURCES_MAX; i++) {
		snprintf(name, sizeof(name), "s%u", i);
		section(&s, "source", name);
		assert_int_equal(confsample_errors.count, i < KA_SOURCES_MAX ? 0 : 1);
	}
	assert_string_equal(confsample_errors.first, "f:7: more than 16 sources");
	section(&s, "source", "s3"); /* known */
	assert_int_equal(confsample_errors.count, 1);
}

static void key__wrong__changes_neither_value_nor_place(void **state)
{
	struct ka_confset s = begun();

	(void)state;
	section(&s, "audit", "");
	key(&s, "flood_limit", "x");
	assert_int_equal(confsample.flood_limit, 10);
	assert_int_equal(confsample.at[KA_CONF_KEY_FLOOD_LIMIT].line, 0);
	key(&s, "flood_limit", "5"); /* so this is no repeat */
	assert_int_equal(confsample_errors.count, 1);
	assert_int_equal(confsample.at[KA_CONF_KEY_FLOOD_LIMIT].line, 7);
	s.at.line = 9;
	key(&s, "flood_limit", "6");
	assert_int_equal(confsample.flood_limit, 5);
	assert_int_equal(confsample_errors.count, 2);
	s.at.file = 1;
	key(&s, "flood_limit", "6"); /* in another file it wins */
	assert_int_equal(confsample.flood_limit, 6);
	assert_int_equal(confsample_errors.count, 2);
}

static void reasons__more_than_fit__are_an_error(void **state)
{
	struct ka_confset s = begun();
	size_t set = 0;

	(void)state;
	section(&s, "audit", "");
	for (unsigned r = 1; r < KA_REASON_COUNT; r++) {
		char word[KA_REASON_ID_MAX + 8];

		if (!ka_reason_is_live((enum ka_reason)r))
			continue;
		snprintf(word, sizeof(word), "level.%s", ka_reason_id((enum ka_reason)r));
		key(&s, word, "alert");
		set++;
		assert_int_equal(confsample.levels_count, set < KA_CONF_SEVERITIES_MAX ? set : KA_CONF_SEVERITIES_MAX);
	}
	assert_true(set > KA_CONF_SEVERITIES_MAX);
	assert_int_equal(confsample_errors.count, set - KA_CONF_SEVERITIES_MAX);
	assert_non_null(strstr(confsample_errors.first, "\": more than 64 of them"));
	assert_int_equal(confsample.severities_count, 0);
	s.at.file = 1; /* one that is there may still change */
	key(&s, "level.key.not-listed", "info");
	for (size_t i = 0; i < confsample.levels_count; i++)
		if (confsample.levels[i].reason == KA_REASON_KEY_NOT_LISTED)
			assert_int_equal(confsample.levels[i].value, KA_LEVEL_INFO);
}

static void reasons__in_the_wrong_section__are_unknown_keys(void **state)
{
	(void)state;
	assert_string_equal(confsample_first_error("[audit]\nseverity.key.rsa-e-small = warn\n"),
			    "f:2: unknown key \"severity.key.rsa-e-small\" in [audit]; it belongs into [policy]");
	assert_string_equal(confsample_first_error("[policy]\nlevel.key.not-listed = info\n"),
			    "f:2: unknown key \"level.key.not-listed\" in [policy]; it belongs into [audit]");
	/* a level may be set of a locked reason, its severity may not */
	assert_string_equal(confsample_first_error("[audit]\nlevel.key.mpint-zero = info\n"), "");
}

static void default__each_row__lands_in_its_field(void **state)
{
	static struct ka_conf_source source;

	(void)state;
	confsample_begin();
	for (unsigned k = KA_CONF_KEY_SOURCE_TYPE; k < KA_CONF_KEY_SOURCE_TYPE + KA_CONF_SOURCE_KEYS; k++) {
		const struct ka_confrow *row = ka_confrow_at((enum ka_conf_key)k);
		const char *text = NULL;

		memset(&source, 0xa5, sizeof(source));
		ka_confset_default(&confsample, &source, row);
		memcpy(&text, (const char *)&source + row->offset, sizeof(text));
		if (ka_confrow_default(row) == NULL)
			assert_int_equal(((const uint8_t *)&source)[row->offset], 0xa5);
		else if (ka_confrow_is_text(row))
			assert_ptr_equal(text, ka_confrow_default(row)); /* takes no room */
	}
	assert_int_equal(confsample.near_len + confsample.far_len, 0);
	ka_confset_default(&confsample, &source, ka_confrow_at(KA_CONF_KEY_TIMEOUT));
	assert_int_equal(source.timeout_ms, 20000);
}

static void sources__swapped_and_nearest(void **state)
{
	struct ka_confset s = begun();

	(void)state;
	assert_null(ka_confset_nearest_source(&confsample, ka_span_of("local")));
	section(&s, "source", "local");
	key(&s, "path", "/a");
	section(&s, "source", "ldap");
	ka_confset_swap(&confsample.sources[0], &confsample.sources[1]);
	assert_string_equal(confsample.sources[0].name, "ldap");
	assert_string_equal(confsample.sources[1].name, "local");
	assert_string_equal(confsample.sources[1].path, "/a");
	assert_string_equal(ka_confset_nearest_source(&confsample, ka_span_of("locla")), "local");
	assert_string_equal(ka_confset_nearest_source(&confsample, ka_span_of("lpad")), "ldap");
	assert_null(ka_confset_nearest_source(&confsample, ka_span_of("remote")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read__wrong__says_exactly_what), cmocka_unit_test(key__before_any_section__is_an_error_each_time),
		cmocka_unit_test(section__wrong__its_keys_are_not_looked_at), cmocka_unit_test(bad__line__skips_only_behind_a_section),
		cmocka_unit_test(key__wrong__changes_neither_value_nor_place), cmocka_unit_test(source__sixteen__and_no_more),
		cmocka_unit_test(source__names__to_the_byte_and_opened_again), cmocka_unit_test(source__new__nothing_of_what_was_there),
		cmocka_unit_test(reasons__more_than_fit__are_an_error), cmocka_unit_test(reasons__in_the_wrong_section__are_unknown_keys),
		cmocka_unit_test(default__each_row__lands_in_its_field), cmocka_unit_test(sources__swapped_and_nearest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
