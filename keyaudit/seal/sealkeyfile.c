/* The key file. It must never be written in place, and never be read when somebody else could have. */
#include "keyaudit/seal/sealkeyfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <sodium.h>

#include "audit/trailopen.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/limits.h"

#include "base/poison.h"

enum ka_err ka_sealkeyfile_read(const char *path, struct ka_sealkey *k)
{
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	char text[KA_SEALKEY_FILE_MAX];
	struct stat st;
	size_t len = 0;
	enum ka_err err;

	if (fd < 0 || fstat(fd, &st) < 0)
		return KA_ERR_SYS;
	if (!ka_trailopen_is_ours(&st, 0077))
		return ka_trailopen_refused();
	err = ka_fd_read_all(fd, text, sizeof(text), &len);
	if (err == KA_ERR_OK && !ka_sealkey_load((struct ka_span){ (const uint8_t *)text, len }, k))
		err = KA_ERR_SYNTAX;
	sodium_memzero(text, sizeof(text));
	return err;
}

static enum ka_err sync_folder(const char *path)
{
	char folder[KA_CONF_TEXT_MAX];
	const char *slash = strrchr(path, '/');
	KA_AUTOCLOSE int fd = -1;

	if (slash == NULL)
		(void)ka_span_copy(ka_span_of("."), folder, sizeof(folder));
	else if (!ka_span_copy((struct ka_span){ (const uint8_t *)path, (size_t)(slash - path) + 1 }, folder, sizeof(folder)))
		return KA_ERR_LIMIT;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd >= 0 && fsync(fd) == 0 ? KA_ERR_OK : KA_ERR_SYS;
}

static enum ka_err write_temporary(const char *path, const struct ka_sealkey *k)
{
	char text[KA_SEALKEY_FILE_MAX];
	KA_AUTOCLOSE int fd = -1;
	enum ka_err err;
	struct ka_buf b;

	/* what a crash left there may have any mode and owner that root gave it: made anew */
	if (unlink(path) < 0 && errno != ENOENT)
		return KA_ERR_SYS;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return KA_ERR_SYS;
	ka_buf_init_array(&b, text);
	ka_sealkey_save(k, &b);
	err = ka_buf_check(&b);
	if (err == KA_ERR_OK)
		err = ka_fd_write_all(fd, b.p, b.len);
	if (err == KA_ERR_OK && fsync(fd) < 0)
		err = KA_ERR_SYS;
	sodium_memzero(text, sizeof(text));
	return err;
}

enum ka_err ka_sealkeyfile_write(const char *path, const struct ka_sealkey *k)
{
	char temporary[KA_CONF_TEXT_MAX];
	struct ka_buf b;
	enum ka_err err;

	ka_buf_init_array(&b, temporary);
	ka_buf_text(&b, path);
	ka_buf_text(&b, ".new");
	err = ka_buf_check(&b);
	if (err == KA_ERR_OK)
		err = write_temporary(temporary, k);
	if (err == KA_ERR_OK && rename(temporary, path) < 0)
		err = KA_ERR_SYS;
	return err == KA_ERR_OK ? sync_folder(path) : err;
}
