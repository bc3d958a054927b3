/* The client's address of a case, and whose word it is. */
#ifndef KA_CASEADDR_H
#define KA_CASEADDR_H

#include "keyaudit/case/caseevent.h"

/**
 * ka_caseaddr_fill() - from M's socket, PAM, %C, sshd's log, in this order
 * @e: trust is set already; an address of %C marks it is_unvouched, one of a log file log-unverified
 */
void ka_caseaddr_fill(const struct ka_case *c, struct ka_event *e);

#endif
