/* The state files. Where one cannot be made nothing is reported: a sink's failure must not become another one. */
#include "keyaudit/sink/sinkstate.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"

#include "base/poison.h"

static void put_name(const struct ka_sinkstate *s, char *name, size_t size)
{
	struct ka_buf b;

	ka_buf_init(&b, name, size);
	ka_buf_text(&b, "sink-");
	ka_buf_text(&b, s->sink);
	ka_buf_char(&b, '.');
	ka_buf_text(&b, s->writer);
}

bool ka_sinkstate_fails(const struct ka_sinkstate *s)
{
	KA_AUTOCLOSE int fd = -1;
	char name[64];

	put_name(s, name, sizeof(name));
	fd = openat(s->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0 && errno == EEXIST && utimensat(s->dir, name, NULL, AT_SYMLINK_NOFOLLOW) != 0)
		return false; /* another one just removed it: the next failure is news again */
	return fd >= 0;
}

bool ka_sinkstate_works(const struct ka_sinkstate *s)
{
	char name[64];

	put_name(s, name, sizeof(name));
	return unlinkat(s->dir, name, 0) == 0;
}

bool ka_sinkstate_rests(const struct ka_sinkstate *s, unsigned sec)
{
	struct timespec now;
	struct stat st;
	char name[64];

	put_name(s, name, sizeof(name));
	if (fstatat(s->dir, name, &st, AT_SYMLINK_NOFOLLOW) != 0 || clock_gettime(CLOCK_REALTIME, &now) != 0)
		return false;
	/* a clock that was set back does not silence it */
	return st.st_mtim.tv_sec <= now.tv_sec && now.tv_sec - st.st_mtim.tv_sec < (time_t)sec;
}
