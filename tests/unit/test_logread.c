/* keyaudit/logread: a trail from its first complete line to its last, while it grows; of a file that may be anybody's. */
#include "keyaudit/log/logread.h"

#include <errno.h>
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
#include "tests/unit/lib/trailplace.h"

#include "base/poison.h"

static struct ka_logread *reader;

static struct trailplace *place(void **state)
{
	struct trailplace *p = *state;

	assert_true(mkdir(p->folder, 0700) == 0 || access(p->folder, F_OK) == 0);
	return p;
}

static void add(const struct trailplace *p, const char *text)
{
	trailplace_put(p->path, text, 0640);
}

static int drop(void **state)
{
	ka_logread_free(&reader);
	return trailplace_teardown(state);
}

/* the number n of the next event, -1 at the end */
static int next(int64_t limit)
{
	struct ka_span raw;
	json_t *event;
	int n;

	if (!ka_logread_next(reader, limit, &raw, &event)) {
		assert_null(event);
		return -1;
	}
	assert_true(raw.len > 1 && raw.p[0] == '{' && raw.p[raw.len - 1] == '}');
	n = (int)json_integer_value(json_object_get(event, "n"));
	json_decref(event);
	return n;
}

/* every length of line around the reader's block: none is lost, none is cut */
static void read__block_edges__every_line_comes_out(void **state)
{
	struct trailplace *p = place(state);
	struct ka_logread *r = NULL;
	struct ka_span raw;
	json_t *event;
	unsigned n = 0;

	for (int i = 0; i < 60; i++) {
		char line[KA_EVENT_LINE_MAX + 1];

		snprintf(line, sizeof(line), "{\"n\":%d,\"pad\":\"%0*d\"}\n", i, 3900 + i, 0);
		trailplace_put(p->path, line, 0640);
	}
	assert_int_equal(ka_logread_new(p->path, &r), KA_ERR_OK);
	while (ka_logread_next(r, INT64_MAX, &raw, &event)) {
		assert_int_equal(json_integer_value(json_object_get(event, "n")), n);
		json_decref(event);
		n++;
	}
	assert_int_equal(n, 60);
	assert_int_equal(r->broken, 0);
	ka_logread_free(&r);
	ka_logread_free(&r);
}

static void new__what_is_no_file__is_refused(void **state)
{
	struct trailplace *p = place(state);

	assert_int_equal(ka_logread_new(p->path, &reader), KA_ERR_SYS);
	assert_int_equal(errno, ENOENT);
	assert_null(reader);
	assert_int_equal(mkdir(p->path, 0700), 0);
	assert_int_equal(ka_logread_new(p->path, &reader), KA_ERR_SYS);
	assert_int_equal(errno, EINVAL);
	rmdir(p->path);
	assert_int_equal(mkfifo(p->path, 0600), 0);
	assert_int_equal(ka_logread_new(p->path, &reader), KA_ERR_SYS); /* and nobody is waited for */
	assert_int_equal(errno, EINVAL);
	assert_null(reader);
	assert_int_equal(ka_logread_new("/dev/null", &reader), KA_ERR_SYS);
	assert_int_equal(errno, EINVAL);
}

static void next__hostile_lines__are_counted_and_never_given_out(void **state)
{
	static const char *const lines[] = {
		"{", "[]", "5", "null", "", " ", "{\"a\":1,\"a\":2}", "{\"a\":\"\x1b[2J\"}", "{\"a\":\"\xff\"}", "{\"a\":\"\xc2\x9b\"}",
		"{\"a\":\"\xe2\x80\xae\"}", "{\"a\":1}\r", "{\"a\":1} {\"a\":1}", "{\"a\":\"\\u0000\"}", "\t{\"a\":1}",
	};
	struct trailplace *p = place(state);

	add(p, "{\"n\":1}\n");
	for (size_t i = 0; i < KA_ARRAY_LEN(lines); i++) {
		add(p, lines[i]);
		add(p, "\n");
	}
	add(p, "{\"n\":2}\n");
	assert_int_equal(ka_logread_new(p->path, &reader), KA_ERR_OK);
	assert_int_equal(next(INT64_MAX), 1);
	assert_int_equal(next(INT64_MAX), 2);
	assert_int_equal(next(INT64_MAX), -1);
	assert_int_equal(reader->broken, KA_ARRAY_LEN(lines));
	assert_int_equal(reader->broken_at, 2);
	assert_int_equal(reader->line, KA_ARRAY_LEN(lines) + 2);
	ka_logread_rewind(reader);
	assert_int_equal(reader->broken, 0);
	assert_int_equal(reader->broken_at, 0);
	assert_int_equal(next(INT64_MAX), 1);
	assert_int_equal(reader->line, 1);
}

/* an event with its newline has so many bytes at most */
static void next__longest_line__and_one_more(void **state)
{
	static const size_t lengths[] = { KA_EVENT_LINE_MAX - 1, KA_EVENT_LINE_MAX, KA_EVENT_LINE_MAX + 1, KA_LOGREAD_BLOCK - 1, KA_LOGREAD_BLOCK,
					  KA_LOGREAD_BLOCK + 1, 3 * KA_LOGREAD_BLOCK };
	static char text[3 * KA_LOGREAD_BLOCK + 1];

	for (size_t i = 0; i < KA_ARRAY_LEN(lengths); i++) {
		struct trailplace *p = place(state);
		size_t n = lengths[i];

		unlink(p->path);
		memset(text, ' ', n);
		memcpy(text, "{\"n\":1", 6);
		text[n - 2] = '}';
		text[n - 1] = '\n';
		text[n] = '\0';
		add(p, text);
		add(p, "{\"n\":2}\n");
		ka_logread_free(&reader);
		assert_int_equal(ka_logread_new(p->path, &reader), KA_ERR_OK);
		if (n <= KA_EVENT_LINE_MAX)
			assert_int_equal(next(INT64_MAX), 1);
		assert_int_equal(next(INT64_MAX), 2);
		assert_int_equal(reader->broken, n <= KA_EVENT_LINE_MAX ? 0 : 1);
		assert_int_equal(reader->line, 2);
		assert_int_equal(ka_logread_offset(reader), n + 8);
	}
}

