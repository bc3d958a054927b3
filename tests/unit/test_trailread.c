/* log/trailread: every event of all files once, the oldest first; what is not needed is not read, what cannot be is said. */
#include "keyaudit/log/trailread.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "keyaudit/log/logtrail.h"
#include "keyaudit/screen/exit.h"
#include "lib/caught.h"
#include "lib/rotatedplace.h"

#include "base/poison.h"

/* in the place of log/logtrail: a configuration would have to lie where root alone may write */
void ka_logtrail_find(const char *verb, const char *conf, char *path, size_t size)
{
	assert_string_equal(verb, "log");
	assert_string_equal(conf, "conf");
	assert_true(ka_span_copy(ka_span_of("audit.jsonl"), path, size));
}

int ka_logtrail_complain(const char *verb, const char *path)
{
	fprintf(stderr, "%s: %s\n", verb, path);
	return KA_EXIT_UNDECIDED;
}

static struct ka_trailread *t;

/* the last letters of the references that come, then the exit status of the end */
static const char *all(const char *trail, const struct ka_logquery *q)
{
	static char text[64];
	struct ka_span raw;
	json_t *event;
	struct ka_buf b;
	int status;

	ka_buf_init_array(&b, text);
	caught_begin();
	status = ka_trailread_begin("log", trail, "conf", q, &t);
	while (status == KA_EXIT_FINE && ka_trailread_next(t, &raw, &event)) {
		ka_buf_text(&b, ka_logquery_at(event, "keyaudit.ref")[0] != '\0' ? ka_logquery_at(event, "keyaudit.ref") + 7 : ".");
		json_decref(event);
	}
	ka_buf_text(&b, " ");
	ka_buf_u64(&b, (uint64_t)(status == KA_EXIT_FINE ? ka_trailread_end(t, false) : status));
	ka_trailread_free(&t);
	caught_end();
	return text;
}

static void next__three_files__each_once(void **state)
{
	const struct ka_logquery any = { .user = NULL };

	(void)state;
	rotatedplace_write(2);
	assert_string_equal(all(NULL, &any), ".ab..cd..ef 0");
	assert_string_equal(caught_err, "");
	assert_string_equal(all("audit.jsonl-1.gz", &any), ".ab. 0"); /* that one alone */
	assert_string_equal(all("audit.jsonl", &any), ".ef 0");
	assert_string_equal(all("missing", &any), " 3");
	assert_non_null(strstr(caught_err, "missing"));
	assert_string_equal(all(NULL, &(struct ka_logquery){ .user = "usere" }), "e 0");
	assert_string_equal(all(NULL, &(struct ka_logquery){ .event = "refaaaaa" }), "a 0");
}

/* a compressed file that is damaged is missed only when it is wanted */
static void next__time__passes_over_files(void **state)
{
	struct ka_logquery q = { .since = "2026-08-22T00:00:00.000000Z" };

	(void)state;
	rotatedplace_write(2);
	verbplace_shell("size=$(stat -c %s audit.jsonl-1.gz); truncate -s $((size - 20)) audit.jsonl-1.gz");
	assert_string_equal(all(NULL, &q), ".cd..ef 3"); /* by the second file's genesis the first one may go into that day */
	assert_non_null(strstr(caught_err, "audit.jsonl-1.gz was not read to its end: it is compressed, and damaged"));
	q = (struct ka_logquery){ .since = "2026-08-22T12:00:00.000000Z" };
	assert_string_equal(all(NULL, &q), ".ef 0");
	q = (struct ka_logquery){ .until = "2026-08-21T00:00:00.000000Z" };
	assert_string_equal(all(NULL, &q), " 0");
	/* the first line of the damaged one is gone as well: whose it is nobody knows */
	verbplace_shell("truncate -s 20 audit.jsonl-1.gz");
	assert_string_equal(all(NULL, &(struct ka_logquery){ .user = NULL }), ".cd..ef 3");
	assert_non_null(strstr(caught_err, "audit.jsonl-1.gz was not read: it is compressed, and damaged"));
	verbplace_shell("touch -d 2026-08-21T12:00:00Z audit.jsonl-1.gz");
	q = (struct ka_logquery){ .since = "2026-08-22T12:00:00.000000Z" };
	assert_string_equal(all(NULL, &q), ".ef 0"); /* it was written before all that is asked for */
	verbplace_shell("mv audit.jsonl-1.gz audit.jsonl-1.xz");
	assert_string_equal(all(NULL, &(struct ka_logquery){ .user = NULL }), ".cd..ef 3");
	assert_non_null(strstr(caught_err, "1 compressed file beside the trail was not read"));
}

static void next__lines_that_are_none__are_counted_over_files(void **state)
{
	(void)state;
	rotatedplace_write(1);
	verbplace_append("audit.jsonl-2", "no\nno\n");
	verbplace_append("audit.jsonl", "no\n");
	assert_string_equal(all(NULL, &(struct ka_logquery){ .user = NULL }), ".a..b..c 0");
	assert_non_null(strstr(caught_err, "3 lines are no event and left out, the first is line 4 of "));
	assert_non_null(strstr(caught_err, "audit.jsonl-2\n"));
	assert_string_equal(all("audit.jsonl", &(struct ka_logquery){ .user = NULL }), ".c 0");
	assert_non_null(strstr(caught_err, "1 line is no event and left out, the first is line 3\n"));
}

/* it is rotated and compressed while it is read: nothing is lost, nothing comes twice */
static void next__rotation_meanwhile__nothing_lost(void **state)
{
	const struct ka_logquery any = { .user = NULL };
	struct ka_span raw;
	json_t *event;
	unsigned n = 0;

	(void)state;
	rotatedplace_write(3);
	assert_int_equal(ka_trailread_begin("log", NULL, "conf", &any, &t), 0);
	while (ka_trailread_next(t, &raw, &event)) {
		json_decref(event);
		if (n++ == 2)
			verbplace_shell("mv audit.jsonl audit.jsonl-3; gzip audit.jsonl-2; rm audit.jsonl-1.gz; cp audit.jsonl-3 audit.jsonl");
	}
	assert_int_equal(n, 3 * 3 + 5);
	assert_int_equal(ka_trailread_end(t, false), 0);
	ka_trailread_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(next__three_files__each_once),
		cmocka_unit_test(next__time__passes_over_files),
		cmocka_unit_test(next__lines_that_are_none__are_counted_over_files),
		cmocka_unit_test(next__rotation_meanwhile__nothing_lost),
	};

	return cmocka_run_group_tests(tests, verbplace_begin, verbplace_end);
}
