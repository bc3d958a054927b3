/*
 * A client's way to sshd that ends in a TCP reset: forwards between stdin/stdout and sshd, as ssh's ProxyCommand, until the
 * client's first encrypted packet of BYTES or more has gone through, then resets the connection (SO_LINGER 0).
 * usage: rstproxy ADDRESS PORT BYTES [FIFO]   Prints "port N", the client's own port, on stderr.
 *
 * With a FIFO that packet is held back until somebody has opened the FIFO for writing and closed it again.
 * The ssh client must use aes128-gcm@openssh.com (RFC 5647), where the length of an encrypted packet can be read. Of what
 * a client sends before it signs only the offer of a key is longer than 80 bytes.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/fd.h"
#include "base/text.h"

#include "base/poison.h"

enum { MSG_NEWKEYS = 21, TAG_LEN = 16, PACKET_MAX = 256 * 1024 };

/* where in the client's stream we are: its version line, then packets (RFC 4253 4.2, 6) */
struct stream {
	bool is_banner_over, is_encrypted;
	size_t at;     /* bytes of this packet so far */
	uint32_t len;  /* its length field */
	uint8_t type;
};

/* one byte of the client's; true when it ends an encrypted packet of @wanted bytes or more */
static bool take(struct stream *s, uint8_t c, size_t wanted)
{
	bool hit;

	if (!s->is_banner_over) {
		s->is_banner_over = c == '\n';
		return false;
	}
	if (s->at < 4)
		s->len = s->len << 8 | c;
	if (s->at == 5)
		s->type = c;
	s->at++;
	if (s->len > PACKET_MAX)
		_exit(4); /* another cipher */
	if (s->at < 4 + (size_t)s->len + (s->is_encrypted ? TAG_LEN : 0))
		return false;
	hit = s->is_encrypted && s->len >= wanted;
	s->is_encrypted |= s->type == MSG_NEWKEYS;
	*s = (struct stream){ .is_banner_over = true, .is_encrypted = s->is_encrypted };
	return hit;
}

static int reach(const char *address, uint64_t port)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) }, own;
	const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
	socklen_t len = sizeof(own);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	if (fd < 0 || inet_pton(AF_INET, address, &to.sin_addr) != 1 || connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0 ||
	    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once)) < 0 || getsockname(fd, (struct sockaddr *)&own, &len) < 0)
		return -1;
	fprintf(stderr, "port %u\n", (unsigned)ntohs(own.sin_port));
	return fd;
}

static void wait_for(const char *fifo)
{
	int fd = open(fifo, O_RDONLY | O_CLOEXEC);
	char c;

	if (fd < 0)
		_exit(3);
	while (read(fd, &c, 1) > 0)
		;
	close(fd);
}

/* the client's bytes to sshd; ends here when they are the ones */
static bool forward(int fd, struct stream *s, size_t wanted, const char *fifo)
{
	static uint8_t block[16384];
	ssize_t got = read(0, block, sizeof(block));
	bool hit = false;

	for (ssize_t i = 0; i < got; i++)
		hit |= take(s, block[i], wanted);
	if (hit && fifo != NULL)
		wait_for(fifo);
	if (got <= 0 || ka_fd_write_all(fd, block, (size_t)got) != KA_ERR_OK)
		return false;
	if (!hit)
		return true;
	close(fd);
	_exit(0);
}

static bool back(int fd)
{
	static uint8_t block[16384];
	ssize_t got = read(fd, block, sizeof(block));

	return got > 0 && ka_fd_write_all(1, block, (size_t)got) == KA_ERR_OK;
}

int main(int argc, char **argv)
{
	struct stream s = { .is_encrypted = false };
	uint64_t port, wanted;
	int fd;

	if (argc < 4 || argc > 5 || !ka_text_to_u64(ka_span_of(argv[2]), 65535, &port) ||
	    !ka_text_to_u64(ka_span_of(argv[3]), PACKET_MAX, &wanted)) {
		fputs("usage: rstproxy ADDRESS PORT BYTES [FIFO]\n", stderr);
		return 2;
	}
	/* between the packet and the reset nobody may come first; where that is not allowed it is tried without */
	(void)sched_setscheduler(0, SCHED_FIFO, &(const struct sched_param){ .sched_priority = 2 });
	fd = reach(argv[1], port);
	if (fd < 0)
		return 3;
	for (;;) {
		struct pollfd p[2] = { { .fd = 0, .events = POLLIN }, { .fd = fd, .events = POLLIN } };

		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return 3;
		if (p[1].revents != 0 && !back(fd))
			return 1; /* sshd was first */
		if (p[0].revents != 0 && !forward(fd, &s, (size_t)wanted, argv[4]))
			return 1;
	}
}
