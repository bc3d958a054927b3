/*
 * The command's side of the spool: its first act is to create the connection's
 * file, its last to append one record. Nothing here can make a login fail.
 *
 * MUST: write nothing when the parent is not sshd (an admin tries the command by hand), when of the tmpfs
 * less than a quarter is free (of its inodes: no new file stays), or beyond the bounds per key and per connection.
 */
#ifndef KA_SPOOL_ATTEMPT_H
#define KA_SPOOL_ATTEMPT_H

#include <stdbool.h>

#include "reason/reason.h"
#include "spool/conn.h"
#include "spool/record.h"

struct ka_attempt {
	int fd;              /* -1: nothing is written */
	struct ka_conn conn; /* start 0 when /proc hides M */
	pid_t pp;            /* M's parent, 0 when hidden */
	int64_t begin_us;    /* when it was opened, since boot */
	bool by_hand;        /* the parent is not sshd */
	const char *dir;     /* borrowed */
	/* scratch: too large for a stack frame */
	char line[KA_RECORD_MAX + 64];
	struct ka_record old;
	char block[2 * KA_RECORD_MAX];
};

/** ka_attempt_open() - find M, create (or open) its file below @spool_dir; @a is large, allocate it */
void ka_attempt_open(const char *spool_dir, struct ka_attempt *a);

/**
 * ka_attempt_has_said() - does a record of this connection say that this source gave this reason?
 *
 * false when nothing was recorded, or the file cannot be read.
 */
bool ka_attempt_has_said(struct ka_attempt *a, const char *source, enum ka_reason reason);

/**
 * ka_attempt_append() - one write(2), when the bounds allow
 *
 * Fills in at, up, pp, pid and took. Answers: true when a line was written; false means that the caller may say it in
 * the log instead (full spool), unless a->by_hand or the bounds were reached.
 */
bool ka_attempt_append(struct ka_attempt *a, struct ka_record *r);

/**
 * ka_attempt_net_ms() - how long this connection's runs have waited for the network before, as their records say
 *
 * Answers: milliseconds; KA_RECORD_NET_MAX_MS when there were more runs than records are kept of: nobody knows what those
 * waited, and a connection that came so far has waited long enough.
 */
int ka_attempt_net_ms(struct ka_attempt *a);

#endif
