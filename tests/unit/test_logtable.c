/* keyaudit/logtable: cells, widths, and nothing hostile on the terminal. */
#include "keyaudit/log/logtable.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"

#include "base/poison.h"

#define EVENT "{\"@timestamp\":\"2026-08-23T10:15:42.123456Z\",\"event\":{\"action\":\"ssh-key-refused\",\"code\":\"perm.group-writable\"}," \
	      "\"user\":{\"name\":\"alice\"},\"source\":{\"ip\":\"203.0.113.7\",\"port\":50514},\"keyaudit\":{\"ref\":\"asm6lelb\"," \
	      "\"key\":{\"type\":\"ssh-ed25519\",\"fingerprint\":\"SHA256:lPnmAAbrNMYg4YQtud9EaR2o2sWlA3V8Th96QOOebF8\"}}}"

/* one table of one event, as text; the caller frees it */
static char *table(const char *json, size_t columns, enum ka_out_when colour)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	json_t *event = json_loads(json, 0, NULL);
	struct ka_logtable t;

	assert_non_null(event);
	ka_logtable_init(&t, to, colour, columns);
	ka_logtable_measure(&t, event);
	ka_logtable_fit(&t);
	ka_logtable_head(&t);
	ka_logtable_row(&t, event);
	fclose(to);
	json_decref(event);
	return text;
}

static void row__sample__is_this(void **state)
{
	char *text = table(EVENT, 0, KA_OUT_NEVER);

	(void)state;
	assert_string_equal(text, "TIME (UTC)            USER   FROM               KEY               EVENT    REASON               REF\n"
				  "2026-08-23 10:15:42Z  alice  203.0.113.7:50514  ed25519 lPnmAAbr  refused  perm.group-writable  asm6lelb\n");
	free(text);
}

static void row__nothing_known__dashes(void **state)
{
	char *text = table("{}", 0, KA_OUT_NEVER);

	(void)state;
	assert_non_null(strstr(text, "\n-           -     -     -    -      -       -\n"));
	free(text);
}

#define SOURCES(list) "{\"event\":{\"action\":\"ssh-login-accepted\"},\"keyaudit\":{\"sources\":[" list "]}}"

static void row__one_source_that_answered__has_no_column(void **state)
{
	char *text = table(SOURCES("\"local found - served=1\""), 0, KA_OUT_NEVER);

	(void)state;
	assert_null(strstr(text, "SOURCE"));
	assert_null(strstr(text, "local"));
	free(text);
}

static void row__several_sources_or_trouble__says_which(void **state)
{
	static const struct { const char *json, *cell; } rows[] = {
		{ SOURCES("\"local found -\",\"corp found - served=1\""), "  corp    -" },
		{ SOURCES("\"local found - served=1\",\"corp unavailable store.timeout\""), "  local   -" },
		{ SOURCES("\"corp stale store.stale-served age=5 served=2\""), "  corp stale  -" },
		{ SOURCES("\"local no-keys store.no-keys\",\"corp unavailable store.timeout\""), "  corp unavailable  -" },
		{ SOURCES("\"local no-keys store.no-keys\",\"corp no-keys store.no-keys\""), "  -       -" },
		{ SOURCES("\"\",7,\"x\\u001b refused x\""), "SOURCE" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *text = table(rows[i].json, 0, KA_OUT_NEVER);

		assert_non_null(strstr(text, "EVENT     SOURCE"));
		if (strstr(text, rows[i].cell) == NULL)
			fail_msg("no \"%s\" in %s", rows[i].cell, text);
		assert_null(strchr(text, '\x1b'));
		free(text);
	}
}

/* a column that appears below a head without it would shift all that follow */
static void row__head_is_printed__no_column_comes_any_more(void **state)
{
	json_t *plain = json_loads(EVENT, 0, NULL), *two = json_loads(SOURCES("\"local found -\",\"corp found - served=1\""), 0, NULL);
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);
	struct ka_logtable t;

	(void)state;
	ka_logtable_init(&t, to, KA_OUT_NEVER, 0);
	ka_logtable_measure(&t, plain);
	ka_logtable_head(&t);
	ka_logtable_measure(&t, two);
	ka_logtable_row(&t, two);
	fclose(to);
	assert_null(strstr(text, "corp"));
	free(text);
	json_decref(plain);
	json_decref(two);
}

static void row__colour__only_the_event(void **state)
{
	char *text = table(EVENT, 0, KA_OUT_ALWAYS);

	(void)state;
	assert_non_null(strstr(text, "  \033[31;1mrefused\033[0m  perm.group-writable  asm6lelb\n"));
	free(text);
}

