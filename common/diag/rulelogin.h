/* The rules behind the signature: root, further methods, and the ChrootDirectory. Pure. */
#ifndef KA_DIAG_RULELOGIN_H
#define KA_DIAG_RULELOGIN_H

#include "diag/facts.h"
#include "diag/primary.h"

/**
 * ka_rulelogin_run() - what keeps out who has come that far
 * @out: out->settled says which keys sshd accepts; called after the rules of files and command
 * @would_login: false afterwards when no accepted key may log in
 *
 * For a key that does not come as far it is the next thing to mend, and no cause.
 */
void ka_rulelogin_run(const struct ka_facts *f, struct ka_primary *out, bool *would_login);

/**
 * ka_rulelogin_said() - a key of a file that nobody was asked about: that only a forced command was missing says the log, and the
 * configuration what sshd wants
 */
void ka_rulelogin_said(const struct ka_facts *f, struct ka_primary *out);

#endif
