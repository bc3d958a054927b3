/* base/fdlines: every byte once, in whole lines, whatever lies across the window's edge. */
#include "base/fdlines.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/fd.h"
#include "base/limits.h"
#include "tests/unit/lib/memfile.h"

#include "base/poison.h"

enum { MAX = 8 * KA_FDLINES_ROOM };

static struct {
	char text[MAX];
	size_t len, pieces, largest;
	bool is_torn; /* a piece before the last one had no newline at its end */
	int grows;    /* a descriptor: with the first piece the file gets more */
} got;

static void take(void *ctx, struct ka_span lines)
{
	assert_ptr_equal(ctx, &got);
	assert_true(lines.len > 0 && lines.len <= sizeof(got.text) - got.len);
	got.is_torn |= got.len > 0 && got.text[got.len - 1] != '\n';
	memcpy(got.text + got.len, lines.p, lines.len);
	got.len += lines.len;
	got.largest = lines.len > got.largest ? lines.len : got.largest;
	if (got.pieces++ == 0 && got.grows >= 0)
		assert_int_equal(ka_fd_write_all(got.grows, "one more\n", 9), KA_ERR_OK);
}

static enum ka_err each(int fd)
{
	got.len = got.pieces = got.largest = 0;
	got.is_torn = false;
	return ka_fdlines_each(fd, MAX, take, &got);
}

/* @len bytes in lines of @line, the last one with a newline or without */
static void comes_whole(size_t len, size_t line, bool is_ended)
{
	static char text[MAX];
	KA_AUTOCLOSE int fd = -1;

	for (size_t i = 0; i < len; i++)
		text[i] = (char)(i % line == line - 1 ? '\n' : 'a' + i % 26);
	if (len > 0)
		text[len - 1] = is_ended ? '\n' : 'x';
	fd = memfile_of(text, len);
	assert_int_equal(each(fd), KA_ERR_OK);
	assert_int_equal(got.len, len);
	assert_memory_equal(got.text, text, len);
	assert_false(got.is_torn);
	assert_int_equal(got.pieces == 0, len == 0);
	if (line <= KA_FDLINES_ROOM)
		assert_true(got.largest <= KA_FDLINES_ROOM);
	if (len < KA_FDLINES_ROOM)
		assert_true(got.pieces <= 1);
}

static void each__sizes_and_lines__every_byte_once(void **state)
{
	static const size_t room = KA_FDLINES_ROOM;
	const size_t sizes[] = { 0, 1, 2, 80, room - 2, room - 1, room, room + 1, 2 * room - 1, 2 * room, 2 * room + 1, 5 * room + 17, MAX - 1, MAX };
	const size_t lines[] = { 1, 2, 100, 101, room - 1, room, room + 1, 2 * room, 3 * room + 5, MAX + 1 };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(sizes); i++)
		for (size_t j = 0; j < KA_ARRAY_LEN(lines); j++) {
			comes_whole(sizes[i], lines[j], true);
			comes_whole(sizes[i], lines[j], false);
		}
}

static void each__too_large__nothing_is_handed_on(void **state)
{
	KA_AUTOFREE char *text = calloc(1, MAX + 1);
	KA_AUTOCLOSE int fd = -1;

	(void)state;
	assert_non_null(text);
	memset(text, '\n', MAX + 1);
	fd = memfile_of(text, MAX + 1);
	assert_int_equal(each(fd), KA_ERR_LIMIT);
	assert_int_equal(got.pieces, 0);
}

static void each__a_file_that_grows__is_read_up_to_the_limit(void **state)
{
	static char text[MAX];

	(void)state;
	memset(text, '\n', MAX);
	for (size_t len = MAX - 10; len <= MAX; len++) {
		KA_AUTOCLOSE int fd = memfile_of(text, len), end = -1;
		char path[64];

		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		end = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
		assert_true(end >= 0);
		got.grows = end;
		assert_int_equal(each(fd), len + 9 > MAX ? KA_ERR_LIMIT : KA_ERR_OK);
		got.grows = -1;
		assert_true(got.len <= MAX && (len + 9 > MAX || got.len == len + 9));
	}
}

/* no size to ask for, and each read gives what is there */
static void each__a_pipe__the_same(void **state)
{
	int ends[2];
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		for (int i = 0; i < 3000; i++)
			if (ka_fd_write_all(ends[1], "ssh-ed25519 AAAA\n", i < 2999 ? 17 : 16) != KA_ERR_OK)
				_exit(1);
		_exit(0);
	}
	close(ends[1]);
	assert_int_equal(each(ends[0]), KA_ERR_OK);
	close(ends[0]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_int_equal(got.len, 3000 * 17 - 1);
	assert_false(got.is_torn);
	for (size_t i = 0; i < got.len; i++)
		assert_int_equal(got.text[i], "ssh-ed25519 AAAA\n"[i % 17]);
}

static void each__what_cannot_be_read__is_a_fault(void **state)
{
	KA_AUTOCLOSE int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	(void)state;
	assert_int_equal(each(fd), KA_ERR_SYS);
	assert_int_equal(each(-1), KA_ERR_SYS);
	assert_int_equal(got.pieces, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each__sizes_and_lines__every_byte_once), cmocka_unit_test(each__too_large__nothing_is_handed_on),
		cmocka_unit_test(each__a_file_that_grows__is_read_up_to_the_limit), cmocka_unit_test(each__a_pipe__the_same),
		cmocka_unit_test(each__what_cannot_be_read__is_a_fault),
	};

	got.grows = -1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
