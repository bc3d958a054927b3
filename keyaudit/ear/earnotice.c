/* Hints of inotify. Nothing is ever concluded from an event, so none needs to be read. */
#include "keyaudit/ear/earnotice.h"

#include <sys/inotify.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/limits.h"

#include "base/poison.h"

void ka_earnotice_open(struct ka_earnotice *n, const char *dir)
{
	*n = (struct ka_earnotice){ .fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC), .file = -1 };
	if (n->fd >= 0 && inotify_add_watch(n->fd, dir, IN_CREATE | IN_MOVED_TO | IN_ONLYDIR) < 0)
		ka_earnotice_close(n);
}

void ka_earnotice_file(struct ka_earnotice *n, int fd)
{
	char path[64];
	struct ka_buf b;

	if (n->fd < 0)
		return;
	if (n->file >= 0)
		inotify_rm_watch(n->fd, n->file);
	ka_buf_init_array(&b, path);
	ka_buf_text(&b, "/proc/self/fd/");
	ka_buf_i64(&b, fd);
	n->file = fd >= 0 ? inotify_add_watch(n->fd, path, IN_MODIFY) : -1;
}

void ka_earnotice_drain(struct ka_earnotice *n)
{
	char block[2048];

	for (int i = 0; n->fd >= 0 && i < KA_EAR_NOTICE_BLOCKS_MAX && read(n->fd, block, sizeof(block)) > 0; i++)
		continue;
}

void ka_earnotice_close(struct ka_earnotice *n)
{
	if (n->fd >= 0)
		close(n->fd);
	*n = (struct ka_earnotice){ .fd = -1, .file = -1 };
}
