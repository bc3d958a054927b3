/* Certificates in a run of the command. It must never print a line for one that was not judged to its end. */
#include "authkeys-cmd/cmdcert.h"

#include "base/zone.h"
#include "vet/vetconf.h"

#include "base/poison.h"

bool ka_cmdcert_begin(struct ka_cmdserve *s)
{
	struct ka_certjudge *c = s->certjudge;

	if (!s->args->has_key || !s->policy->certificates || !ka_certjudge_init(c, s->offered, s->args->user))
		return true;
	s->is_cert = true;
	if (c->reason == KA_REASON_NONE && c->ca_text[0] != '\0') {
		s->needle = c->ca_text;
		return true;
	}
	ka_cmdserve_note(s, c->reason != KA_REASON_NONE ? c->reason : KA_REASON_CERT_MALFORMED);
	return false;
}

void ka_cmdcert_line(struct ka_cmdserve *s)
{
	ka_certjudge_line(s->certjudge, s->judge, &s->line, s->in_force, &s->when, &s->vet);
}

bool ka_cmdcert_trusted(struct ka_cmdserve *s)
{
	const struct ka_vetconf_who who = { NULL, s->args->user, s->args->profile };

	s->when.local_offset_sec = ka_zone_offset_sec(s->when.now_sec); /* a forced expiry-time may want it */
	s->in_force = ka_vetconf_policy(s->conf, &who, s->policy, &s->store->policy);
	ka_certjudge_trusted(s->certjudge, s->judge, s->conf, s->in_force, &s->when, &s->line, s->storage + s->offered.len, &s->vet);
	if (s->vet.verdict != KA_VERDICT_REJECT)
		return true;
	/* a line that names its authority has said more than that nobody else trusts it */
	if (s->vet.reasons[0] != KA_REASON_CERT_CA_UNTRUSTED || s->reasons.len == 0)
		ka_cmdserve_note(s, s->vet.reasons[0]);
	return false;
}
