/* Opened, judged on its descriptor, written once. */
#include "spool/ownfile.h"

#include <fcntl.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

#include "base/poison.h"

/* a plain file of our own with room for @more bytes; its length in @size */
static enum ka_err judge(int fd, size_t more, size_t max, off_t *size)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return KA_ERR_SYS;
	if (!S_ISREG(st.st_mode) || st.st_nlink != 1 || st.st_uid != geteuid())
		return KA_ERR_SYNTAX;
	*size = st.st_size;
	return more > max || st.st_size > (off_t)(max - more) ? KA_ERR_LIMIT : KA_ERR_OK;
}

enum ka_err ka_ownfile_append(int dir, const char *name, struct ka_span bytes, size_t max)
{
	const int flags = O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;
	KA_AUTOCLOSE int fd = openat(dir, name, flags);
	bool is_new = false;
	off_t size = 0;
	enum ka_err err;

	if (fd < 0) {
		fd = openat(dir, name, flags | O_CREAT | O_EXCL, 0600);
		is_new = fd >= 0;
	}
	if (fd < 0)
		return KA_ERR_SYS;
	err = judge(fd, bytes.len, max, &size);
	if (err != KA_ERR_OK)
		return err;
	if (write(fd, bytes.p, bytes.len) == (ssize_t)bytes.len)
		return KA_ERR_OK;
	if (is_new)
		unlinkat(dir, name, 0);
	else if (ftruncate(fd, size) < 0)
		return KA_ERR_LIMIT;
	return KA_ERR_SYS;
}