/* what is being written is not touched: neither given out nor counted as broken */
static void next__last_line_grows__comes_out_when_it_is_whole(void **state)
{
	struct trailplace *p = place(state);

	add(p, "{\"n\":1}\n{\"n\":");
	assert_int_equal(ka_logread_new(p->path, &reader), KA_ERR_OK);
	assert_int_equal(next(INT64_MAX), 1);
	assert_int_equal(ka_logread_offset(reader), 8);
	assert_int_equal(next(INT64_MAX), -1);
	add(p, "2}");
	assert_int_equal(next(INT64_MAX), -1);
	assert_int_equal(reader->broken, 0);
	add(p, "\n");
	assert_int_equal(next(INT64_MAX), 2);
	assert_int_equal(ka_logread_offset(reader), 16);
}

static void next__limit__lines_that_begin_there_are_left(void **state)
{
	struct trailplace *p = place(state);

	add(p, "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n");
	assert_int_equal(ka_logread_new(p->path, &reader), KA_ERR_OK);
	assert_int_equal(next(0), -1);
	assert_int_equal(next(1), 1);
	assert_int_equal(next(8), -1);
	assert_int_equal(next(9), 2);
	assert_int_equal(next(INT64_MAX), 3);
}

static void seek__within_the_block_and_beyond(void **state)
{
	struct trailplace *p = place(state);

	add(p, "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n");
	assert_int_equal(ka_logread_new(p->path, &reader), KA_ERR_OK);
	ka_logread_seek(reader, 8);
	assert_int_equal(next(INT64_MAX), 2);
	assert_int_equal(reader->given, 8);
	ka_logread_seek(reader, 0);
	assert_int_equal(next(INT64_MAX), 1);
	assert_int_equal(reader->given, 0);
	ka_logread_seek(reader, 16);
	assert_int_equal(next(INT64_MAX), 3);
	assert_int_equal(next(INT64_MAX), -1);
	ka_logread_seek(reader, 1000);
	assert_int_equal(next(INT64_MAX), -1);
	assert_int_equal(ka_logread_offset(reader), 1000);
}

static void next__sieve__held_back_lines_are_not_parsed(void **state)
{
	struct trailplace *p = place(state);
	struct ka_logquery q = { .user = "alice" };
	struct ka_logsift sift;

	add(p, "{\"n\":1}\n{no}\nno\n{\"n\":2,\"user\":{\"name\":\"alice\"}}\n");
	assert_int_equal(ka_logread_new(p->path, &reader), KA_ERR_OK);
	ka_logsift_init(&sift, &q);
	reader->sift = &sift;
	assert_int_equal(next(INT64_MAX), 2);
	assert_int_equal(reader->given, 16);
	assert_int_equal(reader->broken, 1); /* what cannot be an object is counted whatever is asked for */
	assert_int_equal(reader->broken_at, 3);
}

static void is_replaced__renamed_shrunk_or_gone(void **state)
{
	struct trailplace *p = place(state);
	char old[160];

	snprintf(old, sizeof(old), "%s.1", p->path);
	add(p, "{\"n\":1}\n");
	assert_int_equal(ka_logread_new(p->path, &reader), KA_ERR_OK);
	assert_int_equal(next(INT64_MAX), 1);
	assert_false(ka_logread_is_replaced(reader, p->path));
	add(p, "{\"n\":2}\n"); /* it grows */
	assert_false(ka_logread_is_replaced(reader, p->path));
	assert_int_equal(rename(p->path, old), 0);
	assert_false(ka_logread_is_replaced(reader, p->path)); /* nothing in its place yet, and the rest is still to be read */
	assert_int_equal(next(INT64_MAX), 2);
	add(p, "{\"n\":3}\n");
	assert_true(ka_logread_is_replaced(reader, p->path));
	unlink(p->path);
	assert_int_equal(rename(old, p->path), 0);
	assert_false(ka_logread_is_replaced(reader, p->path));
	assert_int_equal(truncate(p->path, 15), 0);
	assert_true(ka_logread_is_replaced(reader, p->path));
	ka_logread_rewind(reader);
	assert_int_equal(next(INT64_MAX), 1);
	assert_int_equal(next(INT64_MAX), -1);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, trailplace_setup, drop)
	const struct CMUnitTest tests[] = {
		T(read__block_edges__every_line_comes_out),
		T(new__what_is_no_file__is_refused),
		T(next__hostile_lines__are_counted_and_never_given_out),
		T(next__longest_line__and_one_more),
		T(next__last_line_grows__comes_out_when_it_is_whole),
		T(next__limit__lines_that_begin_there_are_left),
		T(seek__within_the_block_and_beyond),
		T(next__sieve__held_back_lines_are_not_parsed),
		T(is_replaced__renamed_shrunk_or_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
