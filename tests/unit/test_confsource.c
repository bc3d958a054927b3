/* conf/confsource: what a source must have, what it must not, whose keys it looks at, and that no text of it is NULL. */
#include "conf/confsource.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conf/confrow.h"
#include "tests/unit/lib/confsample.h"

#include "base/poison.h"

#define OF(text) "[lookup]\nsources = a\n[source a]\n" text

/* a whole configuration has this one error */
static const struct confsample_row wrong[] = {
	/* what must be given */
	{ OF(""), "f:3: [source a] has no type; add \"type = file\"" },
	{ OF("path = /k\n"), "f:3: [source a] has no type; add \"type = file\"" },
	{ OF("owner = user\n"), "f:3: [source a] has no type; add \"type = file\"" },
	{ OF("profile = strict\n"), "f:3: [source a] has no type; add \"type = file\"" },
	{ OF("profile = strict\ncommand = /x\n"), "f:3: [source a] has no type; add \"type = command\"" },
	{ OF("command = /x\n"), "f:3: [source a] has no type; add \"type = command\"" },
	{ OF("url = https://h/%u\nformat = lines\n"), "f:3: [source a] has no type; add \"type = http\"" },
	{ OF("items = [*]\n"), "f:3: [source a] has no type; add \"type = http\"" },
	{ OF("type = file\n"), "f:3: [source a] has no path; add \"path = /etc/keyaudit/keys.d/%u\"" },
	{ OF("type = command\n"), "f:3: [source a] has no command; add \"command = /usr/bin/sss_ssh_authorizedkeys %u\"" },
	{ OF("type = http\nformat = lines\n"), "f:3: [source a] has no url; add \"url = https://keys.example.com/%u.keys\"" },
	{ OF("type = http\nurl = https://h/%u\n"), "f:3: [source a] has no format; add \"format = signed\"" },
	{ OF("type = http\nurl = https://h/%u\nformat = signed\n"), "f:3: [source a] has no signers; add \"signers = /etc/keyaudit/signers\"" },
	/* what belongs to something else, and what was meant */
	{ OF("type = file\npath = /k/%u\nurl = https://h/%u\n"),
	  "f:6: key \"url\" is one of type = http, and [source a] has type = file; did you mean \"path\"?" },
	{ OF("type = file\npath = /k/%u\ncommand = /x\n"),
	  "f:6: key \"command\" is one of type = command, and [source a] has type = file; did you mean \"path\"?" },
	{ OF("type = file\npath = /k/%u\nitems = [*]\n"), "f:6: key \"items\" is one of format = json, and [source a] has type = file" },
	{ OF("type = file\npath = /k/%u\ndeadline = 1s\n"), "f:6: key \"deadline\" is one of type = command, and [source a] has type = file" },
	{ OF("type = command\ncommand = /x\npath = /k\n"),
	  "f:6: key \"path\" is one of type = file, and [source a] has type = command; did you mean \"command\"?" },
	{ OF("type = command\ncommand = /x\ntimeout = 1s\n"),
	  "f:6: key \"timeout\" is one of type = http, and [source a] has type = command; did you mean \"deadline\"?" },
	{ OF("type = http\nurl = https://h/%u\nformat = lines\ndeadline = 1s\n"),
	  "f:7: key \"deadline\" is one of type = command, and [source a] has type = http; did you mean \"timeout\"?" },
	{ OF("type = http\nurl = https://h/%u\nformat = lines\npath = /k/%u\n"),
	  "f:7: key \"path\" is one of type = file, and [source a] has type = http; did you mean \"url\"?" },
	{ OF("type = http\nurl = https://h/%u\nformat = lines\nowner = root\n"),
	  "f:7: key \"owner\" is one of type = file, and [source a] has type = http" },
	{ OF("type = http\nurl = https://h/%u\nformat = lines\nsigners = /s\n"),
	  "f:7: key \"signers\" is one of format = signed, and [source a] has format = lines" },
	{ OF("type = http\nurl = https://h/%u\nformat = lines\nthreshold = 1\n"),
	  "f:7: key \"threshold\" is one of format = signed, and [source a] has format = lines" },
	{ OF("type = http\nurl = https://h/%u\nformat = signed\nsigners = /s\nitems = [*]\n"),
	  "f:8: key \"items\" is one of format = json, and [source a] has format = signed" },
	{ OF("type = http\nurl = https://h/%u\nformat = json\nline_prefix = %u:\n"),
	  "f:7: key \"line_prefix\" is one of format = lines, and [source a] has format = json" },
	{ OF("type = http\nurl = https://h/%u\nformat = json\nrevoked_url = https://h/r\n"),
	  "f:7: key \"revoked_url\" is one of format = signed, and [source a] has format = json" },
};

static void finish__wrong__says_exactly_what(void **state)
{
	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(wrong); i++) {
		assert_string_equal(confsample_whole_error(wrong[i].text), wrong[i].error);
		assert_int_equal(confsample_errors.count, 1);
	}
}

static void finish__without_a_format__only_that_is_said_of_formats(void **state)
{
	(void)state;
	/* whose keys the others are cannot be known, so they are not blamed */
	assert_string_equal(confsample_whole_error(OF("type = http\nurl = https://h/%u\nsigners = /s\nitems = [*]\n")),
			    "f:3: [source a] has no format; add \"format = signed\"");
	assert_int_equal(confsample_errors.count, 1);
	/* a key of another type is */
	(void)confsample_whole_error(OF("type = http\nurl = https://h/%u\npath = /k\n"));
	assert_int_equal(confsample_errors.count, 2);
}

