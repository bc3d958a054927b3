/* Whole reads and writes with limits. Never reads more than it was given room for. */
#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/limits.h"

#include "base/poison.h"

static ssize_t read_some(int fd, void *p, size_t n)
{
	ssize_t got = 0;

	do
		got = read(fd, p, n);
	while (got < 0 && errno == EINTR);
	return got;
}

enum ka_err ka_fd_read_all(int fd, void *bytes, size_t size, size_t *len)
{
	uint8_t *p = bytes, probe;
	ssize_t got = 1;

	*len = 0;
	while (*len < size && (got = read_some(fd, p + *len, size - *len)) > 0)
		*len += (size_t)got;
	if (got > 0 && (got = read_some(fd, &probe, 1)) > 0)
		return KA_ERR_LIMIT;
	return got < 0 ? KA_ERR_SYS : KA_ERR_OK;
}

enum ka_err ka_fd_slurp(int fd, size_t max, char **out, size_t *len)
{
	KA_AUTOFREE char *p = NULL;
	size_t size = 4096, n = 0;
	struct stat st;
	ssize_t got = 0;
	bool whole = false;

	*out = NULL;
	*len = 0;
	if (fstat(fd, &st) < 0)
		return KA_ERR_SYS;
	if (S_ISREG(st.st_mode) && st.st_size > 0)
		size = (uint64_t)st.st_size < max ? (size_t)st.st_size + 2 : max + 2;
	for (;;) {
		char *bigger = realloc(p, size);

		if (bigger == NULL)
			return KA_ERR_NOMEM;
		p = bigger;
		/* a file that gives its size, when it was asked for a byte more, has been read to its end */
		while (!whole && n < size - 1 && (got = read_some(fd, p + n, size - 1 - n)) > 0) {
			n += (size_t)got;
			whole = S_ISREG(st.st_mode) && n < size - 1 && (off_t)n == st.st_size;
		}
		if (n > max)
			return KA_ERR_LIMIT;
		if (n < size - 1)
			break;
		size = size > max / 2 ? max + 2 : size * 2;
	}
	if (got < 0)
		return KA_ERR_SYS;
	p[n] = '\0';
	*len = n;
	*out = ka_steal_ptr(&p);
	return KA_ERR_OK;
}

enum ka_err ka_fd_write_all(int fd, const void *bytes, size_t len)
{
	const uint8_t *p = bytes;

	while (len > 0) {
		ssize_t put = write(fd, p, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put <= 0)
			return KA_ERR_SYS;
		p += put;
		len -= (size_t)put;
	}
	return KA_ERR_OK;
}

ssize_t ka_fd_write_quietly(int fd, const void *bytes, size_t len)
{
	static const struct timespec at_once;
	sigset_t pipe_only, pending, before;
	bool was_pending;
	ssize_t put;
	int errnum;

	sigemptyset(&pipe_only);
	sigaddset(&pipe_only, SIGPIPE);
	sigpending(&pending);
	was_pending = sigismember(&pending, SIGPIPE) == 1;
	if (pthread_sigmask(SIG_BLOCK, &pipe_only, &before) != 0)
		return -1;
	put = write(fd, bytes, len);
	errnum = errno;
	/* raised for this thread; while it is blocked it can be taken back */
	if (put < 0 && errnum == EPIPE && !was_pending)
		while (sigtimedwait(&pipe_only, NULL, &at_once) < 0 && errno == EINTR)
			;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = errnum;
	return put;
}

bool ka_fd_wait(int fd, short events, int64_t until_ms)
{
	for (;;) {
		struct pollfd p = { .fd = fd, .events = events };
		int64_t left = until_ms - ka_clock_boot_ms();
		int n = poll(&p, 1, left > 0 ? (int)left : 0);

		if (n > 0)
			return true;
		if (n == 0 || errno != EINTR)
			return false;
	}
}

enum ka_err ka_fd_read_deadline(int fd, char *out, size_t size, int ms, size_t *len)
{
	int64_t until = ka_clock_boot_ms() + ms;

	*len = 0;
	out[0] = '\0';
	while (*len + 1 < size) {
		int64_t left = until - ka_clock_boot_ms();
		struct pollfd pfd = { .fd = fd, .events = POLLIN };
		int ready = left > 0 ? poll(&pfd, 1, (int)left) : 0;
		ssize_t got;

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0)
			return ready < 0 ? KA_ERR_SYS : KA_ERR_TIMEOUT;
		got = read_some(fd, out + *len, size - 1 - *len);
		if (got < 0)
			return KA_ERR_SYS;
		*len += (size_t)got;
		out[*len] = '\0';
		if (got == 0 || memchr(out, '\n', *len) != NULL)
			return KA_ERR_OK;
	}
	return KA_ERR_LIMIT;
}

/* polled, since a signal to interrupt it would be a guest's bad manners */
enum ka_err ka_fd_lock(int fd, int ms)
{
	int64_t until = ka_clock_boot_ms() + ms;

	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return KA_ERR_SYS;
		if (ka_clock_boot_ms() >= until)
			return KA_ERR_TIMEOUT;
		poll(NULL, 0, KA_LOCK_PAUSE_MS);
	}
	return KA_ERR_OK;
}

bool ka_fd_is_shortage(int errnum)
{
	return errnum == EMFILE || errnum == ENFILE || errnum == ENOMEM;
}

enum ka_err ka_fd_reserve_std(void)
{
	struct pollfd std[] = { { .fd = 0 }, { .fd = 1 }, { .fd = 2 } };
	int fd;

	/* nothing but POLLNVAL can say that one is closed, and then it is the only answer for it */
	if (poll(std, KA_ARRAY_LEN(std), 0) >= 0 && ((std[0].revents | std[1].revents | std[2].revents) & POLLNVAL) == 0)
		return KA_ERR_OK;
	do {
		fd = open("/dev/null", O_RDWR | O_CLOEXEC);
		if (fd < 0)
			return KA_ERR_SYS;
		if (fd <= 2 && fcntl(fd, F_SETFD, 0) < 0)
			return KA_ERR_SYS;
	} while (fd <= 2);
	close(fd);
	return KA_ERR_OK;
}
