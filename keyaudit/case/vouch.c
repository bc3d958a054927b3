/* Vetting again what the command says it has vetted. Pure but for the clock. */
#include "keyaudit/case/vouch.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "conf/confprofile.h"
#include "judge/judge.h"
#include "key/keyb64.h"
#include "key/keyblob.h"
#include "key/keyfpr.h"
#include "vet/vetconf.h"
#include "vet/vetprofile.h"

#include "base/poison.h"

struct scratch {
	struct ka_vetpolicy policy;
	struct ka_conf_errors errors;
	struct ka_keyblob key;
	struct ka_vet vet;
	struct ka_judge judge;
	uint8_t blob[KA_BLOB_MAX], plain[KA_BLOB_MAX];
};

static bool is_recorded(const struct ka_offer *o, enum ka_reason reason)
{
	for (size_t i = 0; i < o->reasons_count; i++)
		if (o->reasons[i] == reason)
			return true;
	return false;
}

/* the bytes must be those of the key that the event names */
static bool is_its_key(struct scratch *s, const struct ka_offer *o)
{
	char fp[KA_FPR_TEXT_MAX];
	struct ka_buf b;

	if (s->key.type == NULL)
		return false;
	ka_buf_init(&b, s->plain, sizeof(s->plain));
	ka_keyblob_plain(&s->key, &b);
	if (b.len == 0 || b.overflow)
		return false;
	ka_keyfpr_text(ka_buf_as_span(&b), fp);
	return strcmp(fp, o->fp) == 0;
}

static bool vets_to(struct scratch *s, const struct ka_offer *o, enum ka_reason reason)
{
	struct ka_vet_when when = { .now_sec = ka_clock_wall_us() / 1000000, .whole = true };
	size_t len;

	if (o->key[0] == '\0' || !ka_keyb64_decode(ka_span_of(o->key), s->blob, sizeof(s->blob), &len))
		return false;
	if (ka_keyblob_parse((struct ka_span){ s->blob, len }, ka_span_of(o->type), &s->key) != KA_REASON_NONE || !is_its_key(s, o))
		return false;
	ka_judge_key(&s->judge, &s->key, &s->policy, &when, &s->vet);
	for (size_t i = 0; i < s->vet.count; i++)
		if (s->vet.reasons[i] == reason)
			return true;
	return false;
}

/* which source refused the key is not known here: what the policy of any of them says is vouched for */
static void tighten(struct ka_vetpolicy *p, const struct ka_conf *conf, const char *user)
{
	ka_vetprofile_tighten(p, ka_confprofile_of_user(conf, user, NULL));
	for (size_t i = 0; i < conf->sources_count; i++)
		ka_vetprofile_tighten(p, conf->sources[i].profile);
}

bool ka_vouch_reason(const struct ka_conf *conf, enum ka_reason conf_reason, const struct ka_case *c, enum ka_reason reason)
{
	KA_AUTOFREE struct scratch *s = NULL;
	bool recorded = false, vouched = false;

	for (size_t i = 0; i < c->offers_count; i++)
		recorded |= is_recorded(&c->offers[i], reason);
	if (!recorded || reason == conf_reason)
		return true;
	s = calloc(1, sizeof(*s));
	if (s == NULL)
		return false;
	ka_vetconf_make(conf, &s->policy, &s->errors);
	tighten(&s->policy, conf, c->user);
	ka_judge_open(conf, &s->judge);
	for (size_t i = 0; i < c->offers_count && !vouched; i++)
		vouched = is_recorded(&c->offers[i], reason) && vets_to(s, &c->offers[i], reason);
	ka_judge_close(&s->judge);
	return vouched;
}
