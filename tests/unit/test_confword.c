/* conf/confword: fixed words, into the field of each type and back, and into no other byte. */
#include "conf/confword.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/confsample.h"

#include "base/poison.h"

static const struct confsample_row wrong[] = {
	{ "[source a]\ntype = fiel\n", "f:2: type: \"fiel\" is not one of file, command, http; did you mean \"file\"?" },
	{ "[source a]\nformat = xml\n", "f:2: format: \"xml\" is not one of signed, lines, json" },
	{ "[source a]\ntls_min = 1.1\n", "f:2: tls_min: \"1.1\" is not one of 1.2, 1.3; did you mean \"1.2\"?" },
	{ "[source a]\nfetch = on_miss\n", "f:2: fetch: \"on_miss\" is not one of on-miss, timer; did you mean \"on-miss\"?" },
	{ "[source a]\nmethod = get\n", "f:2: method: \"get\" is not one of GET, POST; did you mean \"GET\"?" },
	{ "[source a]\nmirrors = any\n", "f:2: mirrors: \"any\" is not one of order, random" },
	{ "[source a]\nstale_on = refused\n", "f:2: stale_on: \"refused\" is not one of unavailable, unavailable refused" },
	{ "[source a]\nsk_verify_required = true\n", "f:2: sk_verify_required: \"true\" is not one of no, yes" },
	{ "[source a]\nexpires_unit = ms\n", "f:2: expires_unit: \"ms\" is not one of rfc3339, date, unix, unix_us" },
	{ "[source a]\nowner = rot\n", "f:2: owner: \"rot\" is not one of root, user; did you mean \"root\"?" },
	{ "[sshd]\nstrict_modes = no\n", "f:2: strict_modes: \"no\" is not one of auto, upstream, debian" },
};

static void read__wrong__says_exactly_what(void **state)
{
	(void)state;
	confsample_wrong(wrong, KA_ARRAY_LEN(wrong));
}

static const char words[] = "no\0yes\0maybe so\0";

static void find__whole_words_only(void **state)
{
	static const struct { const char *bytes; size_t len; int at; } rows[] = {
		{ "no", 2, 0 }, { "yes", 3, 1 }, { "maybe so", 8, 2 }, { "", 0, -1 }, { "n", 1, -1 }, { "noo", 3, -1 }, { "No", 2, -1 }, { " no", 3, -1 },
		{ "no\0", 3, -1 }, { "no\0yes", 6, -1 }, { "maybe", 5, -1 }, { "\xff", 1, -1 },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		unsigned at = 77;
		bool found = ka_confword_find((struct ka_span){ (const uint8_t *)rows[i].bytes, rows[i].len }, words, &at);

		assert_int_equal(found, rows[i].at >= 0);
		assert_int_equal(at, found ? rows[i].at : 77);
	}
	assert_false(ka_confword_find((struct ka_span){ NULL, 0 }, words, &(unsigned){ 0 }));
	assert_false(ka_confword_find(ka_span_of("x"), "", &(unsigned){ 0 }));
}

static void at__each_number(void **state)
{
	(void)state;
	assert_string_equal(ka_confword_at(words, 0), "no");
	assert_string_equal(ka_confword_at(words, 1), "yes");
	assert_string_equal(ka_confword_at(words, 2), "maybe so");
	assert_string_equal(ka_confword_at(words, 3), ""); /* no word of it, and nothing behind it */
	assert_string_equal(ka_confword_at(words, UINT32_MAX), "");
}

static void not_one_of__names_all_and_the_nearest(void **state)
{
	struct ka_conferr e;

	(void)state;
	ka_conferr_begin(&e, "", 0);
	assert_false(ka_confword_not_one_of(&e, ka_span_of("yse"), words));
	assert_string_equal(e.text, ":0: \"yse\" is not one of no, yes, maybe so; did you mean \"yes\"?");
	ka_conferr_begin(&e, "", 0);
	assert_false(ka_confword_not_one_of(&e, ka_span_of("\x1b perhaps"), words));
	assert_string_equal(e.text, ":0: \"\\x1b perhaps\" is not one of no, yes, maybe so");
}

