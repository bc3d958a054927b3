/* What came of a connection: the one final action, decided from its case. Pure. */
#ifndef KA_OUTCOME_H
#define KA_OUTCOME_H

#include "audit/event.h"
#include "keyaudit/case/case.h"

struct ka_outcome {
	enum ka_action_event action;
	const char *phase;  /* where it was decided: auth account session end */
	const char *basis;  /* witnessed inspected inferred */
	const char *method;
	enum ka_reason reason;      /* known without a diagnosis, else KA_REASON_NONE */
	bool needs_diagnosis;
	const struct ka_offer *key; /* the key that logged in or was served; may be NULL */
};

/**
 * ka_outcome_judge() - in this order: a session opened -> accepted (denied when @denied_by or the module's record says
 * that `enforce` refused it); the account phase was the last word -> denied; a key was served -> offered, because a query proves
 * nothing; else refused
 */
void ka_outcome_judge(const struct ka_case *c, enum ka_reason denied_by, struct ka_outcome *out);

#endif
