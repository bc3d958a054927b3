/* keyaudit/confshow: every setting once, with the place where it was set. */
#include "keyaudit/config/confshow.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conf/confrow.h"
#include "tests/unit/lib/caught.h"
#include "tests/unit/lib/confsample.h"

#include "base/poison.h"

#define SHOWN_MAX 512

static struct { char section[16], source[KA_SOURCE_NAME_MAX], key[80], value[KA_CONF_TEXT_MAX], origin[KA_CONFSHOW_ORIGIN_MAX]; bool asked; } *shown;
static size_t count;

static void take(void *ctx, const struct ka_confshow *s)
{
	assert_ptr_equal(ctx, &count);
	assert_true(count < SHOWN_MAX);
	assert_true(ka_span_copy(ka_span_of(s->section), shown[count].section, sizeof(shown[count].section)));
	assert_true(ka_span_copy(ka_span_of(s->source != NULL ? s->source : ""), shown[count].source, sizeof(shown[count].source)));
	assert_true(ka_span_copy(ka_span_of(s->key), shown[count].key, sizeof(shown[count].key)));
	assert_true(ka_span_copy(ka_span_of(s->value), shown[count].value, sizeof(shown[count].value)));
	assert_true(ka_span_copy(ka_span_of(s->origin), shown[count].origin, sizeof(shown[count].origin)));
	shown[count].asked = s->is_asked;
	count++;
}

/* of this configuration, finished */
static void show(const char *file, const char *text)
{
	confsample_begin();
	confsample_file(file, text);
	ka_conf_finish(&confsample, &confsample_errors);
	if (confsample_errors.count > 0)
		fail_msg("%s", confsample_errors.first);
	count = 0;
	ka_confshow_each(&confsample, take, &count);
}

/* index of the one setting of that name; the test fails unless there is exactly one */
static size_t find(const char *source, const char *key)
{
	size_t at = SHOWN_MAX;

	for (size_t i = 0; i < count; i++)
		if (strcmp(shown[i].source, source) == 0 && strcmp(shown[i].key, key) == 0) {
			if (at != SHOWN_MAX)
				fail_msg("%s twice", key);
			at = i;
		}
	if (at == SHOWN_MAX)
		fail_msg("no %s", key);
	return at;
}

static int make(void **state)
{
	(void)state;
	shown = calloc(SHOWN_MAX, sizeof(*shown));
	return shown == NULL;
}

static int drop(void **state)
{
	(void)state;
	free(shown);
	return 0;
}

static void each__defaults__every_row_once_and_from_nowhere(void **state)
{
	size_t i, plain = 0;

	(void)state;
	show("f", CONFSAMPLE_LOCAL);
	for (unsigned k = 0; k < KA_CONF_KEY_COUNT; k++) {
		const struct ka_confrow *row = ka_confrow_at((enum ka_conf_key)k);

		if (row->section == KA_CONF_SECTION_SOURCE || row->type == KA_CONFROW_SEVERITY || row->type == KA_CONFROW_LEVEL)
			continue;
		i = find("", ka_confrow_name(row));
		assert_string_equal(shown[i].section, ka_confrow_section(row->section));
		if (strcmp(shown[i].key, "sources") != 0)
			assert_string_equal(shown[i].origin, "default");
		plain++;
	}
	i = find("", "sources");
	assert_string_equal(shown[i].value, "local");
	assert_string_equal(shown[i].origin, "f:2");
	i = find("local", "path");
	assert_string_equal(shown[i].section, "source");
	assert_string_equal(shown[i].value, "/etc/keyaudit/keys.d/%u");
	assert_string_equal(shown[i].origin, "f:5");
	assert_true(shown[i].asked);
	for (i = 0; i < count; i++)
		plain += strcmp(shown[i].source, "local") == 0;
	assert_int_equal(count, plain); /* and nothing else */
	for (i = 0; i < count; i++)
		assert_string_not_equal(shown[i].key, "url"); /* of another type of source */
}

static void each__sources__those_that_are_not_asked_too(void **state)
{
	(void)state;
	show("f", CONFSAMPLE_LOCAL "[source spare]\ntype = http\nurl = https://keys.test/%u\nformat = lines\n");
	assert_true(shown[find("local", "type")].asked);
	assert_string_equal(shown[find("local", "type")].value, "file");
	assert_false(shown[find("spare", "type")].asked);
	assert_string_equal(shown[find("spare", "url")].origin, "f:8");
	assert_string_equal(shown[find("spare", "timeout")].origin, "default");
}

static void each__by_reason__the_words_of_the_file(void **state)
{
	(void)state;
	show("f", CONFSAMPLE_LOCAL "[policy]\nrsa_min_bits = 3072\nseverity.key.rsa-e-small = reject\n[audit]\nlevel.key.not-listed = warning\nsinks = trail\n");
	assert_string_equal(shown[find("", "severity.key.rsa-e-small")].value, "reject");
	assert_string_equal(shown[find("", "severity.key.rsa-e-small")].section, "policy");
	assert_string_equal(shown[find("", "severity.key.rsa-e-small")].origin, "f:8");
	assert_string_equal(shown[find("", "level.key.not-listed")].value, "warning");
	assert_string_equal(shown[find("", "level.key.not-listed")].section, "audit");
	assert_string_equal(shown[find("", "rsa_min_bits")].value, "3072");
	assert_string_equal(shown[find("", "rsa_min_bits")].origin, "f:7");
}

/* a file's name is whatever lies in conf.d */
static void each__hostile_file_name__is_escaped(void **state)
{
	static char name[4000];

	(void)state;
	show("conf.d/\n\x1b[2J\xff.conf", CONFSAMPLE_LOCAL);
	assert_string_equal(shown[find("local", "path")].origin, "conf.d/\\x0a\\x1b[2J\\xff.conf:5");
	memset(name, '\x1b', sizeof(name) - 1);
	show(name, CONFSAMPLE_LOCAL);
	assert_true(caught_is_plain(shown[find("local", "path")].origin));
	assert_non_null(strstr(shown[find("local", "path")].origin, "...:5")); /* the line is there however long the name is */
}

/* a value as long as one may be is shown whole */
static void each__longest_value__is_not_cut(void **state)
{
	static char text[2 * KA_CONF_TEXT_MAX];
	size_t n;

	(void)state;
	memcpy(text, CONFSAMPLE_LOCAL, sizeof(CONFSAMPLE_LOCAL));
	n = strlen(text) - strlen("/etc/keyaudit/keys.d/%u\n");
	memset(text + n, 'x', KA_CONF_TEXT_MAX - 1);
	text[n] = '/';
	text[n + KA_CONF_TEXT_MAX - 1] = '\n';
	text[n + KA_CONF_TEXT_MAX] = '\0';
	confsample_begin();
	confsample_file("f", text);
	if (confsample_errors.count > 0) { /* longer than a path may be: then the longest that may */
		text[n + 1000] = '\n';
		text[n + 1001] = '\0';
	}
	show("f", text);
	assert_true(strlen(shown[find("local", "path")].value) >= 1000);
	assert_int_equal(strlen(shown[find("local", "path")].value), strlen(text) - n - 1);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, make, drop)
	const struct CMUnitTest tests[] = {
		T(each__defaults__every_row_once_and_from_nowhere),
		T(each__sources__those_that_are_not_asked_too),
		T(each__by_reason__the_words_of_the_file),
		T(each__hostile_file_name__is_escaped),
		T(each__longest_value__is_not_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
