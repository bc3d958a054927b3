/*
 * The log's word. It says what happened where the facts say what is; but it names neither the mode nor the line, so the
 * facts go first wherever both mean the same.
 */
#include "diag/rulesaid.h"

#include <string.h>

#include "base/text.h"

#include "base/poison.h"

static bool is_about(const struct ka_said *said, const char *fp)
{
	struct ka_sshdsay words;

	if (fp == NULL)
		return true;
	ka_said_words(said, &words);
	return fp[0] != '\0' && ka_span_is(words.fp, fp);
}

const struct ka_said *ka_rulesaid_find(const struct ka_facts *f, enum ka_sshdsay_kind kind, const char *fp)
{
	const struct ka_said *found = NULL;

	for (size_t i = 0; i < f->subject->said_count; i++)
		if (f->subject->said[i].kind == kind && is_about(&f->subject->said[i], fp))
			found = &f->subject->said[i];
	return found;
}

const struct ka_said *ka_rulesaid_cause(const struct ka_facts *f, enum ka_reason reason)
{
	const struct ka_said *found = NULL;

	for (size_t i = 0; i < f->subject->said_count; i++)
		if (f->subject->said[i].reason == reason)
			found = &f->subject->said[i];
	return found;
}

/* one line of sshd may stand for several of our reasons: the facts name the right one */
static bool is_same_cause(enum ka_reason of_log, enum ka_reason of_facts)
{
	static const struct { enum ka_reason log, facts; } kin[] = {
		{ KA_REASON_FILE_UNREADABLE, KA_REASON_FILE_DIR_UNSEARCHABLE },
		{ KA_REASON_FILE_UNREADABLE, KA_REASON_FILE_NFS_DENIED },
		{ KA_REASON_FILE_UNREADABLE, KA_REASON_FILE_SELINUX_LABEL },
		{ KA_REASON_FILE_MISSING, KA_REASON_FILE_HOME_MISSING },
		{ KA_REASON_PAM_ACCOUNT_DENIED, KA_REASON_ACCOUNT_EXPIRED },
		{ KA_REASON_PAM_ACCOUNT_DENIED, KA_REASON_ACCOUNT_NOLOGIN },
		{ KA_REASON_ACCOUNT_LOCKED, KA_REASON_ACCOUNT_EXPIRED }, /* UsePAM no: sshd says both */
		{ KA_REASON_CERT_PRINCIPAL_NOT_ALLOWED, KA_REASON_CERT_PRINCIPALS_FILE },
		{ KA_REASON_SSHD_KEY_REVOKED, KA_REASON_CERT_CA_REVOKED },
		{ KA_REASON_SSHD_ROOT_LOGIN_NO, KA_REASON_SSHD_ROOT_COMMAND_ONLY },
		{ KA_REASON_CMD_FAILED, KA_REASON_CMD_ARGUMENT_TOO_LONG },
		{ KA_REASON_OPTION_FROM_MISMATCH, KA_REASON_OPTION_BAD_VALUE }, /* sshd says the same of a from= that it cannot read */
		{ KA_REASON_CONN_GRACE_TIMEOUT, KA_REASON_CMD_TIMEOUT },
	};

	if (of_log == of_facts)
		return true;
	for (size_t i = 0; i < KA_ARRAY_LEN(kin); i++)
		if (kin[i].log == of_log && kin[i].facts == of_facts)
			return true;
	return false;
}

/* the item of the facts that means the same */
static struct ka_primary_item *named(struct ka_primary *p, enum ka_reason reason, int offer)
{
	for (size_t i = 0; i < p->count; i++) {
		struct ka_primary_item *item = &p->items[i];

		if (item->class != KA_CLASS_SECONDARY && (item->offer == offer || item->offer == KA_PRIMARY_ALL || offer == KA_PRIMARY_ALL) &&
		    is_same_cause(reason, item->reason))
			return item;
	}
	return NULL;
}

/* another line of the log says the same more exactly */
static bool is_said_better(const struct ka_facts *f, enum ka_reason reason)
{
	for (size_t i = 0; i < f->subject->said_count; i++) {
		enum ka_reason other = f->subject->said[i].reason;

		if (other != KA_REASON_NONE && other != reason && is_same_cause(reason, other))
			return true;
	}
	return false;
}

static int offer_of(const struct ka_facts *f, const struct ka_said *said)
{
	struct ka_sshdsay words;
	int found = KA_PRIMARY_ALL;
	bool is_cert;

	ka_said_words(said, &words);
	is_cert = words.type.len > 5 && memcmp(words.type.p + words.type.len - 5, "-CERT", 5) == 0;
	for (size_t i = 0; i < f->offers_count; i++) {
		if (!is_about(said, f->subject->offers[i].fp))
			continue;
		if (f->offers[i].is_cert == is_cert) /* a certificate and the key in it have one fingerprint */
			return (int)i;
		found = found == KA_PRIMARY_ALL ? (int)i : found;
	}
	return found;
}

static void put_path(struct ka_span from, char *out, size_t size)
{
	if (from.len > 0 && !ka_span_copy(from, out, size))
		out[0] = '\0';
}

/* sshd's own words are the evidence */
static void explain(const struct ka_facts *f, const struct ka_primary_item *item, struct ka_evidence *e, struct ka_fix *fix)
{
	struct ka_sshdsay words;
	struct ka_buf b;

	(void)f;
	(void)fix;
	ka_said_words(item->said, &words);
	put_path(words.path, e->path, sizeof(e->path));
	if (!ka_span_copy(ka_span_of(item->said->message), e->detail, sizeof(e->detail)))
		e->detail[0] = '\0';
	ka_buf_init_array(&b, e->note);
	ka_buf_text(&b, item->said->is_verified ? "sshd's own word, from its log" : "from a log file, which any local user can write to");
}

void ka_rulesaid_run(const struct ka_facts *f, struct ka_primary *out)
{
	for (size_t i = 0; i < f->subject->said_count; i++) {
		const struct ka_said *said = &f->subject->said[i];
		enum ka_class class = ka_reason_class(said->reason);
		struct ka_primary_item *item;
		int offer;

		if (said->reason == KA_REASON_NONE || class == KA_CLASS_ABSENT)
			continue; /* an absent file is said better by who looks for it */
		offer = offer_of(f, said);
		item = named(out, said->reason, offer);
		if (item != NULL && item->said == NULL)
			item->said = said; /* what happened and what is agree: no record of another key speaks against it */
		if (item != NULL || is_said_better(f, said->reason))
			continue;
		item = ka_primary_add(out, said->reason, offer, ka_reason_step(said->reason), class);
		if (item == NULL)
			return;
		item->said = said;
		item->explain = explain;
	}
}
