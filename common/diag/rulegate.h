/* The rule of what comes after the proof: pam_keyaudit's enforce. Pure. */
#ifndef KA_DIAG_RULEGATE_H
#define KA_DIAG_RULEGATE_H

#include "diag/facts.h"
#include "diag/primary.h"

/**
 * ka_rulegate_run() - what the gate says about the keys that sshd would accept, or would after something else is mended
 * @out: out->settled says which sshd accepts; called after the rules of files and command
 * @would_login: false afterwards when the gate turns the first accepted key away
 *
 * Of several keys that sshd accepts the first one decides: with it the client is let in or not, and later ones are not tried.
 */
void ka_rulegate_run(const struct ka_facts *facts, struct ka_primary *out, bool *would_login);

#endif
