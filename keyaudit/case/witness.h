/*
 * Root's own look at sshd's monitor while it lives: is it sshd at all, and who is
 * at the other end of its socket? What was seen is written down: witnessnote.h.
 */
#ifndef KA_WITNESS_H
#define KA_WITNESS_H

#include <stdbool.h>

#include "spool/conn.h"

enum ka_witness_answer {
	KA_WITNESS_SSHD,     /* alive, uid 0, executable sshd or sshd-session, and the monitor of a connection */
	KA_WITNESS_GONE,     /* no such process any more */
	KA_WITNESS_IMPOSTOR, /* alive, and no monitor: not sshd, or the listener, `sshd -T`, a child of a monitor */
	KA_WITNESS_UNKNOWN,  /* we lacked a descriptor or memory for the look: look again later */
};

struct ka_witness {
	bool seen;
	char client[64], server[64]; /* addresses, "" when unknown */
	unsigned client_port, server_port;
};

/**
 * ka_witness_look() - look at M
 * @conn: a start of 0 (hidden from the writer) is filled in
 * @pidfd: set to a pidfd of M when the answer is KA_WITNESS_SSHD (owned by the caller), else -1; may be NULL
 *
 * A monitor whose peer has reset the connection is seen without an address; who listens, or shares the connection with
 * an sshd above it, is an impostor.
 */
enum ka_witness_answer ka_witness_look(struct ka_conn *conn, struct ka_witness *w, int *pidfd);

/** ka_witness_has_ended() - no process of this number and start runs any more; one that waits to be reaped has ended */
bool ka_witness_has_ended(const struct ka_conn *conn);

#endif
