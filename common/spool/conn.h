/*
 * A connection's name: sshd's monitor M and its start time in clock ticks since
 * boot, "4240.8123771". Together with the boot id it is unique for ever. Where
 * /proc is hidden from the writer the start is 0 and the root side fills it in.
 */
#ifndef KA_SPOOL_CONN_H
#define KA_SPOOL_CONN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/cursor.h"
#include "base/limits.h"

struct ka_conn {
	pid_t m;
	uint64_t start;
};

/** ka_conn_name() - "M.START", the name of files and the `keyaudit.connection` of events */
void ka_conn_name(const struct ka_conn *c, char out[static KA_CONN_NAME_MAX]);

/** ka_conn_parse() - read a name back; canonical decimal only ("01.2" and "+1.2" are refused), M > 1 */
bool ka_conn_parse(struct ka_span name, struct ka_conn *out);

/** ka_conn_is_sshd() - the process names that sshd's monitor has: sshd, sshd-session (9.8 and later) */
bool ka_conn_is_sshd(const char *comm);

#endif
