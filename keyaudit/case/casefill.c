/* From a case to the fields of its event; diagnosis included, sinks not. */
#include "keyaudit/case/casefill.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "diag/account.h"
#include "key/keyb64.h"
#include "key/keyblob.h"
#include "keyaudit/case/caseaddr.h"
#include "keyaudit/case/casemethods.h"
#include "keyaudit/case/casesaid.h"
#include "keyaudit/case/saidlife.h"
#include "keyaudit/case/vouch.h"
#include "source/confload.h"

#include "base/poison.h"

int ka_casefill_level(const struct ka_writer *w, const struct ka_event *e)
{
	enum ka_level level = e->reason != KA_REASON_NONE ? ka_reason_level(e->reason) : KA_LEVEL_INFO;

	for (size_t i = 0; i < w->conf.levels_count; i++)
		if (w->conf.levels[i].reason == e->reason && e->reason != KA_REASON_NONE)
			level = (enum ka_level)w->conf.levels[i].value;
	if ((e->action == KA_EVENT_LOGIN_DENIED || e->action == KA_EVENT_SERIAL_FORGOTTEN || e->action == KA_EVENT_SINK_FAILING || e->is_failing) &&
	    level < KA_LEVEL_WARNING)
		level = KA_LEVEL_WARNING;
	if (e->action == KA_EVENT_LOGIN_ACCEPTED && level > KA_LEVEL_NOTICE)
		level = KA_LEVEL_NOTICE; /* a failure line beside a login that worked misleads */
	/* never an alert on hearsay, nor with an address or a reason that only the command's uid vouches for */
	if (level > KA_LEVEL_WARNING && (e->trust != KA_TRUST_SEEN || e->is_unvouched))
		level = KA_LEVEL_WARNING;
	return (int)level;
}

/* nobody but a log that any local user can write to: neither root nor the command */
static enum ka_event_trust trust_of(const struct ka_case *c, const struct ka_outcome *o)
{
	if (o->is_log_unsure || (ka_case_is_hearsay(c) && ka_case_is_log_only(c)))
		return KA_TRUST_LOG_UNVERIFIED;
	return ka_case_is_hearsay(c) ? KA_TRUST_CLAIMED : KA_TRUST_SEEN;
}

void ka_casefill_event(const struct ka_writer *w, const struct ka_case *c, const struct ka_outcome *o, struct ka_event *e)
{
	memset(e, 0, sizeof(*e));
	e->action = o->action;
	e->at_us = ka_clock_wall_us();
	e->provider = w->provider;
	e->conn = c->conn;
	e->has_conn = true;
	e->trust = trust_of(c, o);
	e->phase = o->phase;
	e->basis = o->basis;
	e->method = o->method;
	e->methods = ka_casemethods(c);
	memcpy(e->user, c->user, sizeof(e->user));
	e->has_uid = c->has_uid;
	e->uid = c->uid;
	e->reason = o->reason;
	e->offers = c->offers;
	e->offers_count = c->offers_count;
	e->key = o->key;
	ka_caseaddr_fill(c, e);
}

/* the configuration as it is now: a collector may run for months. What the command finds in its place, the diagnosis asks */
struct current {
	struct ka_conf conf;
	struct ka_confload load;
	struct ka_conf_errors errors;
};

static enum ka_err judge_now(const struct ka_writer *w, struct current *now, struct ka_diag_subject *s)
{
	enum ka_err err = ka_confload(w->conf_path, &now->conf, &now->load, &now->errors);
	enum ka_reason reason = now->load.reason;

	s->conf = reason == KA_REASON_CONF_INVALID || reason == KA_REASON_CONF_UNSAFE ? NULL : &now->conf;
	return err;
}

/*
 * The reason is one that sshd's log names: then it is the log's word, and as good as the log. Only where the records of the
 * command or PAM say the same does that not matter.
 */
static bool is_only_said(const struct ka_case *c, enum ka_reason reason)
{
	const struct ka_said *said = ka_casesaid_of_reason(c, reason);

	if (said == NULL || said->is_verified || reason == KA_REASON_NONE)
		return false;
	if (c->account && ka_reason_step(reason) == KA_STEP_LOGIN)
		return false;
	for (size_t i = 0; i < c->offers_count; i++)
		for (size_t k = 0; k < c->offers[i].reasons_count; k++)
			if (c->offers[i].reasons[k] == reason)
				return false;
	return true;
}

