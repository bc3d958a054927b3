/*
 * The configuration becomes vet's policy: the base of [policy], and what holds for one source and one user. Profiles on top of the
 * base must never make it laxer.
 */
#include "vet/vetconf.h"

#include <string.h>

#include "conf/conferr.h"
#include "conf/confprofile.h"
#include "vet/vetlist.h"
#include "vet/vetoption.h"
#include "vet/vetprofile.h"

#include "base/poison.h"

/* lines that were not understood completely, or that sshd would drop: written out again they could mean something else */
static bool is_unwritable(enum ka_reason reason)
{
	return reason == KA_REASON_OPTION_UNKNOWN || reason == KA_REASON_OPTION_REPEATED || reason == KA_REASON_OPTION_BAD_VALUE;
}

static const char *refuse_severity(const struct ka_conf_by_reason *s)
{
	enum ka_action was = ka_reason_action(s->reason);

	if (was == KA_ACTION_LOCKED)
		return " is locked: such a key is always refused";
	if (was == KA_ACTION_NONE)
		return " has no severity";
	if (is_unwritable(s->reason) && s->value != KA_ACTION_REJECT)
		return " can only be reject: a line with such options cannot be served";
	if (s->reason == KA_REASON_CERT_NOT_ENABLED && s->value != KA_ACTION_REJECT)
		return " can only be reject: certificates are served with certificates = yes, and then judged";
	if ((s->reason == KA_REASON_CERT_CA_UNTRUSTED || s->reason == KA_REASON_CERT_SIGNATURE_ALGORITHM) && s->value != KA_ACTION_REJECT)
		return " can only be reject: nobody knows then who made the certificate";
	if (s->reason == KA_REASON_KEY_TYPE_DSA && s->value != KA_ACTION_REJECT)
		return " can only be reject: the numbers of a DSA key are not judged";
	if (s->reason == KA_REASON_REVOKED_STORE && s->value != KA_ACTION_REJECT)
		return " can only be reject: what the store's signers have withdrawn is served by no source; without revoked_url they are not asked";
	return NULL;
}

static void make_actions(const struct ka_conf *c, struct ka_vetpolicy *p, struct ka_conf_errors *errors)
{
	struct ka_conferr e;

	for (size_t i = 0; i < c->severities_count; i++) {
		const struct ka_conf_by_reason *s = &c->severities[i];
		const char *wrong = refuse_severity(s);

		if (wrong == NULL) {
			p->action[s->reason] = (uint8_t)s->value;
			continue;
		}
		ka_conferr_at(&e, c, s->at);
		ka_conferr_say(&e, "severity.");
		ka_conferr_say(&e, ka_reason_id(s->reason));
		ka_conferr_say(&e, wrong);
		ka_conferr_end(&e, errors);
	}
}

/* what is wrong in sources is wrong for everybody; a frame of its own: a policy is large */
__attribute__((noinline)) static void check_source(const struct ka_conf *c, const struct ka_conf_source *source, const struct ka_vetpolicy *p,
						   struct ka_conf_errors *errors)
{
	struct ka_vetpolicy scratch = *p;

	ka_vetlist_options(c, source, &scratch, errors);
}

/* the profile of [policy] is what its keys change: those that are set stand as they are */
static void apply_base_profile(const struct ka_conf *c, struct ka_vetpolicy *p)
{
	bool types[KA_KEYTYPE_COUNT];

	if (c->profile == KA_CONF_PROFILE_DEFAULT) /* what the defaults are already */
		return;
	memcpy(types, p->type_allowed, sizeof(types));
	ka_vetprofile_tighten(p, c->profile);
	if (c->at[KA_CONF_KEY_TYPES].line != 0)
		memcpy(p->type_allowed, types, sizeof(types));
	if (c->at[KA_CONF_KEY_RSA_MIN_BITS].line != 0)
		p->rsa_min_bits = c->rsa_min_bits;
	if (c->at[KA_CONF_KEY_RSA_MAX_BITS].line != 0)
		p->rsa_max_bits = c->rsa_max_bits;
}

