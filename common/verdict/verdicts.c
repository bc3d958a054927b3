/* The table of verdicts on disk. Hot path: three system calls and nothing allocated. */
#include "verdict/verdicts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/limits.h"
#include "verdict/verdictrow.h"

#include "base/poison.h"

#define HOW (O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

bool ka_verdicts_is_table(int fd, uid_t owner, struct stat *st)
{
	return fstat(fd, st) == 0 && S_ISREG(st->st_mode) && st->st_uid == owner && (st->st_mode & 0022) == 0 && st->st_nlink == 1;
}

/* a descriptor of our own table, or -1 */
static int judged(int file, struct stat *st)
{
	KA_AUTOCLOSE int fd = file;

	return fd >= 0 && ka_verdicts_is_table(fd, geteuid(), st) ? ka_steal_fd(&fd) : -1;
}

static int open_to_read(const char *dir)
{
	char path[KA_PATH_TRUSTED_MAX];
	struct ka_buf b;
	struct stat st;

	ka_buf_init_array(&b, path);
	ka_buf_text(&b, dir);
	ka_buf_text(&b, "/" KA_VERDICTS_TABLE);
	return ka_buf_check(&b) == KA_ERR_OK ? judged(open(path, O_RDONLY | HOW), &st) : -1;
}

/* the directory, when it is ours alone: a table that root began by hand would be nobody's */
static int open_dir(const char *path)
{
	KA_AUTOCLOSE int fd = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) != 0 || st.st_uid != geteuid() || (st.st_mode & 0022) != 0)
		return -1;
	return ka_steal_fd(&fd);
}

static int open_or_begin(int dir)
{
	int fd = openat(dir, KA_VERDICTS_TABLE, O_RDWR | HOW);

	if (fd < 0 && errno == ENOENT)
		fd = openat(dir, KA_VERDICTS_TABLE, O_RDWR | O_CREAT | O_EXCL | HOW, 0600);
	if (fd < 0 && errno == EEXIST) /* another one was quicker */
		fd = openat(dir, KA_VERDICTS_TABLE, O_RDWR | HOW);
	return fd;
}

/* beyond the process' limit a write would not fail but kill it */
static bool may_write(void)
{
	struct rlimit r;

	return getrlimit(RLIMIT_FSIZE, &r) == 0 && (r.rlim_cur == RLIM_INFINITY || r.rlim_cur >= (rlim_t)KA_VERDICTS_BYTES);
}

/* the table with exactly its size: a hole where it was cut, nothing behind its end */
static int open_to_write(const char *path)
{
	KA_AUTOCLOSE int dir = open_dir(path);
	KA_AUTOCLOSE int fd = -1;
	struct stat st;

	if (dir < 0 || !may_write())
		return -1;
	fd = judged(open_or_begin(dir), &st);
	if (fd < 0 || (st.st_size != KA_VERDICTS_BYTES && ftruncate(fd, KA_VERDICTS_BYTES) != 0))
		return -1;
	return ka_steal_fd(&fd);
}

static off_t bucket_at(const struct ka_verdictkey *key)
{
	return (off_t)(ka_verdictrow_bucket(key) * KA_VERDICTROW_BUCKET);
}

bool ka_verdicts_get(const char *dir, const struct ka_verdictkey *key, struct ka_vetanswer *out)
{
	KA_AUTOCLOSE int fd = open_to_read(dir);
	uint8_t bucket[KA_VERDICTROW_BUCKET];

	*out = (struct ka_vetanswer){ .word = KA_VETANSWER_UNJUDGED, .reason = KA_REASON_NONE };
	return fd >= 0 && pread(fd, bucket, sizeof(bucket), bucket_at(key)) == (ssize_t)sizeof(bucket) &&
	       ka_verdictrow_find(bucket, key, out);
}

bool ka_verdicts_put(const char *dir, const struct ka_verdictkey *key, const struct ka_vetanswer *a)
{
	uint8_t bucket[KA_VERDICTROW_BUCKET], row[KA_VERDICTS_ROW];
	KA_AUTOCLOSE int fd = -1;
	size_t place;

	if (!ka_verdictrow_write(key, a, row))
		return false;
	fd = open_to_write(dir);
	if (fd < 0 || pread(fd, bucket, sizeof(bucket), bucket_at(key)) != (ssize_t)sizeof(bucket))
		return false;
	place = ka_verdictrow_place(bucket, key, (unsigned)ka_clock_boot_us());
	return pwrite(fd, row, sizeof(row), bucket_at(key) + (off_t)(place * KA_VERDICTS_ROW)) == (ssize_t)sizeof(row);
}
