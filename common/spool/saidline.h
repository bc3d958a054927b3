/*
 * Said records: one line of sshd's log about one connection, as the collector's ear has joined it. Written by root into a
 * directory that only root can enter; what stands behind msg= is a stranger's text all the same.
 *
 *   ka1 said at=US by=journal|syslog|file sure=0|1 msg=
 *
 * at: wall clock of the line; 0 where the log has none. by: which log. sure: 1 when only root can have written it there.
 * The records are what becomes of a line for good: a line may be read and recorded twice, and means the same then.
 */
#ifndef KA_SPOOL_SAIDLINE_H
#define KA_SPOOL_SAIDLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "base/err.h"
#include "base/limits.h"
#include "spool/conn.h"

enum ka_saidline_by { KA_SAIDLINE_JOURNAL, KA_SAIDLINE_SYSLOG, KA_SAIDLINE_FILE };

struct ka_saidline {
	int64_t at_us;
	enum ka_saidline_by by;
	bool is_sure;
	char message[KA_SAID_MESSAGE_MAX + 1];
};

/** ka_saidline_write() - append one record with its newline */
void ka_saidline_write(const struct ka_saidline *l, struct ka_buf *out);

/** ka_saidline_parse() - read one record without its newline; false when it is not exactly one. Any bytes are safe; pure */
bool ka_saidline_parse(struct ka_span line, struct ka_saidline *out);

/**
 * ka_saidline_append() - append a record to the connection's file in @dir (created 0600, O_NOFOLLOW), one write(2)
 *
 * Errors: KA_ERR_LIMIT - it holds all that it may; KA_ERR_SYNTAX - the file is not ours; KA_ERR_SYS - no room, no descriptor:
 *         nothing was left behind, so the line may be recorded later.
 */
KA_MUST_CHECK enum ka_err ka_saidline_append(int dir, const struct ka_conn *conn, const struct ka_saidline *l);

#endif
