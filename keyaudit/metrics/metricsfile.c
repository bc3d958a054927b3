/* The temporary has one name: who calls holds the lock of the counters, and what a killed one left is taken away. */
#include "keyaudit/metrics/metricsfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/limits.h"

#include "base/poison.h"

static enum ka_err write_new(const char *name, struct ka_span text, mode_t mode)
{
	KA_AUTOCLOSE int fd = -1;

	if (unlink(name) != 0 && errno != ENOENT)
		return KA_ERR_SYS;
	fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 || ka_fd_write_all(fd, text.p, text.len) != KA_ERR_OK || fchmod(fd, mode) != 0 || fdatasync(fd) != 0)
		return KA_ERR_SYS;
	return KA_ERR_OK;
}

enum ka_err ka_metricsfile_put(const char *path, struct ka_span text, mode_t mode)
{
	char name[KA_PATH_TRUSTED_MAX];
	struct ka_buf b;
	enum ka_err err;

	ka_buf_init_array(&b, name);
	ka_buf_text(&b, path);
	ka_buf_text(&b, ".keyaudit-new"); /* no collector takes a file with this end */
	err = ka_buf_check(&b);
	if (err == KA_ERR_OK)
		err = write_new(name, text, mode);
	if (err == KA_ERR_OK && rename(name, path) != 0)
		err = KA_ERR_SYS;
	if (err == KA_ERR_SYS) {
		int e = errno;

		(void)unlink(name);
		errno = e;
	}
	return err;
}
