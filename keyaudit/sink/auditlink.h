/* The kernel's audit by netlink: the two steps that a test replaces by its own when it is linked. */
#ifndef KA_AUDITLINK_H
#define KA_AUDITLINK_H

#include <stddef.h>
#include <sys/types.h>

/** ka_auditlink_open() - a socket connected to the kernel; -1 with errno. EINVAL, EPROTONOSUPPORT, EAFNOSUPPORT: no audit here */
int ka_auditlink_open(void);

/**
 * ka_auditlink_ask() - send one message and wait for its answer, KA_SINK_AUDIT_MS at most
 *
 * Answers: bytes of the answer; -1 with errno, ETIMEDOUT when none came.
 */
ssize_t ka_auditlink_ask(int fd, const void *message, size_t len, void *answer, size_t size);

#endif
