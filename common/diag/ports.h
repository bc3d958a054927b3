/* The TCP ports that something listens on in our network namespace, and which of them a process holds. */
#ifndef KA_DIAG_PORTS_H
#define KA_DIAG_PORTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/cursor.h"
#include "base/limits.h"

struct ka_port {
	unsigned number;
	uint64_t inode;   /* of the socket */
	bool is_sshds;    /* sshd's listener holds it */
};

struct ka_ports {
	bool is_known;    /* the tables could be read to their end */
	size_t count;
	struct ka_port ports[KA_PORTS_MAX];
};

/**
 * ka_ports_line() - one line of /proc/net/tcp or tcp6
 *
 * Answers: false when it is no listening socket: the kernel writes those first, so it is the end of them.
 * Safe: pure; any bytes. Source: Documentation/networking/proc_net_tcp.
 */
bool ka_ports_line(struct ka_span line, struct ka_port *out);

/** ka_ports_look() - read the tables; mark what @listener holds (root only; 0: nobody) */
void ka_ports_look(pid_t listener, struct ka_ports *out);

/** ka_ports_has() - does anything, or with @sshds only sshd, listen on @number? */
bool ka_ports_has(const struct ka_ports *p, unsigned number, bool sshds);

#endif
