/* base/fd: whole reads, to the byte of their limit. */
#include "base/fd.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "tests/unit/lib/memfile.h"

#include "base/poison.h"

static int file_of(size_t n)
{
	KA_AUTOFREE char *bytes = malloc(n + 1);

	assert_non_null(bytes);
	for (size_t i = 0; i < n; i++)
		bytes[i] = (char)(i % 251);
	return memfile_of(bytes, n);
}

static void assert_slurps(int fd, size_t from, size_t n)
{
	KA_AUTOFREE char *text = NULL;
	size_t len = 0;

	assert_int_equal(ka_fd_slurp(fd, 10000, &text, &len), KA_ERR_OK);
	assert_int_equal(len, n);
	assert_int_equal(text[n], '\0');
	for (size_t i = 0; i < n; i++)
		assert_int_equal((uint8_t)text[i], (from + i) % 251);
}

static void slurp__any_size__whole_or_a_limit(void **state)
{
	static const size_t sizes[] = { 0, 1, 2, 4094, 4095, 4096, 4097, 9998, 9999, 10000, 10001, 10002, 20000 };

	(void)state;
	for (size_t i = 0; i < KA_ARRAY_LEN(sizes); i++) {
		KA_AUTOCLOSE int fd = file_of(sizes[i]);
		char *text = NULL;
		size_t len = 0;

		if (sizes[i] <= 10000) {
			assert_slurps(fd, 0, sizes[i]);
			continue;
		}
		assert_int_equal(ka_fd_slurp(fd, 10000, &text, &len), KA_ERR_LIMIT);
		assert_null(text);
		assert_int_equal(len, 0);
	}
}

static void slurp__from_the_middle__reads_the_rest(void **state)
{
	KA_AUTOCLOSE int fd = file_of(9000);

	(void)state;
	assert_int_equal(lseek(fd, 4500, SEEK_SET), 4500);
	assert_slurps(fd, 4500, 4500);
}

/* its size says nothing */
static void slurp__pipe__reads_to_the_end(void **state)
{
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	for (int i = 0; i < 9000; i++) {
		char byte = (char)(i % 251);

		assert_int_equal(write(ends[1], &byte, 1), 1);
	}
	close(ends[1]);
	assert_slurps(ends[0], 0, 9000);
	close(ends[0]);
}

static void slurp__no_descriptor__is_a_fault(void **state)
{
	char *text = NULL;
	size_t len = 1;

	(void)state;
	assert_int_equal(ka_fd_slurp(-1, 100, &text, &len), KA_ERR_SYS);
	assert_null(text);
	assert_int_equal(len, 0);
}

static void read_all__any_size__whole_or_a_limit(void **state)
{
	char room[100];

	(void)state;
	for (size_t n = 0; n < 103; n++) {
		KA_AUTOCLOSE int fd = file_of(n);
		size_t len = 0;

		assert_int_equal(ka_fd_read_all(fd, room, sizeof(room), &len), n <= sizeof(room) ? KA_ERR_OK : KA_ERR_LIMIT);
		assert_int_equal(len, n <= sizeof(room) ? n : sizeof(room));
	}
}

/* whether there is more is not known: that is no whole file */
static void read_all__full_and_then_a_failure__is_a_fault(void **state)
{
	char room[4];
	int ends[2];
	size_t len = 0;

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
	assert_int_equal(write(ends[1], "abcd", 4), 4);
	assert_int_equal(ka_fd_read_all(ends[0], room, sizeof(room), &len), KA_ERR_SYS);
	close(ends[1]);
	close(ends[0]);
}

