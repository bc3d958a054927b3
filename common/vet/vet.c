/*
 * The pipeline: which rule asks when. Cheap before dear, size caps before any
 * arithmetic. MUST: refuse what is not well-formed, whatever the policy says;
 * end in a reject when it cannot judge. It must never touch a file or a clock.
 */
#include "vet/vet.h"

#include "vet/certsig.h"
#include "vet/vetcert.h"
#include "vet/vetec.h"
#include "vet/veted25519.h"
#include "vet/vetnote.h"
#include "vet/vetoption.h"
#include "vet/vetrsa.h"
#include "vet/vettables.h"

#include "base/text.h"

#include "base/poison.h"

static bool is_type_allowed(const struct ka_keytype *type, const struct ka_vetpolicy *p)
{
	for (size_t i = 0; i < KA_KEYTYPE_COUNT; i++) {
		if (ka_keytype_at(i) == type)
			return p->type_allowed[i];
	}
	return false;
}

static bool judge_type(const struct ka_keytype *type, struct ka_vetnote *note)
{
	if (type->kind == KA_KEYKIND_DSA && !ka_vetnote_add(note, KA_REASON_KEY_TYPE_DSA, NULL))
		return false;
	return is_type_allowed(type, note->policy) || ka_vetnote_add(note, KA_REASON_POLICY_TYPE_NOT_ALLOWED, type->name);
}

static bool is_application_allowed(struct ka_span app, const struct ka_vetpolicy *p)
{
	if (app.len > KA_SK_APPLICATION_MAX)
		return false;
	for (size_t i = 0; i < app.len; i++) {
		if (app.p[i] < 0x21 || app.p[i] > 0x7e)
			return false;
	}
	for (size_t i = 0; i < p->sk_application_count && i < KA_POLICY_GLOBS_MAX; i++) {
		if (ka_text_glob(ka_span_of(p->sk_application[i]), app))
			return true;
	}
	return false;
}

static void judge_numbers(const struct ka_keyblob *key, const struct ka_vet_when *when, struct ka_vetnote *note)
{
	switch (key->type->kind) {
	case KA_KEYKIND_ED25519:
		ka_veted25519_judge(key->pk, when->ed25519, note);
		break;
	case KA_KEYKIND_ECDSA:
		ka_vetec_judge(key, note);
		break;
	case KA_KEYKIND_RSA:
		ka_vetrsa_judge(key, note);
		break;
	case KA_KEYKIND_DSA:
		break;
	}
	if (!note->over)
		ka_vettables_judge(key, note);
}

/* the plain key: of a line, of a certificate's subject, of a CA */
static void judge_key(const struct ka_keyblob *key, const struct ka_vet_when *when, struct ka_vetnote *note)
{
	if (key->type == NULL) {
		ka_vetnote_refuse(note, KA_REASON_KEY_TYPE_UNKNOWN, NULL);
		return;
	}
	if (!judge_type(key->type, note))
		return;
	if (key->type->is_sk && !is_application_allowed(key->application, note->policy) &&
	    !ka_vetnote_add(note, KA_REASON_POLICY_SK_APPLICATION, NULL))
		return;
	judge_numbers(key, when, note);
}

/* a weak CA key lets everybody issue certificates */
static void judge_ca(struct ka_span blob, const struct ka_vet_when *when, struct ka_vetnote *note)
{
	struct ka_keyblob ca;
	enum ka_reason reason = ka_keyblob_parse(blob, (struct ka_span){ NULL, 0 }, &ca);

	note->whose = KA_VET_WHOSE_CA;
	if (reason != KA_REASON_NONE || ca.is_cert)
		ka_vetnote_refuse(note, reason != KA_REASON_NONE ? reason : KA_REASON_CERT_MALFORMED, NULL);
	else
		judge_key(&ca, when, note);
	note->whose = NULL;
}

static void judge_line(const struct ka_keyline *k, const struct ka_vet_when *when, struct ka_vetnote *note)
{
	const struct ka_keyblob *key = &k->key;
	bool with_cert = key->is_cert && !when->key_only;

	if (with_cert && !note->policy->certificates && !ka_vetnote_add(note, KA_REASON_CERT_NOT_ENABLED, NULL))
		return;
	judge_key(key, when, note);
	if (with_cert && !note->over)
		ka_vetcert_judge(&key->cert, when, note);
	if (with_cert && !note->over)
		judge_ca(key->cert.ca, when, note);
	if (with_cert && !note->over && note->policy->certificates) /* else it is not served whoever signed it */
		note->out->needs_signature = ka_certsig_judge(&key->cert, note);
	if (!when->key_only && !note->over)
		ka_vetoption_judge(&k->options, when, note);
}

/* a line that is no key; of one that is refused for an option which one, and why */
static void refuse_form(const struct ka_keyline *k, struct ka_vetnote *note)
{
	char what[KA_OPT_WHAT_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, what);
	if (k->options.reason == k->reason)
		ka_keyopts_what(&k->options, &b);
	if (b.len > 0 && !note->over)
		ka_vetnote_say(note, k->reason, what);
	ka_vetnote_refuse(note, k->reason, NULL);
}

void ka_vet_line(const struct ka_keyline *k, const struct ka_vetpolicy *p, const struct ka_vet_when *when, struct ka_vet *out)
{
	struct ka_vetnote note;

	ka_vetnote_init(&note, p, when->whole, out);
	if (when->seen != KA_REASON_NONE)
		ka_vetnote_add(&note, when->seen, NULL);
	if (when->seen == KA_REASON_LINE_COMMENTED_OUT)
		return;
	if (k->reason != KA_REASON_NONE)
		refuse_form(k, &note);
	else
		judge_line(k, when, &note);
}

void ka_vet_key(const struct ka_keyblob *key, const struct ka_vetpolicy *p, const struct ka_vet_when *when, struct ka_vet *out)
{
	struct ka_vetnote note;

	ka_vetnote_init(&note, p, when->whole, out);
	judge_key(key, when, &note);
}

void ka_vet_detail(const struct ka_vet *v, size_t i, struct ka_buf *out)
{
	bool is_short = v->reasons[i] == KA_REASON_KEY_RSA_TOO_SHORT;

	if (v->details[i] != NULL) {
		ka_buf_text(out, v->details[i]);
	} else if (v->said_of == v->reasons[i] && v->said[0] != '\0') {
		ka_buf_text(out, v->said);
	} else if (v->reasons[i] == KA_REASON_KEY_RSA_SMALL_FACTOR && v->factor > 0) {
		ka_buf_text(out, "divisible by ");
		ka_buf_u64(out, v->factor);
	} else if (v->bits_bound > 0 && (is_short || v->reasons[i] == KA_REASON_KEY_RSA_TOO_LONG)) {
		ka_buf_u64(out, v->bits_found);
		ka_buf_text(out, is_short ? " bits, the policy demands at least " : " bits, the policy allows at most ");
		ka_buf_u64(out, v->bits_bound);
	}
}

void ka_vet_keep(struct ka_vet *v)
{
	if (v->count > 0 && v->details[0] != NULL) {
		ka_span_copy(ka_span_sub(ka_span_of(v->details[0]), 0, sizeof(v->said) - 1), v->said, sizeof(v->said));
		v->said_of = v->reasons[0];
	}
	for (size_t i = 0; i < v->count; i++)
		v->details[i] = NULL;
}

const char *ka_vet_verdict_text(enum ka_verdict v)
{
	switch (v) {
	case KA_VERDICT_ACCEPT:
		return "accept";
	case KA_VERDICT_WARN:
		return "warn";
	case KA_VERDICT_REJECT:
		break;
	}
	return "reject";
}
