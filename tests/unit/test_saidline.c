/* spool/saidline: what the writer makes comes back; nothing else is taken; the file is ours or untouched, and bounded. */
#include "spool/saidline.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "tests/unit/lib/runplace.h"

#include "base/poison.h"

static const struct ka_conn conn = { 4240, 77 };
static char line[KA_SAID_RECORD_MAX];

static struct ka_saidline sample(const char *message)
{
	struct ka_saidline l = { .at_us = 1764000000123456, .by = KA_SAIDLINE_JOURNAL, .is_sure = true };

	assert_true(ka_span_copy(ka_span_of(message), l.message, sizeof(l.message)));
	return l;
}

static size_t written(const struct ka_saidline *l)
{
	struct ka_buf b;

	ka_buf_init_array(&b, line);
	ka_saidline_write(l, &b);
	assert_int_equal(ka_buf_check(&b), KA_ERR_OK);
	assert_ptr_equal(memchr(line, '\n', b.len), line + b.len - 1);
	return b.len - 1;
}

static bool parsed(const char *text, struct ka_saidline *out)
{
	return ka_saidline_parse(ka_span_of(text), out);
}

static void write__sample__is_the_documented_line(void **state)
{
	static const char expected[] = "ka1 said at=1764000000123456 by=journal sure=1 msg=Invalid%20user%20x%20from%20192.0.2.1%20port%205";
	struct ka_saidline l = sample("Invalid user x from 192.0.2.1 port 5");

	(void)state;
	assert_int_equal(written(&l), strlen(expected));
	assert_memory_equal(line, expected, strlen(expected));
}

static void round_trip__hostile_texts__come_back(void **state)
{
	static const char *const texts[] = { "x\nka1 said at=1 by=journal sure=1 msg=y", "%41", "a=b sure=1", "\x1b[2J", "\xff\xfe", "-", "" };
	struct ka_saidline l, back;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(texts); i++) {
		l = sample(texts[i]);
		l.by = KA_SAIDLINE_SYSLOG;
		l.is_sure = false;
		line[written(&l)] = '\0';
		assert_true(parsed(line, &back));
		assert_string_equal(back.message, texts[i]);
		assert_int_equal(back.by, KA_SAIDLINE_SYSLOG);
		assert_false(back.is_sure);
	}
	memset(&l, 0, sizeof(l));
	memset(l.message, '\x01', KA_SAID_MESSAGE_MAX); /* the longest one, each byte escaped */
	line[written(&l)] = '\0';
	assert_true(parsed(line, &back));
	assert_int_equal(strlen(back.message), KA_SAID_MESSAGE_MAX);
}

static void parse__anything_else__is_refused(void **state)
{
	static const char *const texts[] = {
		"", "ka1 said", "ka1 phase at=1 by=journal sure=1 msg=x", "ka1 said at=1 by=journal sure=1 msg=x more=y",
		"ka1 said at=1 by=journal sure=2 msg=x", "ka1 said at=-1 by=journal sure=1 msg=x", "ka1 said at=1 by=paper sure=1 msg=x",
		"ka1 said by=journal at=1 sure=1 msg=x", "ka1 said at=1 by=journal sure=1 msg=%00", "ka1 said at=1 by=journal sure=1 msg=a b",
	};
	struct ka_saidline l;

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(texts); i++)
		if (parsed(texts[i], &l))
			fail_msg("taken: %s", texts[i]);
}

static void append__lines__stand_behind_each_other(void **state)
{
	struct ka_saidline l = sample("one");
	struct stat st;

	(void)state;
	assert_int_equal(ka_saidline_append(runplace.r.said, &conn, &l), KA_ERR_OK);
	assert_int_equal(ka_saidline_append(runplace.r.said, &conn, &l), KA_ERR_OK);
	assert_int_equal(fstatat(runplace.r.said, "4240.77", &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(st.st_size, 2 * (written(&l) + 1));
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void append__full__takes_no_more(void **state)
{
	struct ka_saidline l = sample("");
	enum ka_err err = KA_ERR_OK;
	struct stat st;

	(void)state;
	memset(l.message, 'x', KA_SAID_MESSAGE_MAX);
	for (int i = 0; err == KA_ERR_OK && i < 1000; i++)
		err = ka_saidline_append(runplace.r.said, &conn, &l);
	assert_int_equal(err, KA_ERR_LIMIT);
	assert_int_equal(fstatat(runplace.r.said, "4240.77", &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_true(st.st_size <= KA_SAID_FILE_MAX && st.st_size > KA_SAID_FILE_MAX - KA_SAID_RECORD_MAX);
}

static void append__not_our_file__is_left_alone(void **state)
{
	struct ka_saidline l = sample("one");
	struct stat st;

	(void)state;
	runplace_put(runplace.r.said, "4240.77", "theirs");
	assert_int_equal(linkat(runplace.r.said, "4240.77", runplace.r.run, "other", 0), 0);
	assert_int_equal(ka_saidline_append(runplace.r.said, &conn, &l), KA_ERR_SYNTAX);
	assert_int_equal(fstatat(runplace.r.said, "4240.77", &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_int_equal(st.st_size, 6);
	assert_int_equal(unlinkat(runplace.r.said, "4240.77", 0), 0);
	assert_int_equal(symlinkat("other", runplace.r.said, "4240.77"), 0);
	assert_int_equal(ka_saidline_append(runplace.r.said, &conn, &l), KA_ERR_SYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(write__sample__is_the_documented_line),
		cmocka_unit_test(round_trip__hostile_texts__come_back),
		cmocka_unit_test(parse__anything_else__is_refused),
		RUNPLACE_TEST(append__lines__stand_behind_each_other),
		RUNPLACE_TEST(append__full__takes_no_more),
		RUNPLACE_TEST(append__not_our_file__is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
