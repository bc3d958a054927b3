/*
 * `enforce`: may the key that logged in stay in? Closes the gap that keys from
 * AuthorizedKeysFile never pass the command. A gate: what cannot be judged is refused.
 */
#ifndef KA_GATE_H
#define KA_GATE_H

#include "keyaudit/case/case.h"
#include "keyaudit/case/caseevent.h"

struct ka_gate {
	enum ka_reason denied_by; /* KA_REASON_NONE: may stay */
	bool is_fault;            /* denied because it could not be judged (enforce=soft lets that pass) */
};

/**
 * ka_gate_judge() - judge every publickey of the session by the policy, a certificate by its subject key
 *
 * The policy is [policy] and the user's profile of user_profiles. Of sources and of -P nothing counts: sshd says which key it was,
 * and not where it stood or which words a Match block gave the command.
 *
 * No publickey among the methods, or a user in [policy] enforce_exempt: may stay. A broken configuration, an
 * SSH_AUTH_INFO_0 that is missing or too long, a key that cannot be read: refused.
 */
void ka_gate_judge(const struct ka_writer *w, const struct ka_case *c, struct ka_gate *out);

#endif
