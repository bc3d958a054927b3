/* log/logpick: the last events over files, found from the newest back and visited from the oldest on. */
#include "keyaudit/log/logpick.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "keyaudit/log/logtrail.h"
#include "lib/rotatedplace.h"

#include "base/poison.h"

/* in the place of log/logtrail: a configuration would have to lie where root alone may write */
void ka_logtrail_find(const char *verb, const char *conf, char *path, size_t size)
{
	(void)verb, (void)conf;
	assert_true(ka_span_copy(ka_span_of("audit.jsonl"), path, size));
}

int ka_logtrail_complain(const char *verb, const char *path)
{
	(void)verb, (void)path;
	return 3;
}

static struct ka_buf came;
static char came_text[128];

/* the last letter of each reference */
static void take(void *ctx, struct ka_span raw, const json_t *event)
{
	const char *ref = ka_logquery_at(event, "keyaudit.ref");

	(void)ctx;
	assert_true(raw.len > 2 && raw.p[0] == '{' && raw.p[raw.len - 1] == '}');
	ka_buf_text(&came, ref[0] != '\0' ? ref + 7 : ".");
}

static struct ka_trailread *t;
static struct ka_logpick p;

/* what comes of the last @wanted, each of it twice */
static const char *pick(uint64_t wanted, const struct ka_logquery *q)
{
	assert_int_equal(ka_trailread_begin("log", NULL, "", q, &t), 0);
	assert_int_equal(ka_logpick_find(&p, t, wanted, UINT64_MAX, NULL, NULL), KA_ERR_OK);
	ka_buf_init_array(&came, came_text);
	ka_logpick_visit(&p, take, NULL);
	ka_buf_text(&came, "|");
	ka_logpick_visit(&p, take, NULL);
	ka_logpick_free(&p);
	ka_trailread_free(&t);
	return came_text;
}

static void visit__last_ones__over_files(void **state)
{
	static const struct { uint64_t wanted; const char *come; } table[] = {
		{ 0, "|" }, { 1, "f|f" }, { 2, "ef|ef" }, { 3, ".ef|.ef" }, { 5, "d..ef|d..ef" }, { 8, "..cd..ef|..cd..ef" },
		{ 9, "b..cd..ef|b..cd..ef" }, { 11, ".ab..cd..ef|.ab..cd..ef" }, { 99, ".ab..cd..ef|.ab..cd..ef" },
		{ UINT64_MAX, ".ab..cd..ef|.ab..cd..ef" },
	};
	const struct ka_logquery any = { .user = NULL };

	(void)state;
	rotatedplace_write(2);
	for (size_t i = 0; i < KA_ARRAY_LEN(table); i++)
		assert_string_equal(pick(table[i].wanted, &any), table[i].come);
	assert_string_equal(pick(1, &(struct ka_logquery){ .user = "usera" }), "a|a");
	assert_string_equal(pick(7, &(struct ka_logquery){ .user = "nobody" }), "|");
	assert_string_equal(pick(3, &(struct ka_logquery){ .until = "2026-08-22T00:00:00.000000Z" }), "ab.|ab.");
}

/* the file that has enough is the last that is read: what is wrong with older ones is nobody's business then */
static void find__enough__older_files_are_not_read(void **state)
{
	const struct ka_logquery any = { .user = NULL };

	(void)state;
	rotatedplace_write(2);
	assert_int_equal(ka_trailread_begin("log", NULL, "", &any, &t), 0);
	assert_int_equal(ka_logpick_find(&p, t, 2, UINT64_MAX, NULL, NULL), KA_ERR_OK);
	assert_int_equal(p.found, 3);
	assert_int_equal(t->files.file[0].bytes.at, 0);
	assert_int_equal(ka_logpick_end(&p), t->files.file[2].size);
	ka_logpick_free(&p);
	ka_trailread_free(&t);
}

/* in pieces that grow: a line that is cut by the beginning of one is none of it */
static void find__long_file__from_its_end(void **state)
{
	const struct ka_logquery any = { .user = NULL }, zed = { .user = "zed" }, first = { .user = "first" };

	(void)state;
	verbplace_clear();
	verbplace_shell("awk 'BEGIN { print \"{\\\"user\\\":{\\\"name\\\":\\\"first\\\"},\\\"keyaudit\\\":{\\\"ref\\\":\\\"refaaaaA\\\"}}\";"
			" for (i = 0; i < 60000; i++) printf \"{\\\"user\\\":{\\\"name\\\":\\\"u%d\\\"},\\\"keyaudit\\\":{\\\"ref\\\":\\\"refaaaa%d\\\"}}\\n\", i, i % 10;"
			" print \"{\\\"user\\\":{\\\"name\\\":\\\"zed\\\"},\\\"keyaudit\\\":{\\\"ref\\\":\\\"refaaaaZ\\\"}}\" }' > audit.jsonl");
	assert_string_equal(pick(3, &any), "89Z|89Z");
	assert_string_equal(pick(1, &zed), "Z|Z");
	assert_string_equal(pick(2, &zed), "Z|Z");
	assert_string_equal(pick(1, &first), "A|A"); /* all pieces */
	assert_int_equal(ka_trailread_begin("log", NULL, "", &any, &t), 0);
	assert_int_equal(ka_logpick_find(&p, t, 3, UINT64_MAX, NULL, NULL), KA_ERR_OK);
	assert_true(p.found > 3 && p.found < 30000);
	assert_int_equal(t->broken, 0);
	ka_logpick_free(&p);
	ka_trailread_free(&t);
}

/* enough to measure a table by; then all of it is read, from the oldest file on */
static void find__so_many_are_enough__and_all_of_it_behind(void **state)
{
	const struct ka_logquery any = { .user = NULL };
	struct ka_span raw;
	json_t *event;

	(void)state;
	rotatedplace_write(2);
	assert_int_equal(ka_trailread_begin("log", NULL, "", &any, &t), 0);
	ka_buf_init_array(&came, came_text);
	assert_int_equal(ka_logpick_find(&p, t, UINT64_MAX, 5, take, NULL), KA_ERR_OK);
	assert_true(p.is_cut);
	assert_string_equal(came_text, ".ef.c");
	ka_logpick_free(&p);
	ka_trailread_rewind(t);
	for (int i = 0; i < 2; i++) {
		ka_buf_init_array(&came, came_text);
		while (ka_trailread_next(t, &raw, &event)) {
			take(NULL, raw, event);
			json_decref(event);
		}
		assert_string_equal(came_text, ".ab..cd..ef");
		assert_int_equal(ka_trailread_end(t, false), 0);
		ka_trailread_rewind(t);
	}
	assert_int_equal(ka_logpick_find(&p, t, UINT64_MAX, 12, NULL, NULL), KA_ERR_OK);
	assert_false(p.is_cut);
	assert_int_equal(p.found, 11);
	ka_logpick_free(&p);
	ka_trailread_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(visit__last_ones__over_files),
		cmocka_unit_test(find__enough__older_files_are_not_read),
		cmocka_unit_test(find__long_file__from_its_end),
		cmocka_unit_test(find__so_many_are_enough__and_all_of_it_behind),
	};

	return cmocka_run_group_tests(tests, verbplace_begin, verbplace_end);
}