/* each of them alone is right, and by itself the configuration has been asked */
static void check_bits(const struct ka_conf *c, const struct ka_vetpolicy *p, struct ka_conf_errors *errors)
{
	struct ka_conferr e;

	if (p->rsa_min_bits <= p->rsa_max_bits || c->rsa_min_bits > c->rsa_max_bits)
		return;
	ka_conferr_at(&e, c, c->at[KA_CONF_KEY_PROFILE]);
	ka_conferr_say(&e, "profile: the rsa_min_bits of ");
	ka_conferr_say(&e, ka_confprofile_name(c->profile));
	ka_conferr_say(&e, " (");
	ka_conferr_number(&e, p->rsa_min_bits);
	ka_conferr_say(&e, ") is above rsa_max_bits (");
	ka_conferr_number(&e, p->rsa_max_bits);
	ka_conferr_say(&e, ")");
	ka_conferr_end(&e, errors);
}

void ka_vetconf_check_time(const struct ka_conf *c, const struct ka_vetpolicy *p, const struct ka_vet_when *when,
			   struct ka_conf_errors *errors)
{
	struct ka_vetpolicy of_source;

	if (ka_vetoption_is_forced_expired(p, when))
		ka_vetlist_say_expired(c, NULL, errors);
	for (size_t i = 0; i < c->sources_known; i++) {
		const struct ka_conf_source *source = &c->sources[i];

		if (source->force_options == c->force_options)
			continue;
		ka_vetconf_effective(c, &(const struct ka_vetconf_who){ .source = source }, p, &of_source);
		if (ka_vetoption_is_forced_expired(&of_source, when))
			ka_vetlist_say_expired(c, source, errors);
	}
}

void ka_vetconf_make(const struct ka_conf *c, struct ka_vetpolicy *p, struct ka_conf_errors *errors)
{
	size_t before = errors->count;

	*p = (struct ka_vetpolicy){ .certificates = c->certificates, .rsa_min_bits = c->rsa_min_bits, .rsa_max_bits = c->rsa_max_bits };
	ka_vetlist_types(c, p, errors);
	ka_vetlist_applications(c, p, errors);
	for (unsigned r = 0; r < KA_REASON_COUNT; r++)
		p->action[r] = (uint8_t)ka_reason_action((enum ka_reason)r);
	apply_base_profile(c, p);
	check_bits(c, p, errors);
	make_actions(c, p, errors);
	ka_vetlist_options(c, NULL, p, errors);
	for (size_t i = 0; i < c->sources_known && errors->count == before; i++)
		if (ka_vetlist_has_own(c, &c->sources[i]))
			check_source(c, &c->sources[i], p, errors);
}

bool ka_vetconf_is_base(const struct ka_conf *c, const struct ka_vetconf_who *who)
{
	const struct ka_conf_source *s = who->source;

	return (s == NULL || (s->profile == KA_CONF_PROFILE_NONE && !ka_vetlist_has_own(c, s))) && who->profile == KA_CONF_PROFILE_NONE &&
	       (who->user == NULL || ka_confprofile_of_user(c, who->user, NULL) == KA_CONF_PROFILE_NONE);
}

void ka_vetconf_effective(const struct ka_conf *c, const struct ka_vetconf_who *who, const struct ka_vetpolicy *base, struct ka_vetpolicy *out)
{
	struct ka_conf_errors errors = { .count = 0 };

	*out = *base;
	if (who->source != NULL && ka_vetlist_has_own(c, who->source))
		ka_vetlist_options(c, who->source, out, &errors);
	if (who->source != NULL)
		ka_vetprofile_tighten(out, who->source->profile);
	if (who->user != NULL)
		ka_vetprofile_tighten(out, ka_confprofile_of_user(c, who->user, NULL));
	ka_vetprofile_tighten(out, who->profile);
	if (errors.count > 0) /* ka_vetconf_make() has said so: nobody should have come here */
		memset(out->type_allowed, 0, sizeof(out->type_allowed));
}

const struct ka_vetpolicy *ka_vetconf_policy(const struct ka_conf *c, const struct ka_vetconf_who *who, const struct ka_vetpolicy *base,
					     struct ka_vetpolicy *room)
{
	if (ka_vetconf_is_base(c, who))
		return base;
	ka_vetconf_effective(c, who, base, room);
	return room;
}
