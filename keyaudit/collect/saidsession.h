/*
 * Whose session is it, of which a process spoke that is gone? pam_open_session() is the monitor's own, but ChrootDirectory fails in
 * a child of it that ends at once, and its number says nothing any more.
 */
#ifndef KA_SAIDSESSION_H
#define KA_SAIDSESSION_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/cursor.h"
#include "keyaudit/case/rundir.h"
#include "spool/conn.h"

struct ka_saidsession_query {
	int64_t at_us;       /* wall clock of the line */
	bool is_without_pam; /* nobody left a phase record: those that the log says were let in */
	struct ka_span user; /* whom the line names; empty: nobody */
	gid_t gid;           /* of the process that spoke, by the journal; 0: not known, or it had not taken the user's group yet */
};

/**
 * ka_saidsession_find() - the one session that it can be
 *
 * One that began within KA_SAID_GRAIN_SEC of the line, has no event yet and whose last line was not read yet: the log has its
 * lines in their order. sshd takes the user's primary group before it goes to ChrootDirectory, so where the group is known the
 * user must have it.
 *
 * Answers: false when it can be none, or more than one: nothing is guessed. Source: session.c do_setusercontext().
 */
bool ka_saidsession_find(const struct ka_rundir *r, const struct ka_saidsession_query *q, struct ka_conn *out);

#endif
