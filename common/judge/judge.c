/* Who is asked about a key that passed, and in which order. It must never make an answer out of silence. */
#include "judge/judge.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/paths.h"
#include "vet/vetnote.h"

#include "base/poison.h"

static bool ask_sha1(void *ctx, struct ka_span blob, uint8_t out[static KA_KRL_SHA1_LEN])
{
	struct ka_judge *j = ctx;

	_Static_assert(KA_KRL_SHA1_LEN == KA_VETANSWER_SHA1_LEN, "the same hash");
	return ka_vetask_sha1(&j->ask, blob, out);
}

static enum ka_revocation_point ask_point(void *ctx, struct ka_span blob)
{
	struct ka_judge *j = ctx;
	struct ka_vetanswer a;

	ka_vetask_key(&j->ask, blob, &a);
	switch (a.word) {
	case KA_VETANSWER_OK:
		return KA_REVOCATION_POINT_GOOD;
	case KA_VETANSWER_BAD:
		return KA_REVOCATION_POINT_BAD;
	case KA_VETANSWER_UNJUDGED:
		break;
	}
	return KA_REVOCATION_POINT_UNKNOWN;
}

void ka_judge_open(const struct ka_conf *c, struct ka_judge *j)
{
	unsigned rounds = c != NULL ? c->fermat_rounds : KA_VET_FERMAT_ROUNDS;

	ka_vetask_init(&j->ask, NULL, rounds);
	j->ask.primes = c != NULL ? c->shared_primes : "";
	j->recall = (struct ka_recall){ .program = KA_PATH_VET, .fermat_rounds = rounds, .primes = j->ask.primes };
	j->has_blocklist = c != NULL && c->blocklist[0] != '\0';
	if (j->has_blocklist)
		ka_blocklist_open(&(struct ka_blocklist_policy){
			.paths = c->blocklist, .is_required = c->blocklist_required, .max_age_sec = c->blocklist_max_age_sec,
		}, ka_clock_wall_us() / 1000000, &j->blocklist);
	/* what it could not open for lack of memory refuses every key */
	if (ka_revocation_open(c != NULL ? c->revoked : "", NULL, &j->revocation) != KA_ERR_OK || j->revocation.count > 0)
		j->help = (struct ka_revocation_help){ ask_sha1, ask_point, j };
	j->revocation.help = &j->help;
}

enum ka_reason ka_judge_obstacle(const struct ka_judge *j, const struct ka_vetpolicy *p, struct ka_buf *text)
{
	const struct ka_revocation_file *wrong = ka_revocation_wrong(&j->revocation);
	const struct ka_blocklist_file *list = j->has_blocklist ? ka_blocklist_wrong(&j->blocklist) : NULL;

	if (wrong != NULL) {
		ka_buf_text(text, wrong->text);
		return wrong->reason;
	}
	if (j->revocation.count > 0 && j->revocation.files == NULL)
		return KA_REASON_INTERNAL_ERROR;
	if (list == NULL || p->action[list->trouble] != KA_ACTION_REJECT)
		return KA_REASON_NONE;
	ka_blocklist_why(list, text);
	return list->trouble;
}

void ka_judge_remember(struct ka_judge *j, const char *dir, bool may_keep)
{
	j->recall.dir = dir;
	j->recall.may_keep = may_keep;
}

static bool is_arithmetic_for(const struct ka_keyblob *key)
{
	return key->type != NULL && (key->type->kind == KA_KEYKIND_RSA || key->type->kind == KA_KEYKIND_ECDSA);
}

static void take(const struct ka_vetanswer *a, struct ka_vetnote *note)
{
	if (a->word == KA_VETANSWER_UNJUDGED)
		ka_vetnote_refuse(note, KA_REASON_KEY_NOT_JUDGED, NULL);
	else if (a->word == KA_VETANSWER_BAD)
		ka_vetnote_factor(note, a->reason, NULL, a->factor);
}

static void recall_or_ask(struct ka_judge *j, struct ka_span blob, struct ka_vetanswer *a)
{
	if (ka_recall_answer(&j->recall, blob, a))
		return;
	ka_vetask_key(&j->ask, blob, a);
	ka_recall_keep(&j->recall, a);
}

