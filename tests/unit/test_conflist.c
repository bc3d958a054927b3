/* conf/conflist: how many words, how long all of them, which twice; and what is stored, or left alone when one is wrong. */
#include "conf/conflist.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conf/conftext.h"
#include "tests/unit/lib/confsample.h"

#include "base/poison.h"

static const struct confsample_row wrong[] = {
	{ "[source a]\nurl = https://h/%u https://h/%u\n", "f:2: url: \"https://h/%u\" stands there twice" },
	{ "[source a]\nurl = https://a/%u https://b/%u https://c/%u https://d/%u https://e/%u https://f/%u https://g/%u https://h/%u https://i/%u\n",
	  "f:2: url: more than 8 words" },
	{ "[source a]\npins = sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n",
	  "f:2: pins: needs at least 2, one of them for the key that comes next" },
	{ "[audit]\nsinks = trial\n", "f:2: sinks: \"trial\" is not one of trail, syslog, journal, audit, exec; did you mean \"trail\"?" },
	{ "[audit]\nsinks = trail trail\n", "f:2: sinks: \"trail\" stands there twice" },
	{ "[audit]\nsinks = a b c d e f\n", "f:2: sinks: more than 5 words" },
	{ "[policy]\ntypes = a b a\n", "f:2: types: \"a\" stands there twice" },
};

static void read__wrong__says_exactly_what(void **state)
{
	(void)state;
	confsample_wrong(wrong, KA_ARRAY_LEN(wrong));
}

static struct ka_conferr e;

/* the list as it was understood; NULL when it is wrong, and then the field has not moved */
static const char *set_span(enum ka_conf_key key, struct ka_span value)
{
	static const char before[] = "before";
	const char *field = before;

	ka_conferr_begin(&e, "", 0);
	if (ka_conflist_set(&confsample, &field, ka_confrow_at(key), value, &e)) {
		assert_string_equal(e.text, ":0: ");
		return field;
	}
	assert_ptr_equal(field, before);
	return NULL;
}

static const char *set(enum ka_conf_key key, const char *value)
{
	return set_span(key, ka_span_of(value));
}

static void set__blanks_between__become_one(void **state)
{
	(void)state;
	confsample_begin();
	assert_string_equal(set(KA_CONF_KEY_TYPES, "a"), "a");
	assert_string_equal(set(KA_CONF_KEY_TYPES, " \t a\t \tb  c \t"), "a b c");
	assert_string_equal(set(KA_CONF_KEY_TYPES, ""), "");
	assert_string_equal(set(KA_CONF_KEY_TYPES, " \t"), "");
	assert_string_equal(set_span(KA_CONF_KEY_TYPES, (struct ka_span){ NULL, 0 }), "");
}

static void set__same_word_twice__only_among_arguments(void **state)
{
	(void)state;
	confsample_begin();
	assert_null(set(KA_CONF_KEY_TYPES, "a b a"));
	assert_string_equal(e.text, ":0: \"a\" stands there twice");
	assert_string_equal(set(KA_CONF_KEY_TYPES, "a aa A"), "a aa A");
	assert_string_equal(set(KA_CONF_KEY_SOURCE_COMMAND, "/bin/x -v -v /bin/x"), "/bin/x -v -v /bin/x");
}

static void set__number_of_words__to_the_last(void **state)
{
	static const struct { enum ka_conf_key key; size_t max; } rows[] = {
		{ KA_CONF_KEY_TYPES, KA_CONF_LIST_MAX }, { KA_CONF_KEY_SOURCES, KA_SOURCES_MAX }, { KA_CONF_KEY_SK_APPLICATION, KA_POLICY_GLOBS_MAX },
		{ KA_CONF_KEY_ENFORCE_EXEMPT, KA_CONF_LIST_MAX },
	};
	char text[8 * (KA_CONF_LIST_MAX + 2)];

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		confsample_begin();
		for (size_t n = rows[i].max - 1; n <= rows[i].max + 1; n++) {
			struct ka_buf b;

			ka_buf_init_array(&b, text);
			for (size_t w = 0; w < n; w++) {
				ka_buf_text(&b, "w");
				ka_buf_u64(&b, w);
				ka_buf_text(&b, " ");
			}
			assert_int_equal(set(rows[i].key, text) != NULL, n <= rows[i].max);
		}
		assert_non_null(strstr(e.text, ":0: more than "));
		assert_non_null(strstr(e.text, " words"));
	}
	/* no list is longer than what is kept of its words */
	for (unsigned k = 0; k < KA_CONF_KEY_COUNT; k++)
		if (ka_confrow_is_list(ka_confrow_at((enum ka_conf_key)k)))
			assert_in_range(ka_confrow_at((enum ka_conf_key)k)->max, 1, KA_CONF_LIST_MAX);
}

static void set__too_few__only_where_one_alone_is_a_trap(void **state)
{
	static const char pin[] = "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

	(void)state;
	confsample_begin();
	assert_null(set(KA_CONF_KEY_PINS, pin));
	assert_string_equal(e.text, ":0: needs at least 2, one of them for the key that comes next");
	assert_string_equal(set(KA_CONF_KEY_PINS, ""), "");
}