static void row__narrow_terminal__is_cut_and_fits(void **state)
{
	char *tiny = table(EVENT, 10, KA_OUT_NEVER);

	(void)state;
	for (size_t columns = 80; columns <= 110; columns++) {
		char *text = table(EVENT, columns, KA_OUT_NEVER);
		char *row = strchr(text, '\n') + 1;

		assert_true(strlen(row) - 1 <= columns);
		assert_memory_equal(row, "2026-08-23 10:15:42Z  ", 22);
		assert_string_equal(row + strlen(row) - 9, "asm6lelb\n");
		assert_non_null(strstr(row, "perm.group-writable  "));
		assert_non_null(strstr(row, "  203.0.113.7")); /* its port has to go first */
		free(text);
	}
	/* there is an end to that: no other column disappears */
	assert_non_null(strstr(tiny, "\n08-23 10:15:42  alice  203.0.113.7  "));
	free(tiny);
}

#define V6(source) "{\"@timestamp\":\"2026-08-23T10:15:42.123456Z\",\"event\":{\"action\":\"ssh-key-refused\",\"code\":\"perm.group-writable\"}," \
	"\"user\":{\"name\":\"alice\"},\"source\":{\"ip\":\"2001:db8:85a3:8d3:1319:8a2e:370:7348\",\"port\":50514}," \
	"\"keyaudit\":{\"ref\":\"asm6lelb\",\"sources\":[" source "],\"key\":{\"type\":\"ssh-ed25519\",\"fingerprint\":\"SHA256:lPnmAAbr\"}}}"