static void lock__held_by_somebody_else__is_waited_for_and_given_up(void **state)
{
	KA_AUTOCLOSE int file = file_of(1), other = -1;
	char path[32];
	struct ka_buf b;
	int64_t begin = ka_clock_boot_ms();

	(void)state;
	ka_buf_init_array(&b, path);
	ka_buf_text(&b, "/proc/self/fd/");
	ka_buf_i64(&b, file);
	other = open(path, O_RDWR | O_CLOEXEC); /* a second opening, so a second holder */
	assert_true(other >= 0);
	assert_int_equal(ka_fd_lock(file, 0), KA_ERR_OK);
	assert_int_equal(ka_fd_lock(file, 0), KA_ERR_OK); /* it is ours */
	assert_int_equal(ka_fd_lock(other, 30), KA_ERR_TIMEOUT);
	assert_true(ka_clock_boot_ms() - begin >= 30);
	close(ka_steal_fd(&file));
	assert_int_equal(ka_fd_lock(other, 0), KA_ERR_OK);
	assert_int_equal(ka_fd_lock(-1, 1000000), KA_ERR_SYS);
}

static void write_quietly__no_reader__is_an_error_and_no_signal(void **state)
{
	sigset_t pipe_only, now;
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(ka_fd_write_quietly(ends[1], "ab", 2), 2);
	close(ends[0]);
	errno = 0;
	assert_int_equal(ka_fd_write_quietly(ends[1], "ab", 2), -1);
	assert_int_equal(errno, EPIPE);
	/* the mask is as before, and nothing waits behind it */
	assert_int_equal(pthread_sigmask(SIG_BLOCK, NULL, &now), 0);
	assert_false(sigismember(&now, SIGPIPE));
	/* who has blocked it keeps one that was pending, and gets no other */
	sigemptyset(&pipe_only);
	sigaddset(&pipe_only, SIGPIPE);
	assert_int_equal(pthread_sigmask(SIG_BLOCK, &pipe_only, NULL), 0);
	assert_int_equal(ka_fd_write_quietly(ends[1], "ab", 2), -1);
	assert_int_equal(sigpending(&now), 0);
	assert_false(sigismember(&now, SIGPIPE));
	assert_int_equal(raise(SIGPIPE), 0);
	assert_int_equal(ka_fd_write_quietly(ends[1], "ab", 2), -1);
	assert_int_equal(sigpending(&now), 0);
	assert_true(sigismember(&now, SIGPIPE));
	assert_int_equal(sigwaitinfo(&pipe_only, NULL), SIGPIPE);
	assert_int_equal(pthread_sigmask(SIG_UNBLOCK, &pipe_only, NULL), 0);
	close(ends[1]);
}

static void wait__ready_or_not__is_told_apart_in_time(void **state)
{
	int64_t begin = ka_clock_boot_ms();
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_true(ka_fd_wait(ends[1], POLLOUT, begin - 1)); /* ready, though late */
	assert_false(ka_fd_wait(ends[0], POLLIN, begin - 1));
	assert_false(ka_fd_wait(ends[0], POLLIN, begin + 50));
	assert_true(ka_clock_boot_ms() >= begin + 50);
	assert_int_equal(write(ends[1], "a", 1), 1);
	assert_true(ka_fd_wait(ends[0], POLLIN, ka_clock_boot_ms() + 10000));
	assert_int_equal(read(ends[0], (char[1]){ 0 }, 1), 1);
	close(ends[1]);
	assert_true(ka_fd_wait(ends[0], POLLIN, ka_clock_boot_ms() + 10000)); /* the other end's end */
	close(ends[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(slurp__any_size__whole_or_a_limit), cmocka_unit_test(slurp__from_the_middle__reads_the_rest),
		cmocka_unit_test(slurp__pipe__reads_to_the_end),     cmocka_unit_test(slurp__no_descriptor__is_a_fault),
		cmocka_unit_test(read_all__any_size__whole_or_a_limit),
		cmocka_unit_test(read_all__full_and_then_a_failure__is_a_fault),
		cmocka_unit_test(write_quietly__no_reader__is_an_error_and_no_signal),
		cmocka_unit_test(wait__ready_or_not__is_told_apart_in_time),
		cmocka_unit_test(lock__held_by_somebody_else__is_waited_for_and_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
