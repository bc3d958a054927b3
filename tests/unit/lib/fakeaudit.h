/*
 * An audit of the test's own in place of keyaudit/sink/auditlink.c: a test program that includes this defines its functions, so that
 * the linker takes nothing of the real one, and the kernel hears nothing. Included once by each test program.
 */
#ifndef KA_TESTS_FAKEAUDIT_H
#define KA_TESTS_FAKEAUDIT_H

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <string.h>

#include "keyaudit/sink/auditlink.h"

static struct {
	int open_errno;        /* 0: it opens */
	int answer;            /* of the kernel: 0, or -errno */
	ssize_t cut;           /* bytes of the answer; 0: all of it */
	unsigned type, flags;  /* of the last message */
	char text[2048];       /* of the last message; "" none */
	unsigned asked;
} fakeaudit;

int ka_auditlink_open(void)
{
	errno = fakeaudit.open_errno;
	return fakeaudit.open_errno != 0 ? -1 : open("/dev/null", O_RDONLY | O_CLOEXEC);
}

ssize_t ka_auditlink_ask(int fd, const void *message, size_t len, void *answer, size_t size)
{
	struct { struct nlmsghdr h; struct nlmsgerr e; } a = { .h = { .nlmsg_type = NLMSG_ERROR }, .e = { .error = fakeaudit.answer } };
	struct nlmsghdr h;

	(void)fd;
	memcpy(&h, message, sizeof(h));
	fakeaudit.asked++;
	fakeaudit.type = h.nlmsg_type;
	fakeaudit.flags = h.nlmsg_flags;
	memset(fakeaudit.text, 0, sizeof(fakeaudit.text));
	memcpy(fakeaudit.text, (const char *)message + NLMSG_HDRLEN, len - NLMSG_HDRLEN);
	if (h.nlmsg_len != len || size < sizeof(a))
		return -1;
	memcpy(answer, &a, sizeof(a));
	return fakeaudit.cut != 0 ? fakeaudit.cut : (ssize_t)sizeof(a);
}

#endif