/* an address that does not fit keeps its begin and its end, 15 characters at least: the year goes before */
static void row__long_address__keeps_both_ends(void **state)
{
	static const struct { const char *json; size_t columns; const char *row; } rows[] = {
		{ V6(""), 80, "\n08-23 10:15:42  alice  2001:db8~370:7348  refused  perm.group-writable  asm6lelb\n" },
		{ V6(""), 86, "\n08-23 10:15:42  alice  2001:db8:85~2e:370:7348  refused  perm.group-writable  asm6lelb\n" },
		{ V6(""), 100, "\n08-23 10:15:42  alice  2001:db8:85a3:8d3:1319:8a2e:370:7348  refused  perm.group-writable  asm6lelb\n" },
		{ V6("\"local found -\",\"corp unavailable store.timeout\""), 80,
		  "\n08-23 10:15:42  alice  2001:db~70:7348  refused  corp ~  perm.group-w~  asm6lelb\n" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *text = table(rows[i].json, rows[i].columns, KA_OUT_NEVER), *row = strchr(text, '\n');

		if (strcmp(row, rows[i].row) != 0)
			fail_msg("%zu columns: %s", rows[i].columns, text);
		free(text);
	}
}

/* what is no address is not cut within a character */
static void row__not_an_address__is_cut_at_its_end(void **state)
{
	char *text = table("{\"source\":{\"ip\":\"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe3\x83\xa6\xe3\x83\xbc\xe3\x82\xb6\xe3\x82\xb6\xe3\x82\xb6\xe3\x82\xb6\"}}",
			   40, KA_OUT_NEVER);

	(void)state;
	assert_non_null(strstr(text, "  \xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe3\x83\xa6\xe3\x83\xbc\xe3\x82\xb6\xe3\x82\xb6~  "));
	free(text);
}

/* a name in wide characters is cut by the columns it takes */
static void row__wide_characters__fit_as_well(void **state)
{
	char *text = table("{\"user\":{\"name\":\"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe3\x83\xa6\xe3\x83\xbc\xe3\x82\xb6\"},"
			   "\"event\":{\"code\":\"perm.group-writable\"}}", 64, KA_OUT_NEVER);

	(void)state;
	assert_non_null(strstr(text, "\n-           \xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e~   -     -"));
	free(text);
}

static void row__local__is_this_hosts_time(void **state)
{
	struct ka_logtable t;
	char *said = NULL;
	size_t len;
	FILE *f = open_memstream(&said, &len);
	json_t *event = json_loads("{\"@timestamp\":\"2026-08-23T22:15:42.123456Z\"}", 0, NULL);
	json_t *bad = json_loads("{\"@timestamp\":\"\\u001b\"}", 0, NULL);

	(void)state;
	assert_non_null(f);
	assert_int_equal(setenv("TZ", "XST-02:30", 1), 0);
	ka_logtable_init(&t, f, KA_OUT_NEVER, 0);
	t.local = true;
	ka_logtable_measure(&t, event);
	ka_logtable_head(&t);
	ka_logtable_row(&t, event);
	ka_logtable_row(&t, bad);
	assert_int_equal(fclose(f), 0);
	assert_memory_equal(said, "TIME    ", 8);
	assert_non_null(strstr(said, "\n2026-08-24 00:45:42  "));
	assert_non_null(strstr(said, "\n\\x1b  "));
	assert_int_equal(unsetenv("TZ"), 0);
	free(said);
	json_decref(event);
	json_decref(bad);
}

static void cell__hostile__is_escaped(void **state)
{
	/* a foreign trail may hold what ours never does */
	json_t *event = json_loads("{\"@timestamp\":\"\\u001b[2J\",\"user\":{\"name\":\"a\\u001b]0;x\\u0007\\u202e\"},\"source\":{\"ip\":\"\\n\",\"port\":-1},"
				   "\"event\":{\"action\":\"\\u009b31m\",\"code\":\"a\\nb\"},\"keyaudit\":{\"ref\":\"\\u2028\",\"count\":99,"
				   "\"key\":{\"type\":\"\\u001b\",\"fingerprint\":\"SHA256:\\u001b[1;31m\\u00e4\\u00e4\\u00e4\"}}}", 0, NULL);
	char cell[KA_LOGTABLE_CELL_MAX];

	(void)state;
	assert_non_null(event);
	for (unsigned c = 0; c < KA_LOGTABLE_COLUMNS; c++) {
		ka_logtable_cell(event, (enum ka_logtable_column)c, cell);
		assert_true(ka_text_is_plain(ka_span_of(cell)));
	}
	json_decref(event);
}

static void cell__escaped_by_the_writer__is_not_escaped_again(void **state)
{
	json_t *event = json_loads("{\"user\":{\"name\":\"a\\\\x1b\"}}", 0, NULL);
	char cell[KA_LOGTABLE_CELL_MAX];

	(void)state;
	ka_logtable_cell(event, KA_LOGTABLE_USER, cell);
	assert_string_equal(cell, "a\\x1b");
	json_decref(event);
}

static void cell__keys_and_addresses__table(void **state)
{
	static const struct { const char *type, *ip, *key, *from; } rows[] = {
		{ "ssh-rsa", "2001:db8::1", "rsa AAAABBBB", "[2001:db8::1]:22" },
		{ "ecdsa-sha2-nistp256", "203.0.113.7", "ecdsa-256 AAAABBBB", "203.0.113.7:22" },
		{ "sk-ssh-ed25519@openssh.com", "203.0.113.7", "sk-ed25519 AAAABBBB", "203.0.113.7:22" },
		{ "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com", "203.0.113.7", "sk-ecdsa-256-cert AAAABBBB", "203.0.113.7:22" },
		{ "", "", "AAAABBBB", "-" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		json_t *event = json_pack("{s:{s:s,s:i},s:{s:{s:s,s:s}}}", "source", "ip", rows[i].ip, "port", 22, "keyaudit", "key", "type",
					  rows[i].type, "fingerprint", "SHA256:AAAABBBBCCCC");
		char cell[KA_LOGTABLE_CELL_MAX];

		ka_logtable_cell(event, KA_LOGTABLE_KEY, cell);
		assert_string_equal(cell, rows[i].key);
		ka_logtable_cell(event, KA_LOGTABLE_FROM, cell);
		assert_string_equal(cell, rows[i].from);
		json_decref(event);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(row__sample__is_this), cmocka_unit_test(row__nothing_known__dashes),
		cmocka_unit_test(row__one_source_that_answered__has_no_column),
		cmocka_unit_test(row__several_sources_or_trouble__says_which),
		cmocka_unit_test(row__head_is_printed__no_column_comes_any_more),
		cmocka_unit_test(row__colour__only_the_event), cmocka_unit_test(row__narrow_terminal__is_cut_and_fits),
		cmocka_unit_test(row__long_address__keeps_both_ends), cmocka_unit_test(row__not_an_address__is_cut_at_its_end),
		cmocka_unit_test(row__wide_characters__fit_as_well),
		cmocka_unit_test(row__local__is_this_hosts_time), cmocka_unit_test(cell__hostile__is_escaped), cmocka_unit_test(cell__escaped_by_the_writer__is_not_escaped_again),
		cmocka_unit_test(cell__keys_and_addresses__table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
