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


struct ka_peer_sockets {
	bool is_known; /* false: the process has gone, or there was no descriptor to be had for the look */
	size_t count;
	uint64_t inode[KA_PEER_SOCKETS_MAX];
};

struct ka_peer {
	uint64_t inode;
	char client[64], server[64];
	unsigned client_port, server_port;
};

enum ka_peer_answer {
	KA_PEER_NONE,    /* no TCP connection (any more): the other end may have reset it */
	KA_PEER_FOUND,
	KA_PEER_LISTENS, /* it owns a listening socket, whatever else it has */
};

/** ka_peer_list() - the sockets among the first descriptors of @pid */
void ka_peer_list(pid_t pid, struct ka_peer_sockets *s);

/** ka_peer_has() - whether @inode is one of them. Pure */
bool ka_peer_has(const struct ka_peer_sockets *s, uint64_t inode);

/**
 * ka_peer_find() - look them up in the tables of @pid's network, however long these are; @out is zeroed unless found
 *
 * The first table that has one of them decides: a connection stands in that of the socket which took it.
 */
enum ka_peer_answer ka_peer_find(pid_t pid, const struct ka_peer_sockets *s, struct ka_peer *out);

/** ka_peer_line() - one line of such a table; @out is left alone unless the answer is KA_PEER_FOUND. Pure */
enum ka_peer_answer ka_peer_line(struct ka_span line, const struct ka_peer_sockets *s, struct ka_peer *out);

/** ka_peer_endpoint() - "0100007F:08AE" of /proc/net/tcp, 32-bit words in host order; IPv4 in IPv6 becomes IPv4. Pure */
bool ka_peer_endpoint(struct ka_span word, char address[static 64], unsigned *port);

#endif
