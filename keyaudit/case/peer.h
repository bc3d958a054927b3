/*
 * The sockets of a process, and what the kernel's tables say about them: does it listen, and who is at the other end
 * of its connection? Root only; takes no descriptor of the connection.
 */
#ifndef KA_PEER_H
#define KA_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/cursor.h"
#include "base/limits.h"


enum ka_peer_table {
	KA_PEER_TCP = 1,  /* /proc/PID/net/tcp */
	KA_PEER_TCP6 = 2, /* tcp6, where IPv4 at a socket of IPv6 stands as well */
};

struct ka_peer_sockets {
	bool is_known; /* false: the process has gone, or there was no descriptor to be had for the look */
	unsigned tables; /* enum ka_peer_table, or-ed: those in which one of them can stand */
	size_t count;
	uint64_t inode[KA_PEER_SOCKETS_MAX]; /* the lowest descriptor first */
};

struct ka_peer {
	uint64_t inode;
	char client[64], server[64];
	unsigned client_port, server_port;
};

enum ka_peer_answer {
	KA_PEER_NONE,    /* no TCP connection (any more): the other end may have reset it */
	KA_PEER_FOUND,
	KA_PEER_LISTENS, /* its first socket listens, whatever else it has */
};

/** ka_peer_list() - the sockets among the first descriptors of @pid */
void ka_peer_list(pid_t pid, struct ka_peer_sockets *s);

/** ka_peer_has() - whether @inode is one of them. Pure */
bool ka_peer_has(const struct ka_peer_sockets *s, uint64_t inode);

/**
 * ka_peer_find() - look them up in the tables of @pid's network, however long these are; @out is zeroed unless found
 *
 * Of several sockets the one with the lowest descriptor decides. The listener has had its sockets before any connection; a
 * monitor has had its connection before the directory that a PAM module asks, and before the ports that root's own session forwards
 * or listens on. A table in which none of them can stand is not read: the kernel walks some hundred thousand places for each, a
 * fifth of what an event costs.
 */
enum ka_peer_answer ka_peer_find(pid_t pid, const struct ka_peer_sockets *s, struct ka_peer *out);

/** ka_peer_line() - one line of such a table; of a listener @out has the inode alone, and it is left alone for KA_PEER_NONE. Pure */
enum ka_peer_answer ka_peer_line(struct ka_span line, const struct ka_peer_sockets *s, struct ka_peer *out);

/** ka_peer_endpoint() - "0100007F:08AE" of /proc/net/tcp, 32-bit words in host order; IPv4 in IPv6 becomes IPv4. Pure */
bool ka_peer_endpoint(struct ka_span word, char address[static 64], unsigned *port);

#endif
