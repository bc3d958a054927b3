/* docs/json.md and docs/events.md: their samples are what the writers really write. Runs from the root of the tree. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "audit/eventjson.h"
#include "audit/eventtext.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "tests/unit/lib/sampleevent.h"

#include "base/poison.h"

static char *slurp(const char *path)
{
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *text = NULL;
	size_t len;

	assert_true(fd >= 0);
	assert_int_equal(ka_fd_slurp(fd, 1 << 20, &text, &len), KA_ERR_OK);
	return text;
}

/* the text of the code block behind @mark, its end cut off */
static char *block_behind(char *text, const char *mark)
{
	char *p = strstr(text, mark), *end;

	assert_non_null(p);
	p = strstr(p, "```");
	assert_non_null(p);
	p = strchr(p, '\n') + 1;
	end = strstr(p, "```");
	assert_non_null(end);
	*end = '\0';
	return p;
}

static void json_md__sample__is_what_is_written(void **state)
{
	KA_AUTOFREE char *text = slurp("docs/json.md");
	KA_AUTOFREE char *line = malloc(KA_EVENT_LINE_MAX + 1);
	struct sample *s = sample_new();
	struct ka_buf b;
	json_t *want = json_loads(block_behind(text, "<!-- sample: audit-event -->"), JSON_REJECT_DUPLICATES, NULL), *got;

	(void)state;
	ka_buf_init(&b, line, KA_EVENT_LINE_MAX + 1);
	ka_eventjson_write(&s->e, &s->h, &b);
	got = json_loads(line, 0, NULL);
	assert_non_null(want);
	if (!json_equal(want, got))
		fail_msg("docs/json.md is not: %s", line);
	json_decref(want);
	json_decref(got);
	free(s);
}

/* every name of the sample stands in the table of the page, at least as the last part of a dotted name */
static void names_are_documented(const char *page, json_t *j, const char *above)
{
	const char *key;
	json_t *v;

	json_object_foreach(j, key, v) {
		char full[96], part[96];
		struct ka_buf b;

		ka_buf_init_array(&b, full);
		ka_buf_text(&b, above);
		ka_buf_text(&b, key);
		if (json_is_object(v)) {
			ka_buf_char(&b, '.');
			names_are_documented(page, v, full);
			continue;
		}
		ka_buf_init_array(&b, part);
		ka_buf_text(&b, "`.");
		ka_buf_text(&b, key);
		ka_buf_char(&b, '`');
		if (strstr(page, full) == NULL && strstr(page, part) == NULL)
			fail_msg("%s is not in docs/json.md", full);
	}
}

static void json_md__every_field__has_a_row(void **state)
{
	KA_AUTOFREE char *text = slurp("docs/json.md");
	KA_AUTOFREE char *line = malloc(KA_EVENT_LINE_MAX + 1);
	struct sample *s = sample_new();
	struct ka_buf b;
	json_t *got;

	(void)state;
	s->e.key_bits = 256;
	s->e.key_label = "ann@example.org";
	s->e.also[s->e.also_count++] = KA_REASON_KEY_NOT_LISTED;
	s->e.action = KA_EVENT_KEY_SUMMARY;
	ka_buf_init(&b, line, KA_EVENT_LINE_MAX + 1);
	ka_eventjson_write(&s->e, &s->h, &b);
	got = json_loads(line, 0, NULL);
	assert_non_null(got);
	names_are_documented(text, got, "");
	json_decref(got);
	free(s);
}

static void events_md__text_line__is_what_is_written(void **state)
{
	KA_AUTOFREE char *text = slurp("docs/events.md");
	char line[KA_SYSLOG_LINE_MAX];
	struct sample *s = sample_new();
	struct ka_buf b;

	(void)state;
	ka_buf_init_array(&b, line);
	ka_eventtext_write(&s->e, &s->h, &b);
	ka_buf_char(&b, '\n');
	assert_string_equal(block_behind(text, "## The text line"), line);
	free(s);
}

static void events_md__every_action__is_explained(void **state)
{
	KA_AUTOFREE char *text = slurp("docs/events.md");

	(void)state;
	for (unsigned a = 0; a < KA_EVENT_COUNT; a++)
		assert_non_null(strstr(text, ka_event_action_text((enum ka_action_event)a)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_md__sample__is_what_is_written), cmocka_unit_test(json_md__every_field__has_a_row),
		cmocka_unit_test(events_md__text_line__is_what_is_written), cmocka_unit_test(events_md__every_action__is_explained),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
