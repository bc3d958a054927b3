/* The gate's verdict before anybody stands at it. It must never be milder than the gate: what cannot be judged is said. */
#include "diag/gateview.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/text.h"
#include "conf/confprofile.h"
#include "judge/judge.h"
#include "key/keyblob.h"
#include "vet/vetconf.h"
#include "vet/vetprofile.h"

#include "base/poison.h"

static bool is_named(const char *list, const char *user)
{
	struct ka_span rest = ka_span_of(list), word;

	while (ka_text_word(&rest, &word))
		if (ka_span_is(word, user))
			return true;
	return false;
}

static void judge(struct ka_gateview *out, size_t i, const struct ka_keyscan_offer *o, const struct ka_vetpolicy *policy,
		  struct ka_judge *j)
{
	struct ka_span any = { NULL, 0 }, blob = { o->blob, o->blob_len > 0 ? o->blob_len : o->cert_len };
	struct ka_vet_when when = { .key_only = true };
	struct ka_keyblob key;
	struct ka_vet vet;
	struct ka_buf b;

	out->is_unknown[i] = blob.len == 0;
	if (blob.len == 0)
		return;
	out->reason[i] = ka_keyblob_parse(blob, any, &key);
	if (out->reason[i] != KA_REASON_NONE)
		return;
	ka_judge_key(j, &key, policy, &when, &vet);
	if (vet.verdict != KA_VERDICT_REJECT)
		return;
	out->reason[i] = vet.count > 0 ? vet.reasons[0] : KA_REASON_INTERNAL_ERROR;
	ka_buf_init_array(&b, out->detail[i]);
	if (vet.count > 0)
		ka_vet_detail(&vet, 0, &b);
}

void ka_gateview_make(const struct ka_pamconf *pam, const struct ka_conf *conf, enum ka_reason wrong, const char *user,
		      const struct ka_keyscan_offer *offers, size_t offers_count, struct ka_gateview *out)
{
	KA_AUTOFREE struct ka_judge *j = NULL;
	struct ka_conf_errors errors = { .count = 0 };
	struct ka_vetpolicy policy;

	memset(out, 0, sizeof(*out));
	out->enforce = pam->enforce;
	if (pam->enforce == KA_PAMCONF_ENFORCE_NO)
		return;
	if (conf != NULL)
		ka_vetconf_make(conf, &policy, &errors);
	out->is_exempt = conf != NULL && errors.count == 0 && is_named(conf->enforce_exempt, user);
	if (conf != NULL)
		ka_vetprofile_tighten(&policy, ka_confprofile_of_user(conf, user, NULL));
	j = conf != NULL && errors.count == 0 ? calloc(1, sizeof(*j)) : NULL;
	if (j != NULL)
		ka_judge_open(conf, j);
	for (size_t i = 0; i < offers_count && !out->is_exempt; i++) {
		if (j != NULL)
			judge(out, i, &offers[i], &policy, j);
		else if (conf != NULL && errors.count == 0)
			out->is_unknown[i] = true; /* no memory */
		else if (pam->enforce == KA_PAMCONF_ENFORCE_HARD) /* a fault, which the soft form lets pass */
			out->reason[i] = conf == NULL ? wrong : KA_REASON_CONF_INVALID;
	}
	if (j != NULL)
		ka_judge_close(j);
}
