/* The final action. Pure. A query is never called a login, and "served" is never called "refused". */
#include "keyaudit/case/outcome.h"

#include <string.h>

#include "base/poison.h"

static const struct ka_offer *last_served(const struct ka_case *c)
{
	const struct ka_offer *served = NULL;

	for (size_t i = 0; i < c->offers_count; i++)
		if (c->offers[i].said == KA_OFFER_SERVED)
			served = &c->offers[i];
	return served;
}

/* no key is known: none was offered, unless the command ran and its word did not get through */
static enum ka_reason why_no_offer(const struct ka_case *c)
{
	if (c->tampered || c->tampered_hidden)
		return KA_REASON_SPOOL_TAMPERED;
	return c->has_attempts_file && c->attempts == 0 ? KA_REASON_INTERNAL_ERROR : KA_REASON_CLIENT_KEY_NOT_OFFERED;
}

void ka_outcome_judge(const struct ka_case *c, enum ka_reason denied_by, struct ka_outcome *out)
{
	const struct ka_offer *served = last_served(c);

	memset(out, 0, sizeof(*out));
	out->method = c->method[0] != '\0' ? c->method : c->offers_count > 0 ? "publickey" : NULL;
	/* whoever judged it may have been killed since, or had no answer in time: the module has the last word */
	if (denied_by == KA_REASON_NONE)
		denied_by = c->denied_by;
	if (c->session || denied_by != KA_REASON_NONE) {
		out->action = denied_by != KA_REASON_NONE ? KA_EVENT_LOGIN_DENIED : KA_EVENT_LOGIN_ACCEPTED;
		out->phase = "session";
		out->basis = "witnessed";
		out->reason = denied_by;
		out->key = c->session_key.type[0] != '\0' ? &c->session_key : NULL;
		return;
	}
	out->phase = "end";
	if (c->account) {
		out->action = KA_EVENT_LOGIN_DENIED;
		out->phase = "account";
		out->basis = "inferred";
		out->reason = KA_REASON_PAM_ACCOUNT_DENIED;
		out->key = served;
		return;
	}
	if (served != NULL) {
		out->action = KA_EVENT_KEY_OFFERED;
		out->basis = "inferred";
		/* one run is the query; a signature would have made a second one */
		out->reason = served->runs == 1 ? KA_REASON_SIG_MISSING : KA_REASON_NONE;
		out->key = served;
		out->needs_diagnosis = served->runs == 1; /* or sshd did not take the line that we served */
		return;
	}
	out->action = KA_EVENT_KEY_REFUSED;
	out->basis = c->offers_count > 0 ? "inspected" : "inferred";
	out->reason = c->offers_count > 0 ? KA_REASON_NONE : why_no_offer(c);
	out->needs_diagnosis = c->offers_count > 0;
}
