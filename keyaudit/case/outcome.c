/* The final action. Pure. A query is never called a login, and "served" is never called "refused". */
#include "keyaudit/case/outcome.h"

#include <string.h>

#include "base/err.h"
#include "keyaudit/case/casesaid.h"

#include "base/poison.h"

static const struct ka_offer *last_served(const struct ka_case *c)
{
	const struct ka_offer *served = NULL;

	for (size_t i = 0; i < c->offers_count; i++)
		if (c->offers[i].said == KA_OFFER_SERVED)
			served = &c->offers[i];
	return served;
}

/* the key that a line of the log is about, or @other */
static const struct ka_offer *offer_of(const struct ka_case *c, const struct ka_said *said, const struct ka_offer *other)
{
	struct ka_sshdsay w;

	ka_said_words(said, &w);
	for (size_t i = 0; w.fp.len > 0 && i < c->offers_count; i++)
		if (ka_span_is(w.fp, c->offers[i].fp))
			return &c->offers[i];
	return other;
}

/*
 * Causes by which sshd says that a method has succeeded, and what came of it. Not all of these steps: without PAM an account's
 * expiry is looked at before any method, and "Root login accepted for forced command" goes on.
 */
static const struct tells {
	enum ka_reason reason;
	enum ka_step step;
} tells[] = {
	{ KA_REASON_SIG_INVALID, KA_STEP_SIGNATURE },        { KA_REASON_SIG_NO_TOUCH, KA_STEP_SIGNATURE },
	{ KA_REASON_SIG_NO_VERIFY, KA_STEP_SIGNATURE },      { KA_REASON_SSHD_ROOT_LOGIN_NO, KA_STEP_LOGIN },
	{ KA_REASON_SSHD_MORE_METHODS_NEEDED, KA_STEP_LOGIN }, { KA_REASON_PAM_ACCOUNT_DENIED, KA_STEP_LOGIN },
	{ KA_REASON_ACCOUNT_NOLOGIN, KA_STEP_LOGIN },        { KA_REASON_PAM_SESSION_FAILED, KA_STEP_SESSION },
	{ KA_REASON_SSHD_CHROOT_UNSAFE, KA_STEP_SESSION },
};

/* the last line that tells such a cause; a sure one before any other */
static const struct ka_said *cause_of_step(const struct ka_case *c, enum ka_step step)
{
	const struct ka_said *found = NULL;

	for (size_t i = 0; i < KA_ARRAY_LEN(tells); i++) {
		const struct ka_said *s = tells[i].step == step ? ka_casesaid_of_reason(c, tells[i].reason) : NULL;

		if (s != NULL && (found == NULL || s->is_verified || !found->is_verified))
			found = s;
	}
	return found;
}

/* the log decides: it says so, and how sure that is */
static void by_log(struct ka_outcome *out, const struct ka_said *said)
{
	out->basis = "sshd-log";
	out->is_log_unsure = !said->is_verified;
}

/* no key is known: none was offered, unless the command ran and its word did not get through */
static enum ka_reason why_no_offer(const struct ka_case *c)
{
	if (c->tampered || c->tampered_hidden)
		return KA_REASON_SPOOL_TAMPERED;
	return c->has_attempts_file && c->attempts == 0 ? KA_REASON_INTERNAL_ERROR : KA_REASON_CLIENT_KEY_NOT_OFFERED;
}

static void denied(struct ka_outcome *out, const struct ka_said *said)
{
	out->action = KA_EVENT_LOGIN_DENIED;
	out->reason = said->reason;
	out->needs_diagnosis = true;
	by_log(out, said);
}

/* without PAM sshd looks for /etc/nologin behind the login, in the session's own process */
static const struct ka_said *session_lost(const struct ka_case *c, bool is_accepted)
{
	const struct ka_said *lost = cause_of_step(c, KA_STEP_SESSION);

	return lost == NULL && is_accepted ? ka_casesaid_of_reason(c, KA_REASON_ACCOUNT_NOLOGIN) : lost;
}

/* what a login that worked carries along: sshd asks for a new password before anything else, and without a terminal that was it */
static enum ka_reason note_of(const struct ka_case *c)
{
	const struct ka_said *expired = ka_casesaid_of_reason(c, KA_REASON_ACCOUNT_PASSWORD_EXPIRED);

	return expired != NULL && expired->is_verified ? KA_REASON_ACCOUNT_PASSWORD_EXPIRED : KA_REASON_NONE;
}

