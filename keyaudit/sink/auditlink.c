/* Netlink. It must never wait without an end. A connected socket hears nobody but the kernel. */
#include "keyaudit/sink/auditlink.h"

#include <errno.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"

#include "base/poison.h"

int ka_auditlink_open(void)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	KA_AUTOCLOSE int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC, NETLINK_AUDIT);

	if (fd < 0 || connect(fd, (const struct sockaddr *)&kernel, sizeof(kernel)) != 0)
		return -1;
	return ka_steal_fd(&fd);
}

ssize_t ka_auditlink_ask(int fd, const void *message, size_t len, void *answer, size_t size)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	int ready;

	if (send(fd, message, len, MSG_NOSIGNAL) != (ssize_t)len)
		return -1;
	do
		ready = poll(&pfd, 1, KA_SINK_AUDIT_MS);
	while (ready < 0 && errno == EINTR);
	if (ready == 0)
		errno = ETIMEDOUT;
	return ready > 0 ? recv(fd, answer, size, 0) : -1;
}
