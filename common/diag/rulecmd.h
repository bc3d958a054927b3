/* The rules of AuthorizedKeysCommand: can sshd run it, and what does the log say of its end. Pure. */
#ifndef KA_DIAG_RULECMD_H
#define KA_DIAG_RULECMD_H

#include "diag/facts.h"
#include "diag/primary.h"

/**
 * ka_rulecmd_reason() - why sshd cannot run its command, in the order in which it looks
 *
 * Answers: KA_REASON_NONE when it can, when there is none, or when nobody could look.
 */
enum ka_reason ka_rulecmd_reason(const struct ka_facts *f);

/** ka_rulecmd_run() - what of the command keeps out keys that no file holds; out->settled says which it served */
void ka_rulecmd_run(const struct ka_facts *f, struct ka_primary *out);

#endif
