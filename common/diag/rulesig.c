/*
 * The signature. sshd says of it no more than that the method failed, and that at LogLevel VERBOSE: what follows is drawn from
 * what came before (the key was listed, the command ran a second time for it) and from all that did not come behind.
 */
#include "diag/rulesig.h"

#include <string.h>

#include "base/text.h"
#include "diag/authmethods.h"
#include "diag/rulesaid.h"

#include "base/poison.h"

/* sshd accepted it, or says itself why it did not: at the signature, behind it, or of the command that it did not believe */
static bool is_said(const struct ka_facts *f)
{
	if (f->subject->reached >= KA_STEP_LOGIN || ka_rulesaid_find(f, KA_SSHDSAY_ACCEPTED, NULL) != NULL)
		return true;
	for (size_t i = 0; i < f->subject->said_count; i++) {
		enum ka_reason reason = f->subject->said[i].reason;
		enum ka_step step = ka_reason_step(reason);

		if (reason != KA_REASON_NONE && (step == KA_STEP_SIGNATURE || step == KA_STEP_LOGIN || step == KA_STEP_SESSION))
			return true;
		if (reason == KA_REASON_CMD_FAILED || reason == KA_REASON_CMD_KILLED)
			return true;
	}
	return false;
}

/* is pam_keyaudit the first to be asked in the account phase? then a key that was accepted has left a record there */
static bool is_account_watched(const struct ka_facts *f)
{
	const struct ka_pamlines *l = &f->pam.lines;

	if (!f->sshd.use_pam || !f->pam.is_known || l->is_cut)
		return false;
	for (size_t i = 0; i < l->count; i++)
		if (l->lines[i].phase == KA_PAMCONF_ACCOUNT)
			return ka_pamline_is(&l->lines[i], "pam_keyaudit.so");
	return false;
}

/* does sshd tell of keys that fail? Of a password it always does, so that says nothing */
static bool tells_of_keys(const struct ka_facts *f)
{
	struct ka_sshdsay words;

	for (size_t i = 0; i < f->subject->said_count; i++) {
		ka_said_words(&f->subject->said[i], &words);
		if (words.kind == KA_SSHDSAY_FAILED && ka_span_starts(words.method, "publickey"))
			return true;
	}
	return false;
}

/* without a word for a failure: is it known that nothing came behind a good signature? */
static bool is_known_to_end_here(const struct ka_facts *f)
{
	struct ka_authmethods m;

	ka_authmethods_read(&f->sshd, &m);
	if (!f->sshd.is_known || f->uid == 0 || (m.with_key > 0 && m.key_alone == 0))
		return false;
	if (tells_of_keys(f))
		return false; /* and of none with this one */
	return ka_rulesaid_find(f, KA_SSHDSAY_CLOSED, NULL) != NULL || (f->subject->said_count == 0 && is_account_watched(f));
}

static void put_place(const struct ka_facts *f, const char *fp, struct ka_evidence *e)
{
	const struct ka_said *listed = ka_rulesaid_find(f, KA_SSHDSAY_LISTED, fp);
	struct ka_sshdsay words;
	size_t colon;
	uint64_t line;

	if (listed == NULL)
		return;
	ka_said_words(listed, &words);
	colon = words.place.len;
	while (colon > 0 && words.place.p[colon - 1] != ':')
		colon--;
	if (colon == 0 || !ka_text_to_u64(ka_span_sub(words.place, colon, words.place.len), UINT32_MAX, &line) ||
	    !ka_span_copy(ka_span_sub(words.place, 0, colon - 1), e->path, sizeof(e->path)))
		return;
	e->line = (unsigned)line;
}

static void explain(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	char fp[KA_FPR_TEXT_MAX] = "";
	struct ka_sshdsay words;
	struct ka_buf b;

	(void)fix;
	ka_buf_init_array(&b, e->note);
	ka_buf_text(&b, item->reason == KA_REASON_SIG_MISSING ? "sshd asked for the signature, and none came" :
				item->said != NULL ? "the key is listed, and the signature does not verify" :
						     "a signature came, and nothing that follows a good one");
	if (item->said != NULL) {
		ka_said_words(item->said, &words);
		(void)ka_span_copy(words.fp, fp, sizeof(fp));
		(void)ka_span_copy(ka_span_of(item->said->message), e->detail, sizeof(e->detail));
	}
	put_place(f, fp, e);
}

static void add(struct ka_primary *out, enum ka_reason reason, int offer, const struct ka_said *said)
{
	struct ka_primary_item *item = ka_primary_add(out, reason, offer, KA_STEP_SIGNATURE, KA_CLASS_ALONE);

	if (item == NULL)
		return;
	item->said = said;
	item->explain = explain;
}

/* one run is the query or a signature without one: sshd's word for a failure tells which */
static void drop_missing(struct ka_primary *out, int offer)
{
	for (size_t i = 0; i < out->count; i++)
		if (out->items[i].reason == KA_REASON_SIG_MISSING && out->items[i].offer == offer)
			out->items[i] = out->items[--out->count];
}

static void rule_served(const struct ka_facts *f, size_t i, struct ka_primary *out)
{
	const struct ka_offer *o = &f->subject->offers[i];
	const struct ka_said *failed = ka_rulesaid_find(f, KA_SSHDSAY_FAILED, o->fp);

	if (!out->settled[i] || o->said != KA_OFFER_SERVED || (failed == NULL && (o->runs < 2 || !is_known_to_end_here(f))))
		return;
	drop_missing(out, (int)i);
	add(out, KA_REASON_SIG_INVALID, (int)i, failed);
}

static bool is_served(const struct ka_facts *f, const char *fp)
{
	for (size_t i = 0; i < f->offers_count; i++)
		if (strcmp(f->subject->offers[i].fp, fp) == 0 && f->subject->offers[i].said == KA_OFFER_SERVED)
			return true;
	return false;
}

/* a key that a file lists: the command is not asked about it, and the log is the only witness. The last of them counts */
static void rule_listed(const struct ka_facts *f, struct ka_primary *out)
{
	for (size_t i = f->subject->said_count; i > 0; i--) {
		const struct ka_said *said = &f->subject->said[i - 1], *failed;
		char fp[KA_FPR_TEXT_MAX];
		struct ka_sshdsay words;

		if (said->kind != KA_SSHDSAY_POSTPONED && said->kind != KA_SSHDSAY_LISTED)
			continue;
		ka_said_words(said, &words);
		if (said->kind == KA_SSHDSAY_LISTED && words.place.len == 0)
			continue; /* of a certificate: it names the authority's key */
		if (words.fp.len == 0 || !ka_span_copy(words.fp, fp, sizeof(fp)) || is_served(f, fp))
			continue;
		failed = ka_rulesaid_find(f, KA_SSHDSAY_FAILED, fp);
		add(out, failed != NULL ? KA_REASON_SIG_INVALID : KA_REASON_SIG_MISSING, KA_PRIMARY_ALL, failed != NULL ? failed : said);
		return;
	}
}

void ka_rulesig_run(const struct ka_facts *f, struct ka_primary *out)
{
	if (is_said(f))
		return;
	for (size_t i = 0; i < f->offers_count; i++)
		rule_served(f, i, out);
	rule_listed(f, out);
}