static void set__wrong_word__is_named_and_nothing_is_stored(void **state)
{
	size_t room;

	(void)state;
	confsample_begin();
	room = confsample.near_len + confsample.far_len;
	assert_null(set(KA_CONF_KEY_ENFORCE_EXEMPT, "root alice ../x bob"));
	assert_string_equal(e.text, ":0: \"../x\" is not a user name");
	assert_null(set(KA_CONF_KEY_SOURCES, "local -x"));
	assert_non_null(strstr(e.text, "\"-x\" is not a source name"));
	assert_null(set(KA_CONF_KEY_SOURCE_PATH, "/a/%u b"));
	assert_string_equal(e.text, ":0: \"b\" is not an absolute path");
	assert_int_equal(confsample.near_len + confsample.far_len, room);
}

/* the length as it is stored, with one blank between */
static void set__length_of_all__to_the_byte(void **state)
{
	char text[KA_CONF_TEXT_MAX + 8];

	(void)state;
	confsample_begin();
	for (size_t n = KA_CONF_TEXT_MAX - 2; n <= KA_CONF_TEXT_MAX; n++) {
		const char *got;

		memset(text, 'a', sizeof(text));
		memset(text + 4, ' ', 6); /* of which one stays */
		text[n + 5] = '\0';
		got = set(KA_CONF_KEY_TYPES, text);
		assert_int_equal(got != NULL, n < KA_CONF_TEXT_MAX);
		if (got != NULL)
			assert_int_equal(strlen(got), n);
	}
	assert_string_equal(e.text, ":0: the value is longer than 1023 bytes");
}

static void set__all_room_used_up__is_an_error(void **state)
{
	char text[KA_CONF_TEXT_MAX];
	size_t n = 0;

	(void)state;
	confsample_begin();
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	while (set(KA_CONF_KEY_TYPES, text) != NULL)
		n++;
	assert_int_equal(n, (KA_CONF_NEAR_MAX + KA_CONF_FAR_MAX) / KA_CONF_TEXT_MAX);
	assert_string_equal(e.text, ":0: all values together are longer than 128 KiB");
	assert_true(confsample.near_len <= KA_CONF_NEAR_MAX && confsample.far_len <= KA_CONF_FAR_MAX);
}

static bool sinks(const char *value)
{
	ka_conferr_begin(&e, "", 0);
	return ka_conflist_set_sinks(&confsample, ka_span_of(value), &e);
}

static void sinks__table(void **state)
{
	static const struct { const char *value, *shown; bool on[5]; } rows[] = {
		{ "", "", { 0 } }, { "trail", "trail", { 1 } }, { "syslog", "syslog", { 0, 1 } }, { "trail syslog", "trail syslog", { 1, 1 } },
		{ " syslog\ttrail ", "trail syslog", { 1, 1 } }, { "journal", "journal", { 0, 0, 1 } }, { "exec audit", "audit exec", { 0, 0, 0, 1, 1 } },
		{ "exec audit journal syslog trail", "trail syslog journal audit exec", { 1, 1, 1, 1, 1 } },
	};
	static const struct { const char *value, *error; } bad[] = {
		{ "Trail", ":0: \"Trail\" is not one of trail, syslog, journal, audit, exec; did you mean \"trail\"?" },
		{ "syslog sislog", ":0: \"sislog\" is not one of trail, syslog, journal, audit, exec; did you mean \"syslog\"?" },
		{ "stdout", ":0: \"stdout\" is not one of trail, syslog, journal, audit, exec" },
		{ "trail trail", ":0: \"trail\" stands there twice" }, { "trail syslog x", ":0: \"x\" is not one of trail, syslog, journal, audit, exec" },
		{ "trail syslog journal audit exec x", ":0: more than 5 words" },
		{ "trail,syslog", ":0: \"trail,syslog\" is not one of trail, syslog, journal, audit, exec" },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		char shown[64];
		struct ka_buf b;

		confsample.sink_trail = !rows[i].on[0];
		confsample.sink_exec = !rows[i].on[4];
		assert_true(sinks(rows[i].value));
		assert_true(confsample.sink_trail == rows[i].on[0] && confsample.sink_syslog == rows[i].on[1] && confsample.sink_journal == rows[i].on[2] &&
			    confsample.sink_audit == rows[i].on[3] && confsample.sink_exec == rows[i].on[4]);
		ka_buf_init_array(&b, shown);
		ka_conflist_show_sinks(&confsample, &b);
		assert_string_equal(shown, rows[i].shown);
	}
	for (size_t i = 0; i < 2 * KA_ARRAY_LEN(bad); i++) {
		confsample.sink_trail = confsample.sink_syslog = i % 2;
		assert_false(sinks(bad[i / 2].value));
		assert_string_equal(e.text, bad[i / 2].error);
		assert_true(confsample.sink_trail == i % 2 && confsample.sink_syslog == i % 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read__wrong__says_exactly_what),
		cmocka_unit_test(set__wrong_word__is_named_and_nothing_is_stored),
		cmocka_unit_test(set__same_word_twice__only_among_arguments),
		cmocka_unit_test(set__too_few__only_where_one_alone_is_a_trap),
		cmocka_unit_test(set__number_of_words__to_the_last),
		cmocka_unit_test(set__length_of_all__to_the_byte),
		cmocka_unit_test(set__all_room_used_up__is_an_error),
		cmocka_unit_test(set__blanks_between__become_one),
		cmocka_unit_test(sinks__table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
