/* conf/confvalue: a wrong value changes nothing, a right one reads back as itself; comments, quotes, empty values, words of reasons. */
#include "conf/confvalue.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/lib/confsample.h"

#include "base/poison.h"

static const struct confsample_row wrong[] = {
	{ "[audit]\nflood_limit =\n", "f:2: flood_limit: has no value" },
	{ "[audit]\ntrail =\n", "f:2: trail: has no value" },
	{ "[policy]\ntypes =\n", "f:2: types: has no value" },
	{ "[lookup]\nsources =\n", "f:2: sources: has no value" },
	{ "[audit]\nflood_limit = 1 # x\n", "f:2: flood_limit: no comment may stand behind a value: \"# x\"" },
	{ "[policy]\nsk_application = ssh:* ; x\n", "f:2: sk_application: no comment may stand behind a value: \"; x\"" },
	{ "[audit]\ntrail = \"/x\"\n", "f:2: trail: \"\\x22/x\\x22\" begins with a quote; values stand without quotes" },
	{ "[source a]\ncommand =\n", "f:2: command: has no value" },
	{ "[source a]\ncommand = /usr/bin/x # y\n", "f:2: command: no comment may stand behind a value: \"# y\"" },
	{ "[source a]\nurl =\n", "f:2: url: has no value" },
	{ "[audit]\nsshd_log = log\n", "f:2: sshd_log: \"log\" is neither journal nor none nor an absolute path" },
};

static void read__wrong__says_exactly_what(void **state)
{
	(void)state;
	confsample_wrong(wrong, KA_ARRAY_LEN(wrong));
}

static struct ka_conferr e;
static struct ka_conf_source source;

static void *base_of(const struct ka_confrow *row)
{
	return row->section == KA_CONF_SECTION_SOURCE ? (void *)&source : (void *)&confsample;
}

static bool set(const struct ka_confrow *row, const char *value)
{
	ka_conferr_begin(&e, "", 0);
	return ka_confvalue_set(&confsample, base_of(row), row, ka_span_of(value), &e);
}