static void ask_arithmetic(struct ka_judge *j, const struct ka_keyblob *key, struct ka_vetnote *note)
{
	struct ka_vetanswer a = { .word = KA_VETANSWER_UNJUDGED, .reason = KA_REASON_NONE };
	struct ka_buf b;

	if (note->over || note->out->verdict == KA_VERDICT_REJECT || !is_arithmetic_for(key))
		return;
	ka_buf_init_array(&b, j->plain);
	ka_keyblob_plain(key, &b);
	if (ka_buf_check(&b) == KA_ERR_OK && b.len > 0)
		recall_or_ask(j, ka_buf_as_span(&b), &a);
	take(&a, note);
}

/* a key that is refused already is looked up all the same where everything is to be said */
static void look_up(const struct ka_judge *j, const struct ka_keyblob *key, struct ka_vetnote *note)
{
	if (j->has_blocklist && !note->over)
		ka_blocklist_judge(&j->blocklist, key, note);
}

/* of its authority, and whether that has signed it */
static void ask_cert(struct ka_judge *j, const struct ka_keyblob *key, struct ka_vetnote *note)
{
	struct ka_vetanswer a;
	struct ka_keyblob ca;

	note->whose = KA_VET_WHOSE_CA;
	if (ka_keyblob_parse(key->cert.ca, (struct ka_span){ NULL, 0 }, &ca) != KA_REASON_NONE) {
		ka_vetnote_refuse(note, KA_REASON_CERT_MALFORMED, NULL);
	} else {
		look_up(j, &ca, note);
		ask_arithmetic(j, &ca, note);
	}
	note->whose = NULL;
	if (note->over || !note->out->needs_signature)
		return;
	ka_vetask_cert(&j->ask, key->blob, &a);
	take(&a, note);
}

/* on every look-up, and of a key that is refused anyway where all that is wrong with it is wanted */
static void ask_revoked(const struct ka_judge *j, const struct ka_keyblob *key, struct ka_vetnote *note)
{
	if (!note->over && key->type != NULL)
		ka_revocation_judge(&j->revocation, key, note);
}

/* everything below is asked about a key that the pure rules let pass */
static void ask(struct ka_judge *j, const struct ka_keyblob *key, bool with_cert, struct ka_vetnote *note)
{
	look_up(j, key, note);
	/* first: the key in a certificate that nobody has signed is a stranger's, and is neither judged nor remembered */
	if (with_cert && note->out->verdict != KA_VERDICT_REJECT)
		ask_cert(j, key, note);
	ask_arithmetic(j, key, note);
}

/* a plain key whose arithmetic has been done before need not be asked again */
static void recall_point(struct ka_judge *j, const struct ka_keyline *k, enum ka_vet_ed25519 *trust)
{
	bool is_point = k->reason == KA_REASON_NONE && !k->key.is_cert && k->key.type != NULL && k->key.type->kind == KA_KEYKIND_ED25519;

	if (is_point && *trust != KA_VET_ED25519_BROKEN && ka_recall_point(&j->recall, k->key.blob, *trust))
		*trust = KA_VET_ED25519_KNOWN;
}

void ka_judge_line(struct ka_judge *j, const struct ka_keyline *k, const struct ka_vetpolicy *p, const struct ka_vet_when *when,
		   struct ka_vet *out)
{
	struct ka_vet_when with = *when;
	struct ka_vetnote note;

	recall_point(j, k, &with.ed25519);
	ka_vet_line(k, p, &with, out);
	if (out->verdict != KA_VERDICT_REJECT && out->has_good_point && !k->key.is_cert)
		ka_recall_keep(&j->recall, &(const struct ka_vetanswer){ .word = KA_VETANSWER_OK, .reason = KA_REASON_NONE });
	if (k->reason != KA_REASON_NONE || when->seen == KA_REASON_LINE_COMMENTED_OUT)
		return;
	ka_vetnote_resume(&note, p, when->whole, out);
	ask_revoked(j, &k->key, &note);
	ask(j, &k->key, k->key.is_cert && !when->key_only, &note);
}

void ka_judge_key(struct ka_judge *j, const struct ka_keyblob *key, const struct ka_vetpolicy *p, const struct ka_vet_when *when,
		  struct ka_vet *out)
{
	struct ka_vetnote note;

	ka_vet_key(key, p, when, out);
	ka_vetnote_resume(&note, p, when->whole, out);
	ask_revoked(j, key, &note);
	ask(j, key, false, &note);
}

void ka_judge_close(struct ka_judge *j)
{
	ka_vetask_end(&j->ask);
	if (j->has_blocklist)
		ka_blocklist_close(&j->blocklist);
	ka_revocation_close(&j->revocation);
}