static bool is_unanswered(const struct ka_case *c)
{
	return c->has_attempts_file && c->attempts == 0 && !c->tampered && !c->tampered_hidden;
}

/* nothing is known but that the command began: only one reason explains that */
static bool is_explained(const struct ka_case *c, const struct ka_finding *f)
{
	return !is_unanswered(c) || c->said_worth || f->reason == KA_REASON_CMD_TIMEOUT;
}

/* run the diagnosis and take over its primary reason; *d is the caller's to free() */
enum ka_err ka_casefill_diagnose(struct ka_writer *w, struct ka_case *c, enum ka_step reached, bool records_only, struct ka_event *e,
				 struct ka_diagnosis **d)
{
	KA_AUTOFREE struct ka_diag_subject *s = calloc(1, sizeof(*s));
	KA_AUTOFREE struct current *now = calloc(1, sizeof(*now));
	enum ka_err err;

	*d = calloc(1, sizeof(**d));
	if (s == NULL || *d == NULL || now == NULL)
		return KA_ERR_NOMEM;
	memcpy(s->user, c->user, sizeof(s->user));
	memcpy(s->address, e->source_ip, sizeof(s->address));
	s->now_sec = ka_clock_wall_us() / 1000000;
	s->offers = c->offers;
	s->offers_count = c->offers_count;
	s->offers_overflowed = c->overflowed;
	s->said = c->said;
	s->said_count = c->said_count;
	s->reached = reached;
	s->is_unanswered = is_unanswered(c);
	s->lasted_ms = w->ended_us != 0 ? (w->ended_us - ka_saidlife_begin(c->conn.start)) / 1000 : 0;
	s->records_only = records_only;
	err = judge_now(w, now, s);
	if (err == KA_ERR_OK)
		err = ka_diagnosis_run(s, *d);
	if (err != KA_ERR_OK)
		return err;
	/* of an account that is gone meanwhile, or another one by PAM's word, the rules say so; it had come further all the same */
	if ((*d)->has_primary && ka_reason_step((*d)->findings[0].reason) >= reached && is_explained(c, &(*d)->findings[0])) {
		const struct ka_finding *f = &(*d)->findings[0];

		if (e->action == KA_EVENT_KEY_OFFERED && f->reason != e->reason) {
			e->action = KA_EVENT_KEY_REFUSED; /* served, and sshd said no: from=, principals=, a certificate */
			e->basis = "inspected";
		}

		e->reason = f->reason;
		e->finding = f;
		if (f->offer >= 0 && (size_t)f->offer < c->offers_count)
			e->key = &c->offers[f->offer];
	}
	if (e->trust == KA_TRUST_SEEN && is_only_said(c, e->reason))
		e->trust = KA_TRUST_LOG_UNVERIFIED;
	e->is_unvouched |= !ka_vouch_reason(s->conf != NULL ? s->conf : &w->conf, now->load.reason, c, e->reason);
	for (size_t i = (*d)->has_primary ? 1 : 0; i < (*d)->count && e->also_count < KA_ARRAY_LEN(e->also); i++) {
		enum ka_reason r = (*d)->findings[i].reason;
		bool known = r == e->reason;

		for (size_t k = 0; k < e->also_count; k++)
			known |= e->also[k] == r;
		if (!known)
			e->also[e->also_count++] = r;
	}
	return KA_ERR_OK;
}

bool ka_casefill_may_be_shut(const struct ka_case *c, const struct ka_outcome *o, int64_t since_us)
{
	const struct ka_said *accepted = ka_casesaid_of_kind(c, KA_SSHDSAY_ACCEPTED);

	return o->action == KA_EVENT_LOGIN_ACCEPTED && o->reason == KA_REASON_NONE && !c->session && !c->account && accepted != NULL &&
	       since_us > 0 && since_us <= accepted->at_us;
}

enum ka_err ka_casefill_shut(struct ka_writer *w, struct ka_case *c, const struct ka_outcome *o, bool records_only,
			     struct ka_event *e, struct ka_diagnosis **d)
{
	KA_AUTOFREE struct ka_event *shut = NULL;
	struct stat st;
	enum ka_err err;