/* every word of every type: in the field afterwards, shown as it was written, and nothing beside the field */
static void set__every_type__comes_back(void **state)
{
	static const struct { enum ka_confrow_type type; const char *words[6]; size_t size; } types[] = {
		{ KA_CONFROW_KIND, { "file", "command", "http" }, sizeof(enum ka_conf_kind) },
		{ KA_CONFROW_OWNER, { "root", "user" }, sizeof(enum ka_conf_owner) },
		{ KA_CONFROW_STRICT, { "auto", "upstream", "debian" }, sizeof(enum ka_conf_strict) },
		{ KA_CONFROW_FORMAT, { "signed", "lines", "json" }, sizeof(enum ka_conf_format) },
		{ KA_CONFROW_FORM, { "ecs", "ocsf", "cef", "kv" }, sizeof(enum ka_conf_form) },
		{ KA_CONFROW_FETCH, { "on-miss", "timer" }, sizeof(enum ka_conf_fetch) },
		{ KA_CONFROW_TLS, { "1.2", "1.3" }, sizeof(enum ka_conf_tls) },
		{ KA_CONFROW_ABSENT, { "bad-answer", "no-keys" }, sizeof(enum ka_conf_absent) },
		{ KA_CONFROW_DECODE, { "none", "base64" }, sizeof(enum ka_conf_decode) },
		{ KA_CONFROW_UNIT, { "rfc3339", "date", "unix", "unix_us" }, sizeof(enum ka_conf_unit) },
		{ KA_CONFROW_PROFILE, { "default", "strict", "bsi", "fips", "sk-only" }, sizeof(enum ka_conf_profile) },
		{ KA_CONFROW_TIGHTEN, { "none", "default", "strict", "bsi", "fips", "sk-only" }, sizeof(enum ka_conf_profile) },
		{ KA_CONFROW_BOOL, { "no", "yes" }, sizeof(bool) },
		{ KA_CONFROW_SPLIT, { "none", "lines" }, sizeof(bool) },
		{ KA_CONFROW_NEXT, { "none", "link" }, sizeof(bool) },
		{ KA_CONFROW_SYNC, { "seal", "always" }, sizeof(bool) },
		{ KA_CONFROW_STALE, { "unavailable", "unavailable refused" }, sizeof(bool) },
		{ KA_CONFROW_METHOD, { "GET", "POST" }, sizeof(char *) },
		{ KA_CONFROW_MIRRORS, { "order", "random" }, sizeof(char *) },
	};
	unsigned known = 0;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(types); i++) {
		const struct ka_confrow row = { .type = types[i].type };

		assert_true(ka_confword_is(&row));
		for (unsigned w = 0; w < 6 && types[i].words[w] != NULL; w++) {
			union { uint8_t bytes[24]; const char *word; unsigned number; bool yes; } field;
			struct ka_conferr e;

			memset(&field, 0xa5, sizeof(field));
			ka_conferr_begin(&e, "", 0);
			assert_true(ka_confword_set(&field, &row, ka_span_of(types[i].words[w]), &e));
			for (size_t at = types[i].size; at < sizeof(field); at++)
				assert_int_equal(field.bytes[at], 0xa5);
			assert_string_equal(ka_confword_show(&field, &row), types[i].words[w]);
			if (types[i].size == sizeof(unsigned))
				assert_int_equal(field.number, w + (types[i].type == KA_CONFROW_PROFILE)); /* the order is that of the enumerators */
			else if (types[i].size == sizeof(bool))
				assert_int_equal(field.yes, w == 1);
			memset(&field, 0xa5, sizeof(field));
			assert_false(ka_confword_set(&field, &row, ka_span_of("nothing of these"), &e));
			assert_false(ka_confword_set(&field, &row, ka_span_of(""), &e));
			for (size_t at = 0; at < sizeof(field); at++)
				assert_int_equal(field.bytes[at], 0xa5);
		}
	}
	for (unsigned t = 0; t < 256; t++) {
		const struct ka_confrow row = { .type = (enum ka_confrow_type)t };

		known += ka_confword_is(&row);
	}
	assert_int_equal(known, KA_ARRAY_LEN(types)); /* a new type stands here too */
}

static void numbers__are_these_enumerators(void **state)
{
	(void)state;
	assert_int_equal(KA_CONF_KIND_COMMAND, 1);
	assert_int_equal(KA_CONF_KIND_HTTP, 2);
	assert_int_equal(KA_CONF_OWNER_USER, 1);
	assert_int_equal(KA_CONF_STRICT_UPSTREAM, 1);
	assert_int_equal(KA_CONF_STRICT_DEBIAN, 2);
	assert_int_equal(KA_CONF_FORMAT_LINES, 1);
	assert_int_equal(KA_CONF_FORMAT_JSON, 2);
	assert_int_equal(KA_CONF_FETCH_TIMER, 1);
	assert_int_equal(KA_CONF_TLS_1_3, 1);
	assert_int_equal(KA_CONF_ABSENT_NO_KEYS, 1);
	assert_int_equal(KA_CONF_DECODE_BASE64, 1);
	assert_int_equal(KA_CONF_UNIT_DATE, 1);
	assert_int_equal(KA_CONF_UNIT_UNIX, 2);
	assert_int_equal(KA_CONF_UNIT_UNIX_US, 3);
	assert_int_equal(KA_CONF_PROFILE_DEFAULT, 1);
	assert_int_equal(KA_CONF_PROFILE_SK_ONLY, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read__wrong__says_exactly_what),
		cmocka_unit_test(find__whole_words_only),
		cmocka_unit_test(at__each_number),
		cmocka_unit_test(not_one_of__names_all_and_the_nearest),
		cmocka_unit_test(set__every_type__comes_back),
		cmocka_unit_test(numbers__are_these_enumerators),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
