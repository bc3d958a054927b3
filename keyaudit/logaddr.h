/*
 * sshd's log as the last source of a client's address: "Connection from A port P on B
 * port Q", written at LogLevel VERBOSE under the monitor's pid.
 */
#ifndef KA_LOGADDR_H
#define KA_LOGADDR_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/cursor.h"
#include "conf/conf.h"
#include "keyaudit/witness.h"
#include "spool/conn.h"

/** ka_logaddr_message() - read one message of sshd's; strict, from the beginning to the end. Pure */
bool ka_logaddr_message(struct ka_span message, struct ka_witness *out);

/** ka_logaddr_syslog_line() - one line of a syslog file ("... sshd[PID]: MESSAGE"); true when it is M's. Pure */
bool ka_logaddr_syslog_line(struct ka_span line, pid_t m, struct ka_witness *out);

/** ka_logaddr_time() - seconds since 1970 of a line that begins "2026-11-22T10:00:00+00:00" (fractions, Z and other zones too); 0 when it does not. Pure */
int64_t ka_logaddr_time(struct ka_span line);

/**
 * ka_logaddr_find() - ask the configured log for M's address: its first line since M began, where the time can be read
 * @verified: set when the answer comes from the journal's trusted fields; a syslog file can be written to by any local user
 *
 * A file is read from its end, at most 4 MiB; of lines whose time cannot be read the last one counts. A file of `sshd -E` has no pids and gives nothing.
 */
bool ka_logaddr_find(const struct ka_conf *conf, const struct ka_conn *conn, struct ka_witness *out, bool *verified);

#endif
