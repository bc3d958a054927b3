/* The rules of the account itself: lock, dates, shell, nologin. Pure. */
#ifndef KA_DIAG_RULEACCOUNT_H
#define KA_DIAG_RULEACCOUNT_H

#include "diag/facts.h"
#include "diag/primary.h"

/** ka_ruleaccount_unknown() - there is no such user; nothing else can be said of a login then */
void ka_ruleaccount_unknown(struct ka_primary *out);

/** ka_ruleaccount_user() - what sshd judges before it looks at any key: shell, and with UsePAM no lock and expiry */
void ka_ruleaccount_user(const struct ka_facts *f, struct ka_primary *out);

/**
 * ka_ruleaccount_login() - what stops a login whose key was accepted: expiry and nologin by PAM, a password to be changed
 *
 * Called behind the rules of files and command: while no key is accepted, these are secondary.
 */
void ka_ruleaccount_login(const struct ka_facts *f, struct ka_primary *out);

/** ka_ruleaccount_class() - of a cause behind the proof: does it decide, or would it only be next? */
enum ka_class ka_ruleaccount_class(const struct ka_facts *f, const struct ka_primary *out);

#endif
