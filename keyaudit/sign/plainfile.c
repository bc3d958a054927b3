/* Files read and written whole. MUST: block on nothing; leave no half file under a name that somebody reads. */
#include "keyaudit/sign/plainfile.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/fd.h"

#include "base/poison.h"

static enum ka_plainfile_answer of_errno(void)
{
	switch (errno) {
	case ENOENT:
	case ENOTDIR:
		return KA_PLAINFILE_ABSENT;
	case EACCES:
	case EPERM:
		return KA_PLAINFILE_CLOSED;
	case ELOOP:
	case ENXIO:
		return KA_PLAINFILE_NO_REGULAR;
	default:
		return KA_PLAINFILE_FAILED;
	}
}

enum ka_plainfile_answer ka_plainfile_read(int dir, const char *name, bool follow, size_t max, char **bytes, size_t *len, struct stat *st)
{
	KA_AUTOCLOSE int fd = openat(dir, name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | (follow ? 0 : O_NOFOLLOW));
	struct stat own;

	*bytes = NULL;
	*len = 0;
	if (fd < 0 || fstat(fd, &own) != 0)
		return of_errno();
	if (st != NULL)
		*st = own;
	if (!S_ISREG(own.st_mode))
		return KA_PLAINFILE_NO_REGULAR;
	switch (ka_fd_slurp(fd, max, bytes, len)) {
	case KA_ERR_OK:
		return KA_PLAINFILE_READ;
	case KA_ERR_LIMIT:
		return KA_PLAINFILE_TOO_LARGE;
	default:
		return KA_PLAINFILE_FAILED;
	}
}

const char *ka_plainfile_text(enum ka_plainfile_answer a)
{
	switch (a) {
	case KA_PLAINFILE_ABSENT:
		return "no such file";
	case KA_PLAINFILE_CLOSED:
		return "permission denied";
	case KA_PLAINFILE_NO_REGULAR:
		return "not a regular file";
	case KA_PLAINFILE_TOO_LARGE:
		return "too large";
	case KA_PLAINFILE_FAILED:
		return "cannot be read";
	case KA_PLAINFILE_READ:
	default:
		return NULL;
	}
}

enum ka_err ka_plainfile_write(int dir, const char *name, struct ka_span bytes, mode_t mode, bool sync)
{
	KA_AUTOCLOSE int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	int saved;

	if (fd < 0)
		return KA_ERR_SYS;
	if (ka_fd_write_all(fd, bytes.p, bytes.len) == KA_ERR_OK && fchmod(fd, mode) == 0 && (!sync || fsync(fd) == 0))
		return KA_ERR_OK;
	saved = errno;
	unlinkat(dir, name, 0);
	errno = saved;
	return KA_ERR_SYS;
}