/* the session phase of ours, or the log where there is none; what stood behind us in the stack may have failed since */
static bool judge_session(const struct ka_case *c, enum ka_reason denied_by, struct ka_outcome *out)
{
	const struct ka_said *accepted = ka_casesaid_of_kind(c, KA_SSHDSAY_ACCEPTED);
	const struct ka_said *lost = session_lost(c, accepted != NULL);

	if (!c->session && denied_by == KA_REASON_NONE && accepted == NULL && lost == NULL)
		return false;
	out->action = denied_by != KA_REASON_NONE ? KA_EVENT_LOGIN_DENIED : KA_EVENT_LOGIN_ACCEPTED;
	out->phase = "session";
	out->basis = "witnessed";
	out->reason = denied_by;
	out->reached = KA_STEP_SESSION;
	out->key = c->session_key.type[0] != '\0' ? &c->session_key : NULL;
	if (denied_by != KA_REASON_NONE)
		return true;
	if (lost != NULL) {
		denied(out, lost);
		out->reached = ka_reason_step(lost->reason);
		return true;
	}
	out->reason = note_of(c);
	if (!c->session)
		by_log(out, accepted);
	return true;
}

static bool judge_denied(const struct ka_case *c, const struct ka_offer *served, struct ka_outcome *out)
{
	const struct ka_said *said = cause_of_step(c, KA_STEP_LOGIN);

	if (!c->account && said == NULL)
		return false;
	out->action = KA_EVENT_LOGIN_DENIED;
	out->phase = c->account ? "account" : "end";
	out->basis = "inferred";
	out->reason = KA_REASON_PAM_ACCOUNT_DENIED;
	out->reached = KA_STEP_LOGIN;
	out->key = served;
	out->needs_diagnosis = true; /* the account has expired, or it is closed to all: the reason may be found */
	if (said != NULL) {
		denied(out, said);
		out->key = offer_of(c, said, served);
	}
	return true;
}

/* two runs: asked, and asked again with a signature. If then sshd says that this key failed, the signature did */
static bool judge_signature(const struct ka_case *c, const struct ka_offer *served, struct ka_outcome *out)
{
	const struct ka_said *said = cause_of_step(c, KA_STEP_SIGNATURE);
	enum ka_reason reason = said != NULL ? said->reason : KA_REASON_SIG_INVALID;

	if (said == NULL && served->runs >= 2)
		said = ka_casesaid_failed(c, served->fp);
	if (said == NULL)
		return false;
	out->action = KA_EVENT_KEY_REFUSED;
	out->reason = reason;
	out->reached = KA_STEP_SIGNATURE;
	out->key = served;
	out->needs_diagnosis = true;
	by_log(out, said);
	return true;
}

static void judge_served(const struct ka_offer *served, struct ka_outcome *out)
{
	out->action = KA_EVENT_KEY_OFFERED;
	out->basis = "inferred";
	/* one run is the query; a signature would have made a second one */
	out->reason = served->runs == 1 ? KA_REASON_SIG_MISSING : KA_REASON_NONE;
	out->key = served;
	out->needs_diagnosis = true; /* or sshd did not take the line that we served, or the signature was none of that key's */
}

static void judge_refused(const struct ka_case *c, struct ka_outcome *out)
{
	bool log_only = ka_case_is_log_only(c);

	out->action = KA_EVENT_KEY_REFUSED;
	out->basis = log_only ? "sshd-log" : c->offers_count > 0 ? "inspected" : "inferred";
	out->is_log_unsure = log_only && !c->said_sure;
	for (size_t i = 0; i < c->said_count; i++) /* unless the diagnosis knows better */
		if (c->said[i].reason != KA_REASON_NONE && (c->said[i].is_verified || !c->said_sure))
			out->reason = c->said[i].reason;
	if (out->reason == KA_REASON_NONE && c->offers_count == 0)
		out->reason = why_no_offer(c);
	/* a command that was still at it when the monitor ended may have been given no more time */
	out->needs_diagnosis = c->offers_count > 0 || c->said_worth || out->reason == KA_REASON_INTERNAL_ERROR;
}

void ka_outcome_judge(const struct ka_case *c, enum ka_reason denied_by, struct ka_outcome *out)
{
	const struct ka_offer *served = last_served(c);

	memset(out, 0, sizeof(*out));
	out->method = c->method[0] != '\0' ? c->method : c->offers_count > 0 ? "publickey" : NULL;
	/* whoever judged it may have been killed since, or had no answer in time: the module has the last word */
	if (judge_session(c, denied_by != KA_REASON_NONE ? denied_by : c->denied_by, out))
		return;
	out->phase = "end";
	if (judge_denied(c, served, out) || (served != NULL && judge_signature(c, served, out)))
		return;
	if (served != NULL)
		judge_served(served, out);
	else
		judge_refused(c, out);
}
