/*
 * The tools' look at the verdicts. They may be root, in a directory that another uid owns: so it is opened without following a
 * link, and what lies in it is judged on its descriptor. Nothing is changed but by ka_verdictlook_clear().
 */
#include "verdict/verdictlook.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "verdict/verdictrow.h"
#include "verdict/verdicts.h"

#include "base/poison.h"

#define PIECE (4 * KA_VERDICTROW_BUCKET)

static int open_dir(const char *path, struct stat *st)
{
	KA_AUTOCLOSE int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 || fstat(fd, st) != 0)
		return -1;
	if ((st->st_mode & 0022) == 0)
		return ka_steal_fd(&fd);
	errno = EPERM;
	return -1;
}

static void count(const uint8_t *rows, size_t len, struct ka_verdictlook *out)
{
	for (size_t at = 0; at + KA_VERDICTS_ROW <= len; at += KA_VERDICTS_ROW) {
		enum ka_verdictrow_state state = ka_verdictrow_state(rows + at);

		out->kept += state == KA_VERDICTROW_KEPT;
		out->damaged += state == KA_VERDICTROW_DAMAGED;
	}
}

/* from hole to hole, where the file system knows them */
static off_t next_at(int fd, off_t at)
{
	off_t data = lseek(fd, at, SEEK_DATA);

	if (data < 0 && errno == ENXIO)
		return KA_VERDICTS_BYTES;
	return data < at ? at : data - data % KA_VERDICTS_ROW;
}

static enum ka_err read_table(int fd, struct ka_verdictlook *out)
{
	uint8_t piece[PIECE];

	for (off_t at = next_at(fd, 0); at < KA_VERDICTS_BYTES; at = next_at(fd, at + PIECE)) {
		ssize_t got = pread(fd, piece, sizeof(piece), at);

		if (got < 0)
			return KA_ERR_SYS;
		count(piece, (size_t)got, out);
		if (got < (ssize_t)sizeof(piece))
			break;
	}
	return KA_ERR_OK;
}

enum ka_err ka_verdictlook(const char *dir, struct ka_verdictlook *out)
{
	struct stat st;
	KA_AUTOCLOSE int at = open_dir(dir, &st);
	KA_AUTOCLOSE int fd = -1;

	*out = (struct ka_verdictlook){ .state = KA_VERDICTLOOK_NONE };
	if (at < 0)
		return KA_ERR_SYS;
	out->owner = st.st_uid;
	fd = openat(at, KA_VERDICTS_TABLE, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return KA_ERR_OK;
	out->state = KA_VERDICTLOOK_UNUSABLE;
	if (fd < 0)
		return errno == ELOOP || errno == ENXIO ? KA_ERR_OK : KA_ERR_SYS; /* a link, a socket */
	if (!ka_verdicts_is_table(fd, out->owner, &st))
		return KA_ERR_OK;
	out->state = KA_VERDICTLOOK_TABLE;
	return read_table(fd, out);
}

enum ka_err ka_verdictlook_clear(const char *dir, bool *was_there)
{
	struct stat st;
	KA_AUTOCLOSE int at = open_dir(dir, &st);

	*was_there = false;
	if (at < 0)
		return KA_ERR_SYS;
	if (unlinkat(at, KA_VERDICTS_TABLE, 0) != 0)
		return errno == ENOENT ? KA_ERR_OK : KA_ERR_SYS;
	*was_there = true;
	return KA_ERR_OK;
}
