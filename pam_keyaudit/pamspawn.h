/*
 * Starting the recorder and waiting for its answer. One child, reaped by its pid,
 * never longer than the deadline; the program that sshd is does not notice.
 */
#ifndef KA_PAM_PAMSPAWN_H
#define KA_PAM_PAMSPAWN_H

#include <stdbool.h>

#include "pam_keyaudit/pamanswer.h"
#include "pam_keyaudit/pamargs.h"
#include "spool/conn.h"
#include "spool/phase.h"

enum ka_pamspawn_result {
	KA_PAMSPAWN_OK,      /* the answer is set */
	KA_PAMSPAWN_SYS,     /* no pipe, no process; errno */
	KA_PAMSPAWN_MISSING, /* it could not be executed */
	KA_PAMSPAWN_TIMEOUT, /* no answer by the deadline; it was killed with its process group */
	KA_PAMSPAWN_FAILED,  /* it ended without an answer, or badly */
	KA_PAMSPAWN_GARBAGE, /* what it said is not an answer */
};

/** ka_pamspawn_text() - the result in a few words for the log */
const char *ka_pamspawn_text(enum ka_pamspawn_result r);

/**
 * ka_pamspawn_record() - run @program record --connection M.START --phase P [--enforce|--enforce=soft]
 * @program: absolute path
 * @answer:  set on KA_PAMSPAWN_OK, zeroed otherwise
 *
 * Shape: no shell; stdin and stderr are /dev/null, stdout is ours; default signals, no other descriptor, a fixed
 *        environment, cwd /, a session of its own. Signals are blocked here only between fork and its return.
 *        Where the application ignores SIGCHLD the exit status is unknown, and the answer alone counts.
 */
enum ka_pamspawn_result ka_pamspawn_record(const char *program, const struct ka_conn *conn, enum ka_phase phase,
					   const struct ka_pamargs *args, struct ka_pamanswer *answer);

#endif
