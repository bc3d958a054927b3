/* A connection without a message. Every failure here is no wait. */
#include "spool/look.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/limits.h"

#include "base/poison.h"

static bool address_of(const char *path, struct sockaddr_un *to)
{
	*to = (struct sockaddr_un){ .sun_family = AF_UNIX };
	return ka_span_copy(ka_span_of(path), to->sun_path, sizeof(to->sun_path));
}

static int open_socket(void)
{
	return socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

void ka_look_wait(const char *path, int ms)
{
	KA_AUTOCLOSE int fd = -1;
	struct sockaddr_un to;
	struct stat st;
	struct pollfd closed = { .events = POLLIN };

	if (fstatat(AT_FDCWD, path, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return; /* no collector: known for a tenth of what a socket costs */
	fd = closed.fd = open_socket();
	/* a full queue (EAGAIN) means that many wait already: one more would only hold sshd up */
	if (fd < 0 || !address_of(path, &to) || connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0)
		return;
	poll(&closed, 1, ms);
}

int ka_look_listen(int dir)
{
	KA_AUTOCLOSE int fd = open_socket();
	char path[64];
	struct sockaddr_un at;
	struct ka_buf b;

	ka_buf_init_array(&b, path);
	ka_buf_text(&b, "/proc/self/fd/");
	ka_buf_i64(&b, dir);
	ka_buf_text(&b, "/" KA_LOOK_NAME);
	if (fd < 0 || ka_buf_check(&b) != KA_ERR_OK || !address_of(path, &at))
		return -1;
	unlinkat(dir, KA_LOOK_NAME, 0);
	if (bind(fd, (const struct sockaddr *)&at, sizeof(at)) != 0)
		return -1;
	/* the folder says who may come here; the mode of the socket must not say it again with the umask's words */
	if (fchmodat(dir, KA_LOOK_NAME, 0666, 0) != 0 || listen(fd, KA_LOOK_BACKLOG) != 0)
		return -1;
	return ka_steal_fd(&fd);
}
