/*
 * sshd's log as the last source of a client's address: "Connection from A port P on B port Q", written at LogLevel VERBOSE
 * under the monitor's pid.
 */
#ifndef KA_LOGPEER_H
#define KA_LOGPEER_H

#include <stdbool.h>

#include "base/cursor.h"
#include "keyaudit/case/witness.h"

/**
 * ka_logpeer_read() - "Connection from A port P on B port Q", which sshd says of a new connection at LogLevel VERBOSE
 * @out: the addresses; zeroed when the answer is false
 *
 * Answers: false when the message is any other, or has anything before or behind it but a routing domain. Pure.
 */
bool ka_logpeer_read(struct ka_span message, struct ka_witness *out);

#endif