static void finish__several_at_once__each_is_said(void **state)
{
	(void)state;
	(void)confsample_whole_error(OF("type = file\nurl = https://h/%u\ncommand = /x\n[source b]\n"));
	assert_int_equal(confsample_errors.count, 4); /* no path, two strangers, no type */
}

static struct ka_conf_source made(enum ka_conf_kind kind, enum ka_conf_format format, bool has_format)
{
	struct ka_conf_source s = { .name = "a", .kind = kind, .at = { .line = 3 } };

	s.key_at[0].line = 4;
	if (has_format)
		s.key_at[KA_CONF_KEY_FORMAT - KA_CONF_KEY_SOURCE_TYPE].line = 5;
	s.format = format;
	return s;
}

static void uses__every_key__by_type_and_format(void **state)
{
	static const struct { enum ka_conf_kind kind; enum ka_conf_format format; bool has_format; unsigned who; } rows[] = {
		{ KA_CONF_KIND_FILE, KA_CONF_FORMAT_SIGNED, false, KA_CONFROW_OF_FILE },
		{ KA_CONF_KIND_COMMAND, KA_CONF_FORMAT_SIGNED, false, KA_CONFROW_OF_COMMAND },
		{ KA_CONF_KIND_HTTP, KA_CONF_FORMAT_SIGNED, true, KA_CONFROW_OF_SIGNED },
		{ KA_CONF_KIND_HTTP, KA_CONF_FORMAT_LINES, true, KA_CONFROW_OF_LINES },
		{ KA_CONF_KIND_HTTP, KA_CONF_FORMAT_JSON, true, KA_CONFROW_OF_JSON },
		{ KA_CONF_KIND_HTTP, KA_CONF_FORMAT_SIGNED, false, KA_CONFROW_OF_HTTP },
		{ KA_CONF_KIND_FILE, KA_CONF_FORMAT_JSON, true, KA_CONFROW_OF_FILE }, /* a format there says nothing */
	};

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		const struct ka_conf_source s = made(rows[i].kind, rows[i].format, rows[i].has_format);

		assert_true(ka_confsource_uses(&s, KA_CONF_KEY_SOURCE_TYPE));
		for (unsigned k = KA_CONF_KEY_SOURCE_TYPE; k < KA_CONF_KEY_SOURCE_TYPE + KA_CONF_SOURCE_KEYS; k++)
			assert_int_equal(ka_confsource_uses(&s, (enum ka_conf_key)k), (ka_confrow_at((enum ka_conf_key)k)->who & rows[i].who) != 0);
		assert_int_equal(ka_confsource_uses(&s, KA_CONF_KEY_SOURCE_PATH), rows[i].kind == KA_CONF_KIND_FILE);
		assert_int_equal(ka_confsource_uses(&s, KA_CONF_KEY_SOURCE_COMMAND), rows[i].kind == KA_CONF_KIND_COMMAND);
		assert_int_equal(ka_confsource_uses(&s, KA_CONF_KEY_URL), rows[i].kind == KA_CONF_KIND_HTTP);
		assert_false(ka_confsource_uses(&s, KA_CONF_KEY_TRAIL));
	}
}

/* whoever reads a text of a source must not look for NULL first */
static void finish__anything__leaves_no_text_null(void **state)
{
	static const char *const texts[] = { OF(""), OF("type = file\n"), OF("type = command\n"), OF("type = http\n"), OF("type = http\nformat = json\n"),
					     OF("type = http\nformat = signed\n"), OF("type = file\npath = x y z\n"), OF("owner = root\n") };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(texts); i++) {
		assert_string_not_equal(confsample_whole_error(texts[i]), "");
		assert_int_equal(confsample.sources_known, 1);
		for (unsigned k = KA_CONF_KEY_SOURCE_TYPE; k < KA_CONF_KEY_SOURCE_TYPE + KA_CONF_SOURCE_KEYS; k++) {
			const struct ka_confrow *row = ka_confrow_at((enum ka_conf_key)k);
			const char *text = "x";

			if (ka_confrow_is_text(row))
				memcpy(&text, (const char *)&confsample.sources[0] + row->offset, sizeof(text));
			assert_non_null(text);
		}
	}
}

static void finish__what_was_set__stays(void **state)
{
	const struct ka_conf_source *s = &confsample.sources[0];

	(void)state;
	assert_string_equal(confsample_whole_error(OF("type = command\ncommand = /x %u\ndeadline = 7s\n")), "");
	assert_int_equal(s->deadline_ms, 7000);
	assert_string_equal(s->command, "/x %u");
	assert_string_equal(confsample_whole_error(OF("type = command\ncommand = /x %u\n")), "");
	assert_int_equal(s->deadline_ms, 2500);
	assert_int_equal(s->timeout_ms, 0); /* a number of another type */
	assert_string_equal(s->url, "");
	assert_string_equal(s->method, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finish__wrong__says_exactly_what),
		cmocka_unit_test(finish__without_a_format__only_that_is_said_of_formats),
		cmocka_unit_test(finish__several_at_once__each_is_said),
		cmocka_unit_test(finish__anything__leaves_no_text_null),
		cmocka_unit_test(finish__what_was_set__stays),
		cmocka_unit_test(uses__every_key__by_type_and_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
