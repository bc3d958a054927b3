/* Reading plain and compressed files alike. It must never wait for a child without an end, nor leave one behind. */
#include "keyaudit/trail/trailbytes.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/childpipe.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "base/paths.h"
#include "base/spawn.h"

#include "base/poison.h"

/* it is essential on Debian; where /bin is no link it stands there */
static const char *find_gzip(void)
{
	return access(KA_PATH_GZIP, X_OK) == 0 ? KA_PATH_GZIP : "/bin/gzip";
}

static bool is_called_gz(const char *name)
{
	size_t n = strlen(name);

	return n > 3 && strcmp(name + n - 3, ".gz") == 0;
}

/* RFC 1952 2.3.1 */
static bool is_packed(int fd, const char *name)
{
	uint8_t first[2] = { 0, 0 };
	ssize_t got = pread(fd, first, sizeof(first), 0);

	return (got == (ssize_t)sizeof(first) && first[0] == 0x1f && first[1] == 0x8b) || (is_called_gz(name) && first[0] != '{');
}

enum ka_err ka_trailbytes_open(int dirfd, const char *name, struct ka_trailbytes *b)
{
	KA_AUTOCLOSE int fd = openat(dirfd, name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	*b = (struct ka_trailbytes){ .fd = -1, .from = -1, .gzip = find_gzip() };
	if (fd < 0 || fstat(fd, &st) < 0)
		return KA_ERR_SYS;
	if (!S_ISREG(st.st_mode)) {
		errno = EINVAL;
		return KA_ERR_SYS;
	}
	b->is_packed = is_packed(fd, name);
	b->fd = ka_steal_fd(&fd);
	return KA_ERR_OK;
}

static size_t fail(struct ka_trailbytes *b, enum ka_trailbytes_fault fault)
{
	ka_trailbytes_rest(b);
	b->fault = fault;
	return 0;
}

/* from its first byte */
static bool begin(struct ka_trailbytes *b)
{
	const char *const argv[] = { b->gzip, "-dc", NULL };

	ka_trailbytes_rest(b);
	return lseek(b->fd, 0, SEEK_SET) == 0 && ka_childpipe_start(argv, b->fd, &b->child, &b->from) == KA_ERR_OK;
}

/* it has closed its output: was that all? */
static size_t end(struct ka_trailbytes *b)
{
	int status = ka_spawn_reap(b->child, KA_TRAIL_UNPACK_MS, true);

	b->child = 0;
	b->is_over = status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
	if (b->is_over)
		return 0;
	return fail(b, status != -1 && WIFEXITED(status) && WEXITSTATUS(status) < 126 ? KA_TRAILBYTES_DAMAGED : KA_TRAILBYTES_NO_GZIP);
}

static size_t take(struct ka_trailbytes *b, char *out, size_t size)
{
	for (;;) {
		struct pollfd p = { .fd = b->from, .events = POLLIN };
		ssize_t got = read(b->from, out, size);

		if (got > 0) {
			b->at += got;
			return b->at <= KA_TRAIL_UNPACKED_MAX ? (size_t)got : fail(b, KA_TRAILBYTES_ENDLESS);
		}
		if (got == 0)
			return end(b);
		if (errno != EAGAIN && errno != EINTR)
			return fail(b, KA_TRAILBYTES_UNREADABLE);
		if (errno == EAGAIN && poll(&p, 1, KA_TRAIL_UNPACK_MS) == 0)
			return fail(b, KA_TRAILBYTES_NO_GZIP);
	}
}

/* pass over what stands before @at, by way of @out; false at the end, and after a fault */
static bool pass(struct ka_trailbytes *b, int64_t at, char *out, size_t size)
{
	while (b->at < at) {
		size_t left = (size_t)(at - b->at);

		if (take(b, out, left < size ? left : size) == 0)
			return false;
	}
	return true;
}

static size_t read_packed(struct ka_trailbytes *b, int64_t at, char *out, size_t size)
{
	if (b->is_over && at >= b->at)
		return 0;
	if ((b->child == 0 || at < b->at) && !begin(b))
		return fail(b, KA_TRAILBYTES_NO_GZIP);
	return pass(b, at, out, size) ? take(b, out, size) : 0;
}

size_t ka_trailbytes_read(struct ka_trailbytes *b, int64_t at, char *out, size_t size)
{
	ssize_t got;

	if (b->fault != KA_TRAILBYTES_FINE || size == 0)
		return 0;
	if (b->is_packed)
		return read_packed(b, at, out, size);
	do
		got = pread(b->fd, out, size, (off_t)at);
	while (got < 0 && errno == EINTR);
	return got >= 0 ? (size_t)got : fail(b, KA_TRAILBYTES_UNREADABLE);
}

void ka_trailbytes_rest(struct ka_trailbytes *b)
{
	if (b->child > 0)
		(void)ka_childpipe_stop(b->child);
	if (b->from >= 0)
		close(b->from);
	b->child = 0;
	b->from = -1;
	b->at = 0;
	b->is_over = false;
	b->fault = KA_TRAILBYTES_FINE;
}

void ka_trailbytes_close(struct ka_trailbytes *b)
{
	ka_trailbytes_rest(b);
	if (b->fd >= 0)
		close(b->fd);
	b->fd = -1;
}

const char *ka_trailbytes_why(enum ka_trailbytes_fault fault)
{
	static const char *const words[] = {
		[KA_TRAILBYTES_FINE] = "", [KA_TRAILBYTES_CLOSED] = "no permission", [KA_TRAILBYTES_UNREADABLE] = "the disk gave an error",
		[KA_TRAILBYTES_NO_GZIP] = "gzip cannot be run", [KA_TRAILBYTES_DAMAGED] = "it is compressed, and damaged",
		[KA_TRAILBYTES_ENDLESS] = "it is compressed, and has no end",
	};

	return words[fault];
}