static const char *shown(const struct ka_confrow *row)
{
	static char text[KA_CONF_TEXT_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_confvalue_show(base_of(row), row, &b);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	return text;
}

/* two values of each type, the way one writes them */
static const struct { enum ka_confrow_type type; const char *values[2]; } samples[] = {
	{ KA_CONFROW_NAMES, { "a b", "c" } }, { KA_CONFROW_KIND, { "file", "http" } }, { KA_CONFROW_PATHS, { "/a/%u %h/b", "/c" } },
	{ KA_CONFROW_FILES, { "/a /b/c", "/b" } },
	{ KA_CONFROW_PATH, { "/a", "/b/c" } }, { KA_CONFROW_WORDS, { "x y z", "y" } }, { KA_CONFROW_USERS, { "root alice", "bob" } },
	{ KA_CONFROW_RAW, { "from=\"a b\" # c", "x ; y" } }, { KA_CONFROW_OWNER, { "root", "user" } }, { KA_CONFROW_STRICT, { "debian", "auto" } },
	{ KA_CONFROW_SINKS, { "syslog", "trail syslog" } }, { KA_CONFROW_LOG, { "/var/log/auth.log", "none" } },
	{ KA_CONFROW_BOOL, { "yes", "no" } }, { KA_CONFROW_ARGV, { "/bin/x -a -a %k", "/bin/y" } }, { KA_CONFROW_FORMAT, { "json", "signed" } }, { KA_CONFROW_FORM, { "cef", "ecs" } },
	{ KA_CONFROW_SYNC, { "always", "seal" } }, { KA_CONFROW_PROFILE, { "strict", "default" } }, { KA_CONFROW_TIGHTEN, { "sk-only", "none" } },
	{ KA_CONFROW_USERPROFILES, { "root:sk-only *:strict", "a?:none" } },
	{ KA_CONFROW_ANCHOR, { "file /mnt/loghost/web01", "journal" } },
	{ KA_CONFROW_FETCH, { "timer", "on-miss" } }, { KA_CONFROW_TLS, { "1.3", "1.2" } }, { KA_CONFROW_STALE, { "unavailable refused", "unavailable" } },
	{ KA_CONFROW_ABSENT, { "no-keys", "bad-answer" } }, { KA_CONFROW_DECODE, { "base64", "none" } }, { KA_CONFROW_UNIT, { "unix_us", "rfc3339" } },
	{ KA_CONFROW_SPLIT, { "lines", "none" } }, { KA_CONFROW_NEXT, { "link", "none" } }, { KA_CONFROW_METHOD, { "POST", "GET" } },
	{ KA_CONFROW_MIRRORS, { "random", "order" } }, { KA_CONFROW_URLS, { "https://a/%u https://b/%u", "https://c/" } },
	{ KA_CONFROW_LISTURLS, { "https://a/%n", "https://b/" } }, { KA_CONFROW_STATUSES, { "404", "404 410" } },
	{ KA_CONFROW_HEADERS, { "X-A: b # c", "X-B: %u" } }, { KA_CONFROW_TOKEN, { "X-A", "X-B: Basic" } }, { KA_CONFROW_BODY, { "{\"a\": ; }", "%b(x)" } },
	{ KA_CONFROW_PREFIX, { "%u: #", "x" } }, { KA_CONFROW_FIELD, { "text/x", "a" } }, { KA_CONFROW_HOSTID, { "web01.example", "x" } },
	{ KA_CONFROW_PROXY, { "http://p:1", "https://p:2" } }, { KA_CONFROW_USERLIST, { "index", "/u" } }, { KA_CONFROW_JPATH, { ".a[*]", "b" } },
	{ KA_CONFROW_WHERE, { "a == \"x # y\"", "b != 1" } }, { KA_CONFROW_MS, { "1s", "1500ms" } }, { KA_CONFROW_SEC, { "1h", "90s" } },
	{ KA_CONFROW_NUMBER, { NULL, NULL } }, { KA_CONFROW_MIB, { "2MiB", "3MiB" } },
	{ KA_CONFROW_PINS, { "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= sha256//BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", "" } },
};

static const char *sample(const struct ka_confrow *row, unsigned which)
{
	static char number[2][24];

	for (size_t i = 0; i < KA_ARRAY_LEN(samples); i++) {
		struct ka_buf b;

		if (samples[i].type != row->type)
			continue;
		if (row->type != KA_CONFROW_NUMBER)
			return samples[i].values[which];
		ka_buf_init_array(&b, number[which]);
		ka_buf_u64(&b, which == 0 ? row->min : row->max);
		return number[which];
	}
	fail_msg("no sample for %s", ka_confrow_name(row));
	return NULL;
}

static void set__every_row__shows_as_it_was_written(void **state)
{
	(void)state;
	for (unsigned k = 0; k < KA_CONF_KEY_COUNT; k++) {
		const struct ka_confrow *row = ka_confrow_at((enum ka_conf_key)k);

		if (ka_confrow_is_prefix(row))
			continue;
		confsample_begin();
		for (unsigned which = 0; which < 2; which++) {
			if (!set(row, sample(row, which)))
				fail_msg("%s: %s", ka_confrow_name(row), e.text);
			assert_string_equal(shown(row), sample(row, which));
			assert_string_equal(e.text, ":0: ");
		}
	}
}

/* not one byte of the configuration moves but the room of texts that is used up */
static void set__wrong__changes_nothing(void **state)
{
	static const char *const values[] = { "\"x\"", "x # y", "x ; y", "\x01", "../x", "x=y", "%", "-1", "99999999999999999999", "a:b c:d", "" };
	static struct ka_conf before;
	static struct ka_conf_source source_before;
	unsigned refused = 0;

	(void)state;
	for (unsigned k = 0; k < KA_CONF_KEY_COUNT; k++) {
		const struct ka_confrow *row = ka_confrow_at((enum ka_conf_key)k);

		if (ka_confrow_is_prefix(row))
			continue;
		confsample_begin();
		assert_true(set(row, sample(row, 0)));
		for (size_t i = 0; i < KA_ARRAY_LEN(values); i++) {
			/* what stands before the far texts is all but a few bytes of it */
			memcpy(&before, &confsample, offsetof(struct ka_conf, sources));
			source_before = source;
			if (set(row, values[i]))
				continue;
			refused++;
			assert_true(e.b.len > strlen(":0: "));
			assert_memory_equal(&before, &confsample, offsetof(struct ka_conf, near_len));
			assert_memory_equal(&source_before, &source, sizeof(source));
		}
	}
	assert_true(refused > 300);
}

static void set__empty__only_where_it_means_something(void **state)
{
	(void)state;
	for (unsigned k = 0; k < KA_CONF_KEY_COUNT; k++) {
		const struct ka_confrow *row = ka_confrow_at((enum ka_conf_key)k);
		bool may = ka_confrow_default(row) != NULL && ka_confrow_default(row)[0] == '\0';

		if (ka_confrow_is_prefix(row))
			continue;
		may = may || k == KA_CONF_KEY_OPTIONS || k == KA_CONF_KEY_NOT_FOUND; /* lists of none that have a default */
		confsample_begin();
		if (set(row, "") != may)
			fail_msg("%s", ka_confrow_name(row));
		assert_string_equal(e.text, may ? ":0: " : ":0: has no value");
		if (may)
			assert_string_equal(shown(row), "");
	}
}

static void set__comment_behind_a_value__is_refused_where_it_is_no_text(void **state)
{
	const struct ka_confrow *trail = ka_confrow_at(KA_CONF_KEY_TRAIL), *raw = ka_confrow_at(KA_CONF_KEY_FORCE_OPTIONS);

	(void)state;
	confsample_begin();
	assert_false(set(trail, "/a #b"));
	assert_string_equal(e.text, ":0: no comment may stand behind a value: \"#b\"");
	assert_false(set(trail, "/a\t;"));
	assert_string_equal(e.text, ":0: no comment may stand behind a value: \";\"");
	assert_true(set(trail, "/a#b"));
	assert_true(set(trail, "/a;"));
	assert_true(set(raw, "x #b"));
	assert_string_equal(confsample.force_options, "x #b");
	assert_false(set(raw, "\"x\""));
	assert_string_equal(e.text, ":0: \"\\x22x\\x22\" begins with a quote; values stand without quotes");
}

static void log__three_kinds(void **state)
{
	const struct ka_confrow *row = ka_confrow_at(KA_CONF_KEY_SSHD_LOG);

	(void)state;
	confsample_begin();
	assert_true(set(row, "/var/log/secure"));
	assert_int_equal(confsample.sshd_log, KA_CONF_LOG_FILE);
	assert_string_equal(confsample.sshd_log_file, "/var/log/secure");
	assert_false(set(row, "/var/../x"));
	assert_string_equal(e.text, ":0: \"/var/../x\" has a \".\" or \"..\" in it");
	assert_false(set(row, "Journal"));
	assert_string_equal(confsample.sshd_log_file, "/var/log/secure");
	assert_true(set(row, "none"));
	assert_int_equal(confsample.sshd_log, KA_CONF_LOG_NONE);
	assert_string_equal(confsample.sshd_log_file, "");
	assert_true(set(row, "journal"));
	assert_int_equal(confsample.sshd_log, KA_CONF_LOG_JOURNAL);
	assert_string_equal(shown(row), "journal");
}

static void set__headers__the_culprit_is_one_field(void **state)
{
	const struct ka_confrow *row = ka_confrow_at(KA_CONF_KEY_HEADERS);

	(void)state;
	confsample_begin();
	assert_false(set(row, "X-A: b | Host: c"));
	assert_string_equal(e.text, ":0: \"Host: c\" is a header that keyaudit sets itself");
}

static void words_of_reasons__table(void **state)
{
	static const struct { const char *word; int action, level; } rows[] = {
		{ "off", KA_ACTION_OFF, -1 }, { "warn", KA_ACTION_WARN, -1 }, { "reject", KA_ACTION_REJECT, -1 }, { "locked", -1, -1 }, { "none", -1, -1 },
		{ "info", -1, KA_LEVEL_INFO }, { "notice", -1, KA_LEVEL_NOTICE }, { "warning", -1, KA_LEVEL_WARNING }, { "alert", -1, KA_LEVEL_ALERT },
		{ "", -1, -1 }, { "Off", -1, -1 }, { "off ", -1, -1 }, { "1", -1, -1 },
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		int action = -1, level = -1;

		ka_conferr_begin(&e, "", 0);
		assert_int_equal(ka_confvalue_action(ka_span_of(rows[i].word), &action, &e), rows[i].action >= 0);
		assert_int_equal(action, rows[i].action);
		assert_int_equal(ka_confvalue_level(ka_span_of(rows[i].word), &level, &e), rows[i].level >= 0);
		assert_int_equal(level, rows[i].level);
	}
	ka_conferr_begin(&e, "", 0);
	assert_false(ka_confvalue_action(ka_span_of("rejct"), &(int){ 0 }, &e));
	assert_string_equal(e.text, ":0: \"rejct\" is not one of off, warn, reject; did you mean \"reject\"?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read__wrong__says_exactly_what), cmocka_unit_test(set__wrong__changes_nothing),
		cmocka_unit_test(set__every_row__shows_as_it_was_written), cmocka_unit_test(set__empty__only_where_it_means_something),
		cmocka_unit_test(set__comment_behind_a_value__is_refused_where_it_is_no_text), cmocka_unit_test(log__three_kinds),
		cmocka_unit_test(set__headers__the_culprit_is_one_field), cmocka_unit_test(words_of_reasons__table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
