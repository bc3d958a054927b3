/* Writing below /var/cache/keyaudit. */
#include "authkeys-cmd/fetch/fetchstore.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/fd.h"
#include "base/limits.h"
#include "base/text.h"
#include "store/cachedir.h"

#include "base/poison.h"

#define FRESH ".new" /* behind a name: not yet whole */

enum ka_err ka_fetchstore_open(const char *cache, const char *source, struct ka_fetchstore *out)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	KA_AUTOCLOSE int top = open(cache, flags), dir = -1;
	struct stat st;

	out->dir = -1;
	if (top < 0 || fstat(top, &st) != 0)
		return KA_ERR_SYS;
	if (st.st_uid != geteuid() || (st.st_mode & 0022) != 0) {
		errno = EPERM;
		return KA_ERR_SYS;
	}
	if (mkdirat(top, source, 0750) != 0 && errno != EEXIST)
		return KA_ERR_SYS;
	dir = openat(top, source, flags);
	if (dir < 0 || fstat(dir, &st) != 0)
		return KA_ERR_SYS;
	if (st.st_uid != geteuid() || (st.st_mode & 0022) != 0) {
		errno = EPERM;
		return KA_ERR_SYS;
	}
	out->dir = ka_steal_fd(&dir);
	return KA_ERR_OK;
}

void ka_fetchstore_close(struct ka_fetchstore *s)
{
	if (s->dir >= 0)
		close(ka_steal_fd(&s->dir));
}

/* what is no file of ours (a cache that was restored by root) would keep the entry from ever being written */
static int open_lock(int dir, const char *name)
{
	const int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC;
	int fd = openat(dir, name, flags, 0600);

	if (fd < 0 && (errno == EACCES || errno == ELOOP) && unlinkat(dir, name, 0) == 0)
		fd = openat(dir, name, flags, 0600);
	return fd;
}

enum ka_fetchstore_lock ka_fetchstore_lock(const struct ka_fetchstore *s, const char *name, int ms, int *out, bool *waited)
{
	KA_AUTOCLOSE int fd = s->dir >= 0 ? open_lock(s->dir, ka_cachedir_name(name, ".lock").text) : -1;
	int64_t until = ka_clock_boot_ms() + ms;

	*out = -1;
	*waited = false;
	if (fd < 0)
		return KA_FETCHSTORE_LOCKLESS;
	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			return KA_FETCHSTORE_LOCKLESS;
		if (ka_clock_boot_ms() >= until)
			return KA_FETCHSTORE_BUSY;
		*waited = true;
		poll(NULL, 0, KA_FETCH_LOCK_STEP_MS);
	}
	*out = ka_steal_fd(&fd);
	return KA_FETCHSTORE_LOCKED;
}

/* a whole file under the name @fresh, which only one process uses at a time; then the name that is read */
static enum ka_err replace(int dir, const char *name, const char *fresh, struct ka_span bytes, bool sync)
{
	KA_AUTOCLOSE int fd = -1;

	/* what a process that was killed has left, or somebody who is not us */
	if (dir >= 0 && unlinkat(dir, fresh, 0) != 0 && errno != ENOENT)
		return KA_ERR_SYS;
	fd = dir >= 0 ? openat(dir, fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0640) : -1;
	if (fd < 0)
		return KA_ERR_SYS;
	if (ka_fd_write_all(fd, bytes.p, bytes.len) != KA_ERR_OK || (sync && fsync(fd) != 0) || renameat(dir, fresh, dir, name) != 0) {
		int saved = errno;

		unlinkat(dir, fresh, 0);
		errno = saved;
		return KA_ERR_SYS;
	}
	return sync && fsync(dir) != 0 ? KA_ERR_SYS : KA_ERR_OK;
}

enum ka_err ka_fetchstore_put(const struct ka_fetchstore *s, const char *name, struct ka_span entry)
{
	enum ka_err err = replace(s->dir, name, ka_cachedir_name(name, FRESH).text, entry, true);

