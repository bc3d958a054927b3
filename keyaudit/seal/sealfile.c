/* The file of the seals. It only ever grows; a torn line is ended and stays. */
#include "keyaudit/seal/sealfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "audit/trailopen.h"
#include "base/cleanup.h"
#include "base/fd.h"
#include "base/limits.h"

#include "base/poison.h"

/* A new one belongs to those who may read the trail: the folder's group. */
static enum ka_err settle(int dirfd, int fd)
{
	struct stat dir;

	if (fstat(dirfd, &dir) < 0 || (fchown(fd, (uid_t)-1, dir.st_gid) < 0 && errno != EPERM) || fchmod(fd, 0640) < 0)
		return KA_ERR_SYS;
	return fsync(dirfd) == 0 ? KA_ERR_OK : KA_ERR_SYS; /* the name, before the first seal */
}

static enum ka_err read_last(struct ka_sealfile *f, off_t size)
{
	KA_AUTOFREE char *tail = malloc(KA_SEAL_TAIL_MAX);
	ssize_t got;
	struct ka_cursor c;
	struct ka_span line;
	bool ended = true;

	if (tail == NULL)
		return KA_ERR_NOMEM;
	got = pread(f->fd, tail, KA_SEAL_TAIL_MAX, size > KA_SEAL_TAIL_MAX ? size - KA_SEAL_TAIL_MAX : 0);
	if (got < 0)
		return KA_ERR_SYS;
	ka_cursor_init(&c, tail, (size_t)got);
	while (ka_cursor_line(&c, &line, &ended)) {
		struct ka_seal s;

		if (ka_sealline_parse(line, &s))
			f->last = s;
	}
	f->is_torn = !ended;
	return KA_ERR_OK;
}

enum ka_err ka_sealfile_open(const char *path, struct ka_sealfile *f)
{
	KA_AUTOCLOSE int dirfd = -1, fd = -1;
	const char *name = NULL;
	struct stat st;
	enum ka_err err = ka_trailopen_folder(path, &name, &dirfd);

	memset(f, 0, sizeof(*f));
	f->fd = -1;
	if (err != KA_ERR_OK)
		return err;
	fd = openat(dirfd, name, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
	if (fd < 0 || fstat(fd, &st) < 0)
		return KA_ERR_SYS;
	if (!ka_trailopen_is_ours(&st, 0022))
		return ka_trailopen_refused();
	err = st.st_size == 0 ? settle(dirfd, fd) : KA_ERR_OK;
	if (err != KA_ERR_OK)
		return err;
	f->fd = ka_steal_fd(&fd);
	err = read_last(f, st.st_size);
	if (err != KA_ERR_OK)
		ka_sealfile_close(f);
	return err;
}

enum ka_err ka_sealfile_append(struct ka_sealfile *f, struct ka_span line)
{
	char text[KA_SEAL_LINE_MAX + 1];
	struct ka_buf b;
	enum ka_err err;

	ka_buf_init_array(&b, text);
	ka_buf_text(&b, f->is_torn ? "\n" : "");
	ka_buf_span(&b, line);
	err = ka_buf_check(&b);
	if (err == KA_ERR_OK)
		err = ka_fd_write_all(f->fd, b.p, b.len);
	return err == KA_ERR_OK && fsync(f->fd) < 0 ? KA_ERR_SYS : err;
}

void ka_sealfile_close(struct ka_sealfile *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}
