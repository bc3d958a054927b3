/* keyaudit/linestream: every line comes out once, whatever its length and wherever the chunks end. */
#include "keyaudit/vet/linestream.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/unit/lib/memfile.h"

#include "base/poison.h"

#define CUT sizeof(stream.line) /* of a longer line so much comes */

static struct ka_linestream stream;

static void begin(const void *bytes, size_t len)
{
	static int fd = -1;

	if (fd >= 0)
		close(fd);
	fd = memfile_of(bytes, len);
	memset(&stream, 0xa5, sizeof(stream));
	ka_linestream_init(&stream, fd);
}

/* the next line must be these bytes; NULL: there is none, now and when it is asked again */
static void next_is(const char *text, size_t len)
{
	struct ka_span line;
	bool more;

	for (int i = 0; i < (text == NULL ? 2 : 1); i++) {
		assert_int_equal(ka_linestream_next(&stream, &line, &more), KA_ERR_OK);
		assert_int_equal(more, text != NULL);
	}
	if (text == NULL)
		return;
	assert_int_equal(line.len, len);
	assert_memory_equal(line.p, text, len);
}
#define NEXT(text) next_is((text), sizeof(text) - 1)

static void next__small_files__line_by_line(void **state)
{
	(void)state;
	begin("", 0);
	next_is(NULL, 0);
	assert_int_equal(stream.number, 0);
	begin("\n", 1);
	NEXT("");
	next_is(NULL, 0);
	begin("a\r\n\n\0b\x1b[2J\xff\nlast", 16);
	NEXT("a\r");
	NEXT("");
	NEXT("\0b\x1b[2J\xff");
	assert_int_equal(stream.number, 3);
	NEXT("last");
	assert_int_equal(stream.number, 4);
	next_is(NULL, 0);
	assert_int_equal(stream.number, 4);
	begin("a\n", 2);
	NEXT("a");
	next_is(NULL, 0); /* the newline ends a line and begins none */
}

/* what is cut is longer than any good line, and the next one begins where it should */
static void next__long_lines__are_cut_and_never_joined(void **state)
{
	static const size_t lengths[] = { KA_LINE_MAX, CUT - 1, CUT, CUT + 1, KA_LINE_MAX + 1, KA_LINE_MAX + 2, KA_LINE_MAX + 3, 64 * 1024 - 1, 64 * 1024, 64 * 1024 + 1, 300000 };
	static char text[300010];

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(lengths); i++) {
		size_t n = lengths[i];
		struct ka_span line;
		bool more;

		memset(text, 'x', n);
		memcpy(text + n, "\ny\n", 3);
		begin(text, n + 3);
		assert_int_equal(ka_linestream_next(&stream, &line, &more), KA_ERR_OK);
		assert_true(more);
		assert_int_equal(line.len, n < CUT ? n : CUT);
		NEXT("y");
		assert_int_equal(stream.number, 2);
		next_is(NULL, 0);
		begin(text, n); /* and as the last one */
		assert_int_equal(ka_linestream_next(&stream, &line, &more), KA_ERR_OK);
		assert_int_equal(line.len, n < CUT ? n : CUT);
		next_is(NULL, 0);
	}
}

/* lines of seven bytes: the chunk's end falls on each of their places */
static void next__chunk_ends__lose_nothing(void **state)
{
	static char text[3 * 64 * 1024 + 20];
	size_t lines = sizeof(text) / 7;

	(void)state;
	for (size_t shift = 0; shift < 7; shift++) {
		memset(text, '-', shift);
		text[shift] = '\n';
		for (size_t i = 0; i < lines - 2; i++)
			memcpy(text + shift + 1 + 7 * i, "abcdef\n", 7);
		begin(text, shift + 1 + 7 * (lines - 2));
		next_is(text, shift);
		for (size_t i = 0; i < lines - 2; i++)
			NEXT("abcdef");
		next_is(NULL, 0);
		assert_int_equal(stream.number, lines - 1);
	}
}

/* a pipe gives what it has: a line goes on with the next read */
static void next__pieces_of_a_pipe__make_one_line(void **state)
{
	int ends[2];
	struct ka_span line;
	bool more;
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		for (int i = 0; i < 50; i++)
			if (write(ends[1], "ab", 2) != 2)
				_exit(1);
		_exit(0);
	}
	close(ends[1]);
	ka_linestream_init(&stream, ends[0]);
	assert_int_equal(ka_linestream_next(&stream, &line, &more), KA_ERR_OK);
	assert_true(more);
	assert_int_equal(line.len, 100);
	next_is(NULL, 0);
	close(ends[0]);
}

static void next__unreadable__is_a_fault(void **state)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct ka_span line;
	bool more;

	(void)state;
	ka_linestream_init(&stream, fd);
	assert_int_equal(ka_linestream_next(&stream, &line, &more), KA_ERR_SYS);
	close(fd);
	ka_linestream_init(&stream, -1);
	assert_int_equal(ka_linestream_next(&stream, &line, &more), KA_ERR_SYS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(next__small_files__line_by_line),
		cmocka_unit_test(next__long_lines__are_cut_and_never_joined),
		cmocka_unit_test(next__chunk_ends__lose_nothing),
		cmocka_unit_test(next__pieces_of_a_pipe__make_one_line),
		cmocka_unit_test(next__unreadable__is_a_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
