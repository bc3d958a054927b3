/* What sshd's log said of a connection, in its case: read from said/M.START, which only root writes. */
#ifndef KA_CASESAID_H
#define KA_CASESAID_H

#include <stdbool.h>
#include <stdint.h>

#include "keyaudit/case/case.h"
#include "keyaudit/case/rundir.h"

/* the file at a glance, for whoever waits for the end of a connection */
struct ka_casesaid_glance {
	bool is_sure;          /* one of its lines only root can have written */
	bool is_closed;        /* its closing line is there: sshd has no more to say before a login, or of a session */
	int64_t closed_us;
	bool is_accepted, is_accepted_sure;
	int64_t accepted_us;
	bool is_session_lost;  /* sshd let them in, and the session did not come about */
};

/** ka_casesaid_look() - false when there is no such file */
bool ka_casesaid_look(const struct ka_rundir *r, const struct ka_conn *conn, struct ka_casesaid_glance *out);

/** ka_casesaid_heard() - from here on it is worth to wait for the log: it has had a line of sshd */
void ka_casesaid_heard(const struct ka_rundir *r);

/** ka_casesaid_is_heard() - a log is configured, and has had a line of sshd since this machine has started */
bool ka_casesaid_is_heard(const struct ka_rundir *r, const struct ka_conf *conf);

/**
 * ka_casesaid_is_worth() - does the message tell anything of a connection: a line that sshdsay.h knows, where it came from, or
 * that its session is over? Pure
 */
bool ka_casesaid_is_worth(struct ka_span message);

/** ka_casesaid_begins() - may a connection that nothing else speaks of begin with it? Not with where it came from or its end alone. Pure */
bool ka_casesaid_begins(struct ka_span message);

/** ka_casesaid_lines() - add the lines of such a file to the case; what was recorded twice counts once. Pure */
void ka_casesaid_lines(struct ka_case *c, struct ka_span text);

/** ka_casesaid_read() - the same from said/ */
KA_MUST_CHECK enum ka_err ka_casesaid_read(const struct ka_rundir *r, struct ka_case *c);

/** ka_casesaid_settle() - when all is read: user and keys that only the log names, and the key that it says has logged in. Pure */
void ka_casesaid_settle(struct ka_case *c);

/** ka_casesaid_of_kind(), ka_casesaid_of_reason() - the last line of that sort, a sure one before any other; or NULL. Pure */
const struct ka_said *ka_casesaid_of_kind(const struct ka_case *c, enum ka_sshdsay_kind kind);
const struct ka_said *ka_casesaid_of_reason(const struct ka_case *c, enum ka_reason reason);

/** ka_casesaid_failed() - a line says that a method failed with the key @fp. Pure */
const struct ka_said *ka_casesaid_failed(const struct ka_case *c, const char *fp);

#endif
