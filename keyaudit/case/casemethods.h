/* Which methods of authentication the client of a connection has tried, as far as a witness knows. */
#ifndef KA_CASEMETHODS_H
#define KA_CASEMETHODS_H

#include "keyaudit/case/case.h"

/**
 * ka_casemethods() - a set of enum ka_eventmethod
 *
 * Witnesses: the command's records and the keys that sshd named (publickey); SSH_AUTH_INFO_0 of the session, which names every
 * method that succeeded; PAM's auth phase, which sshd runs in its monitor for a password and in a fork of it for
 * keyboard-interactive; sshd's log. Lines that any local user can write count only where nobody better spoke. Pure.
 */
unsigned ka_casemethods(const struct ka_case *c);

#endif
