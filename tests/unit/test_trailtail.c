/* keyaudit/trailtail: whole, wanted lines of the last bytes, whatever stands there. */
#include "keyaudit/log/trailtail.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "tests/unit/lib/rotatedplace.h"
#include "tests/unit/lib/tmptree.h"

#include "base/poison.h"

/* what came, in its order, as "1 2 " */
static char came[256];

static bool wants_all(const void *ctx, struct ka_span line)
{
	(void)ctx, (void)line;
	return true;
}

static bool wants_ones(const void *ctx, struct ka_span line)
{
	return memmem(line.p, line.len, ctx, strlen(ctx)) != NULL;
}

static void take(void *ctx, const json_t *event)
{
	size_t n = strlen(came);

	(void)ctx;
	snprintf(came + n, sizeof(came) - n, "%lld ", (long long)json_integer_value(json_object_get(event, "n")));
}

static const char *each(ka_trailtail_wants *wants, const char *word)
{
	char path[128], text[32];

	snprintf(path, sizeof(path), "%s/trail", tmptree);
	snprintf(text, sizeof(text), "%s", word);
	came[0] = '\0';
	ka_trailtail_each(path, wants, take, text);
	return came;
}

static void each__whole_lines__in_order(void **state)
{
	(void)state;
	tmptree_write("trail", "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n{\"n\":4}");
	assert_string_equal(each(wants_all, ""), "1 2 3 "); /* the last one may still be written */
	assert_string_equal(each(wants_ones, "2"), "2 ");
}

static void each__rubbish_between__passed_over(void **state)
{
	(void)state;
	tmptree_write("trail", "{\"n\":1}\n\n\x1b[2J\n{\"n\":\n\xff\xfe\n{\"n\":2} x\n[[[[\n{\"n\":5}\n");
	assert_string_equal(each(wants_all, ""), "1 5 ");
}

static void each__line_longer_than_an_event__is_none(void **state)
{
	static char text[KA_EVENT_LINE_MAX + 64];

	(void)state;
	snprintf(text, sizeof(text), "{\"n\":1,\"x\":\"%0*d\"}\n{\"n\":2}\n", KA_EVENT_LINE_MAX - 15, 0);
	tmptree_write("trail", text); /* with its newline it is as long as an event can be */
	assert_string_equal(each(wants_all, ""), "1 2 ");
	snprintf(text, sizeof(text), "{\"n\":1,\"x\":\"%0*d\"}\n{\"n\":2}\n", KA_EVENT_LINE_MAX - 14, 0);
	tmptree_write("trail", text);
	assert_string_equal(each(wants_all, ""), "2 ");
}

/* only the tail is read, and the line it begins in is no event */
static void each__long_trail__its_end(void **state)
{
	char path[128];
	int fd;

	(void)state;
	tmptree_write("trail", "{\"n\":1}\n");
	snprintf(path, sizeof(path), "%s/trail", tmptree);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, "\n{\"n\":7}\n", 9, KA_TRAIL_TAIL_MAX + 100), 9);
	close(fd);
	assert_string_equal(each(wants_all, ""), "7 ");
}

static void take_ref(void *ctx, const json_t *event)
{
	const char *ref = json_string_value(json_object_get(json_object_get(event, "keyaudit"), "ref"));

	(void)ctx;
	if (ref != NULL)
		snprintf(came + strlen(came), sizeof(came) - strlen(came), "%s", ref + 7);
}

/* over the files, compressed ones too; of the oldest only its end, and none before a large compressed one */
static void each__rotated__goes_back_over_the_files(void **state)
{
	(void)state;
	rotatedplace_write(2);
	came[0] = '\0';
	ka_trailtail_each("audit.jsonl", wants_all, take_ref, NULL);
	assert_string_equal(came, "abcdef");
	verbplace_shell("(cat audit.jsonl-2; head -c 5000000 /dev/urandom | base64 -w 1000) > x; gzip -c x > audit.jsonl-2.gz; rm x audit.jsonl-2");
	came[0] = '\0';
	ka_trailtail_each("audit.jsonl", wants_all, take_ref, NULL);
	assert_string_equal(came, "ef");
}

static void each__no_regular_file__nothing(void **state)
{
	char path[128];

	(void)state;
	snprintf(path, sizeof(path), "%s/trail", tmptree);
	assert_string_equal(each(wants_all, ""), "");
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_string_equal(each(wants_all, ""), ""); /* and does not hang */
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_string_equal(each(wants_all, ""), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each__whole_lines__in_order, tmptree_make, tmptree_remove),
		cmocka_unit_test_setup_teardown(each__rubbish_between__passed_over, tmptree_make, tmptree_remove),
		cmocka_unit_test_setup_teardown(each__line_longer_than_an_event__is_none, tmptree_make, tmptree_remove),
		cmocka_unit_test_setup_teardown(each__long_trail__its_end, tmptree_make, tmptree_remove),
		cmocka_unit_test_setup_teardown(each__no_regular_file__nothing, tmptree_make, tmptree_remove),
	};
	const struct CMUnitTest rotated[] = { cmocka_unit_test(each__rotated__goes_back_over_the_files) };
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	return failed + cmocka_run_group_tests(rotated, verbplace_begin, verbplace_end);
}
