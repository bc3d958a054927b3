/* What came of a connection: the one final action, decided from its case. Pure. */
#ifndef KA_OUTCOME_H
#define KA_OUTCOME_H

#include "audit/event.h"
#include "keyaudit/case/case.h"

struct ka_outcome {
	enum ka_action_event action;
	const char *phase;  /* where it was decided: auth account session end */
	const char *basis;  /* witnessed inspected inferred sshd-log */
	const char *method;
	enum ka_reason reason;      /* known without a diagnosis, else KA_REASON_NONE */
	bool needs_diagnosis;
	enum ka_step reached;       /* as far as sshd is known to have come */
	bool is_log_unsure;         /* decided by a line that any local user can have written */
	const struct ka_offer *key; /* the key that logged in or was served; may be NULL */
};

/**
 * ka_outcome_judge() - in this order: a session opened, by PAM or else by sshd's log -> accepted (denied when @denied_by or the
 * module's record says that `enforce` refused it, or the log that the session failed behind us); the account phase was the last
 * word, or the log says that a method succeeded in vain -> denied; a signature failed -> refused; a key was served -> offered,
 * because a query proves nothing; else refused
 */
void ka_outcome_judge(const struct ka_case *c, enum ka_reason denied_by, struct ka_outcome *out);

#endif