	if (err == KA_ERR_OK)
		unlinkat(s->dir, ka_cachedir_name(name, ".try").text, 0);
	return err;
}

void ka_fetchstore_remove(const struct ka_fetchstore *s, const char *name)
{
	unlinkat(s->dir, name, 0);
	unlinkat(s->dir, ka_cachedir_name(name, ".try").text, 0);
}

void ka_fetchstore_note(const struct ka_fetchstore *s, const char *name, const struct ka_lasttry *t)
{
	struct ka_cachedir_name to = ka_cachedir_name(name, ".try");
	char line[KA_LASTTRY_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, line);
	ka_lasttry_write(t, &b);
	if (ka_buf_check(&b) != KA_ERR_OK || replace(s->dir, to.text, ka_cachedir_name(to.text, FRESH).text, ka_buf_as_span(&b), false) != KA_ERR_OK)
		return; /* a full disk: the next lookup asks again */
}

static struct ka_cachedir_name breaker_of(unsigned n)
{
	char number[KA_TEXT_U64_MAX];

	ka_text_u64(n, number);
	return ka_cachedir_name("breaker.", number);
}

void ka_fetchstore_breaker(const struct ka_fetchstore *s, unsigned n, struct ka_fetchbreaker *out)
{
	KA_AUTOCLOSE int fd = s->dir >= 0 ? openat(s->dir, breaker_of(n).text, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;
	char text[KA_LASTTRY_MAX];
	size_t len = 0;

	if (fd < 0 || ka_fd_read_all(fd, text, sizeof(text), &len) != KA_ERR_OK)
		len = 0;
	ka_fetchbreaker_parse((struct ka_span){ (const uint8_t *)text, len }, out);
}

void ka_fetchstore_set_breaker(const struct ka_fetchstore *s, unsigned n, const struct ka_fetchbreaker *b)
{
	struct ka_cachedir_name name = breaker_of(n), fresh = ka_cachedir_name(name.text, FRESH ".");
	char line[KA_LASTTRY_MAX], pid[KA_TEXT_U64_MAX];
	struct ka_buf text;

	/* entries of all users share it: its half-written file bears a process's number */
	ka_text_u64((uint64_t)getpid(), pid);
	ka_buf_init_array(&text, line);
	ka_fetchbreaker_write(b, &text);
	if (replace(s->dir, name.text, ka_cachedir_name(fresh.text, pid).text, ka_buf_as_span(&text), false) != KA_ERR_OK)
		return; /* it stays as it was */
}

bool ka_fetchstore_may_ask(const struct ka_fetchstore *s, unsigned n, int64_t now, struct ka_fetchbreaker *out)
{
	KA_AUTOCLOSE int lock = -1;
	bool waited;

	ka_fetchstore_breaker(s, n, out);
	if (out->failures < KA_FETCH_BREAKER_FAILURES)
		return true;
	if (ka_fetchstore_lock(s, breaker_of(n).text, 0, &lock, &waited) == KA_FETCHSTORE_BUSY)
		return false;
	/* as the one who had the lock before has left it */
	ka_fetchstore_breaker(s, n, out);
	if (!ka_fetchbreaker_may(out, now))
		return false;
	if (out->failures == KA_FETCH_BREAKER_FAILURES)
		ka_fetchstore_set_breaker(s, n, out); /* half open: this one request */
	return true;
}

void ka_fetchstore_sweep(const struct ka_fetchstore *s, int64_t before)
{
	int fd = s->dir >= 0 ? openat(s->dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	KA_AUTOCLOSEDIR DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *e;
	struct stat st;

	if (dir == NULL && fd >= 0)
		close(fd);
	while (dir != NULL && (e = readdir(dir)) != NULL)
		if (strstr(e->d_name, FRESH) != NULL && fstatat(s->dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    st.st_mtim.tv_sec < before)
			unlinkat(s->dir, e->d_name, 0);
}