	if (stat(KA_ACCOUNT_NOLOGIN_ETC, &st) != 0 ||
	    !ka_casefill_may_be_shut(c, o, (int64_t)st.st_ctim.tv_sec * 1000000 + st.st_ctim.tv_nsec / 1000))
		return KA_ERR_OK;
	shut = malloc(sizeof(*shut));
	if (shut == NULL)
		return KA_ERR_NOMEM;
	*shut = *e;
	err = ka_casefill_diagnose(w, c, KA_STEP_LOGIN, records_only, shut, d);
	if (err != KA_ERR_OK || shut->reason != KA_REASON_ACCOUNT_NOLOGIN)
		return err;
	shut->key = e->key;
	*e = *shut;
	e->action = KA_EVENT_LOGIN_DENIED;
	e->basis = "inspected";
	return KA_ERR_OK;
}

/*
 * What was recorded of a key. One that logged in stands apart from the offers: it is found by its type and fingerprint, or
 * by that alone when sshd did not tell the command a type; a certificate has the fingerprint of the key in it. NULL: a file's
 * key was never asked about.
 */
static const struct ka_offer *recorded(const struct ka_case *c, const struct ka_offer *key)
{
	const struct ka_offer *found = NULL;

	for (size_t i = 0; i < c->offers_count; i++) {
		const struct ka_offer *o = &c->offers[i];
		bool is_same = key->fp[0] != '\0' && strcmp(key->fp, o->fp) == 0;

		if (key == o || (is_same && strcmp(key->type, o->type) == 0))
			return o;
		if (is_same && found == NULL)
			found = o;
	}
	return found;
}

static void add_also(struct ka_event *e, enum ka_reason reason)
{
	for (size_t i = 0; i < e->also_count; i++)
		if (e->also[i] == reason)
			return;
	if (reason != e->reason && e->also_count < KA_ARRAY_LEN(e->also))
		e->also[e->also_count++] = reason;
}

void ka_casefill_also(struct ka_case *c, struct ka_event *e)
{
	const struct ka_offer *own = e->key != NULL ? recorded(c, e->key) : NULL;

	for (size_t i = 0; i < c->offers_count; i++) {
		struct ka_offer *o = &c->offers[i];

		for (size_t k = 0; k < o->reasons_count; k++) {
			/* of a key that was served other lines and sources may have been wrong; only what is wrong with itself is news */
			if (o->said == KA_OFFER_SERVED && (o != own || !ka_reason_is_of_key(o->reasons[k])))
				continue;
			if (o->verdict == KA_REASON_NONE)
				o->verdict = o->reasons[k];
			add_also(e, o->reasons[k]);
		}
	}
}

void ka_casefill_sources(struct ka_case *c, struct ka_event *e)
{
	const struct ka_offer *o = e->key != NULL ? recorded(c, e->key) : NULL;
	struct ka_span rest = ka_span_of(o != NULL ? o->src : e->key != NULL ? "" : c->src_last);

	c->sources_count = 0;
	while (c->sources_count < KA_SOURCES_MAX && ka_recordsrc_next(&rest, &c->sources[c->sources_count]))
		c->sources_count++;
	e->sources = c->sources;
	e->sources_count = c->sources_count;
	e->lookup_us = o != NULL ? o->took_us : e->key != NULL ? 0 : c->took_last_us;
	e->key_label = o != NULL ? o->label : "";
}

/* bits of the key of the primary reason: from its record; 0 when the record had no room for it */
unsigned ka_casefill_bits(const struct ka_case *c, const struct ka_offer *key)
{
	KA_AUTOFREE uint8_t *blob = malloc(KA_BLOB_MAX);
	KA_AUTOFREE struct ka_keyblob *k = calloc(1, sizeof(*k));
	struct ka_span any = { NULL, 0 };
	size_t len;

	if (key == &c->session_key)
		return c->session_key_bits;
	if (key == NULL || blob == NULL || k == NULL || !ka_keyb64_decode(ka_span_of(key->key), blob, KA_BLOB_MAX, &len))
		return 0;
	ka_keyblob_parse((struct ka_span){ blob, len }, any, k);
	return k->bits;
}
