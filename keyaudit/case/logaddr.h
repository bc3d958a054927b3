/*
 * sshd's log as the last source of a client's address: "Connection from A port P on B
 * port Q", written at LogLevel VERBOSE under the monitor's pid.
 */
#ifndef KA_LOGADDR_H
#define KA_LOGADDR_H

#include <stdbool.h>

#include "conf/conf.h"
#include "keyaudit/case/witness.h"
#include "spool/conn.h"

/**
 * ka_logaddr_find() - ask the configured log for M's address
 * @out:      the addresses; zeroed when the answer is false
 * @verified: set when the answer comes from the journal's trusted fields; a syslog file can be written to by any local user
 *
 * Only what was said between M's start and KA_LOGADDR_LATE_SEC later counts: before and after, other processes have its
 * number. sshd says it once, so a file that says two different things about M says nothing. A file is read from its end, at
 * most KA_LOG_TAIL_MAX; lines whose time cannot be read are left out. A file of `sshd -E` has neither pid nor time and gives
 * nothing.
 */
bool ka_logaddr_find(const struct ka_conf *conf, const struct ka_conn *conn, struct ka_witness *out, bool *verified);

/**
 * ka_logaddr_read() - "Connection from A port P on B port Q", which sshd says of a new connection at LogLevel VERBOSE
 * @out: the addresses; zeroed when the answer is false
 *
 * Answers: false when the message is any other, or has anything before or behind it but a routing domain. Pure.
 */
bool ka_logaddr_read(struct ka_span message, struct ka_witness *out);

#endif
