/*
 * Case to event. MUST: append to the trail before the claim is finished; write the same ids however often it is
 * repeated; give no source address that only the command's uid vouches for.
 */
#include "keyaudit/caseevent.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "audit/eventtext.h"
#include "audit/syslogsink.h"
#include "audit/trail.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/paths.h"
#include "base/text.h"
#include "key/keyb64.h"
#include "key/keyblob.h"
#include "keyaudit/logaddr.h"
#include "source/confload.h"

#include "base/poison.h"

enum ka_err ka_caseevent_open(struct ka_writer *w, const char *provider, const char *conf_path, char *why, size_t size)
{
	KA_AUTOFREE struct ka_confload *load = calloc(1, sizeof(*load));
	KA_AUTOFREE struct ka_conf_errors *errors = calloc(1, sizeof(*errors));
	enum ka_err err;

	if (load == NULL || errors == NULL)
		return KA_ERR_NOMEM;
	w->provider = provider;
	w->conf_path = conf_path;
	ka_eventjson_host(&w->host);
	err = ka_confload(conf_path, &w->conf, load, errors);
	if (err != KA_ERR_OK)
		return err;
	w->conf_reason = load->reason;
	memcpy(w->conf_text, load->text, sizeof(w->conf_text));
	/* auditing fails open: with a broken configuration events go where the defaults say */
	if (w->conf_reason == KA_REASON_CONF_INVALID || w->conf_reason == KA_REASON_CONF_UNSAFE)
		ka_conf_default(&w->conf);
	return ka_rundir_open(&w->dirs, why, size);
}

static int level_of(const struct ka_writer *w, const struct ka_event *e)
{
	enum ka_level level = e->reason != KA_REASON_NONE ? ka_reason_level(e->reason) : KA_LEVEL_INFO;

	for (size_t i = 0; i < w->conf.levels_count; i++)
		if (w->conf.levels[i].reason == e->reason && e->reason != KA_REASON_NONE)
			level = (enum ka_level)w->conf.levels[i].value;
	if (e->action == KA_EVENT_LOGIN_DENIED && level < KA_LEVEL_WARNING)
		level = KA_LEVEL_WARNING;
	if (e->action == KA_EVENT_LOGIN_ACCEPTED && level > KA_LEVEL_NOTICE)
		level = KA_LEVEL_NOTICE; /* a failure line beside a login that worked misleads */
	if (e->trust != KA_TRUST_SEEN && level > KA_LEVEL_WARNING)
		level = KA_LEVEL_WARNING; /* never an alert on hearsay */
	return (int)level;
}

/* an address as somebody wrote it, parsed and printed again; false when it is none */
static bool put_address(const char *text, char out[static 64])
{
	uint8_t raw[16];

	out[0] = '\0';
	if (inet_pton(AF_INET, text, raw) == 1)
		return inet_ntop(AF_INET, raw, out, 64) != NULL;
	return inet_pton(AF_INET6, text, raw) == 1 && inet_ntop(AF_INET6, raw, out, 64) != NULL;
}

static bool from_witness(const struct ka_witness *seen, const char *from, struct ka_event *e)
{
	if (!put_address(seen->client, e->source_ip))
		return false;
	e->source_port = seen->client_port;
	e->source_from = from;
	if (put_address(seen->server, e->destination_ip))
		e->destination_port = seen->server_port;
	return true;
}

/* SSH_CONNECTION: "client_ip client_port server_ip server_port" */
static bool parse_pam(const struct ka_case *c, struct ka_witness *out)
{
	struct ka_span rest = ka_span_of(c->pam_conn), word[4];
	uint64_t cport, sport;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < 4; i++)
		if (!ka_text_word(&rest, &word[i]))
			return false;
	if (!ka_span_copy(word[0], out->client, sizeof(out->client)) || !ka_span_copy(word[2], out->server, sizeof(out->server)) ||
	    !ka_text_to_u64(word[1], 65535, &cport) || !ka_text_to_u64(word[3], 65535, &sport))
		return false;
	out->client_port = (unsigned)cport;
	out->server_port = (unsigned)sport;
	return true;
}

/* M's socket, PAM, %C, sshd's log, in this order */
static void fill_address(const struct ka_writer *w, const struct ka_case *c, struct ka_event *e)
{
	struct ka_witness other;
	bool verified;

	if (e->trust == KA_TRUST_CLAIMED)
		return;
	if (from_witness(&c->witness, "socket", e))
		return;
	if (parse_pam(c, &other) && from_witness(&other, "pam", e))
		return;
	if (put_address(c->rhost, e->source_ip)) {
		e->source_from = "pam";
		return;
	}
	memset(&other, 0, sizeof(other));
	if (ka_record_addresses(c->c, 22, other.client, &other.client_port) && from_witness(&other, "command", e))
		return;
	if (ka_logaddr_find(&w->conf, c->conn.m, &other, &verified) && from_witness(&other, "sshd-log", e) && !verified)
		e->trust = KA_TRUST_LOG_UNVERIFIED;
}

static void fill(const struct ka_writer *w, const struct ka_case *c, const struct ka_outcome *o, struct ka_event *e)
{
	memset(e, 0, sizeof(*e));
	e->action = o->action;
	e->at_us = ka_clock_wall_us();
	e->provider = w->provider;
	e->conn = c->conn;
	e->has_conn = true;
	e->trust = ka_case_is_hearsay(c) ? KA_TRUST_CLAIMED : KA_TRUST_SEEN;
	e->phase = o->phase;
	e->basis = o->basis;
	e->method = o->method;
	memcpy(e->user, c->user, sizeof(e->user));
	e->has_uid = c->has_uid;
	e->uid = c->uid;
	e->reason = o->reason;
	e->offers = c->offers;
	e->offers_count = c->offers_count;
	e->key = o->key;
	fill_address(w, c, e);
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

/* run the diagnosis and take over its primary reason; *d is the caller's to free() */
static enum ka_err diagnose(struct ka_writer *w, struct ka_case *c, bool records_only, struct ka_event *e, struct ka_diagnosis **d)
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
	s->records_only = records_only;
	err = judge_now(w, now, s);
	if (err == KA_ERR_OK)
		err = ka_diagnosis_run(s, *d);
	if (err != KA_ERR_OK)
		return err;
	if ((*d)->has_primary) {
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

/* an accepted login names what was wrong with the keys tried before it, without a look at files */
static void also_from_offers(const struct ka_case *c, struct ka_event *e)
{
	for (size_t i = 0; i < c->offers_count; i++)
		for (size_t k = 0; k < c->offers[i].reasons_count && e->also_count < KA_ARRAY_LEN(e->also); k++) {
			enum ka_reason r = c->offers[i].reasons[k];
			bool known = r == e->reason || c->offers[i].said == KA_OFFER_SERVED;

			for (size_t n = 0; n < e->also_count; n++)
				known |= e->also[n] == r;
			if (!known)
				e->also[e->also_count++] = r;
		}
}

static enum ka_err to_trail(const struct ka_writer *w, const struct ka_event *e, int64_t since, enum ka_trail_answer *answer)
{
	KA_AUTOFREE char *line = malloc(KA_EVENT_LINE_MAX + 1);
	char id[KA_EVENT_FINAL_COUNT][KA_EVENT_ID_MAX], own[KA_EVENT_ID_MAX];
	const char *ids[KA_EVENT_FINAL_COUNT + 1] = { NULL };
	struct ka_trail_job job = { .path = w->conf.trail, .lock_path = KA_PATH_TRAIL_LOCK, .ids = ids, .since = since };
	struct ka_buf b;
	enum ka_err err;

	*answer = KA_TRAIL_WRITTEN;
	if (!w->conf.sink_trail)
		return KA_ERR_OK;
	if (line == NULL)
		return KA_ERR_NOMEM;
	ka_buf_init(&b, line, KA_EVENT_LINE_MAX + 1);
	ka_eventjson_write(e, &w->host, &b);
	err = ka_buf_check(&b);
	if (err != KA_ERR_OK)
		return err;
	/* any final event of this connection makes this one a repeat, whatever it was decided to be then */
	for (unsigned i = 0; e->has_conn && e->action < KA_EVENT_FINAL_COUNT && i < KA_EVENT_FINAL_COUNT; i++) {
		ka_event_id(w->host.machine_id, w->host.boot_id, &e->conn, (enum ka_action_event)i, id[i]);
		ids[i] = id[i];
	}
	if (e->has_conn && e->action >= KA_EVENT_FINAL_COUNT) {
		ka_event_id(w->host.machine_id, w->host.boot_id, &e->conn, e->action, own);
		ids[0] = own;
	}
	job.line = b.p;
	job.len = b.len;
	job.min_free_mib = w->conf.min_free_mib;
	return ka_trail_append(&job, answer);
}

static void to_syslog(const struct ka_writer *w, const struct ka_event *e)
{
	char text[KA_SYSLOG_LINE_MAX];
	struct ka_buf b;

	if (!w->conf.sink_syslog)
		return;
	ka_buf_init_array(&b, text);
	ka_eventtext_write(e, &w->host, &b);
	if (ka_syslogsink_send(e->level, text) != KA_ERR_OK)
		return; /* a dead logger costs the line; the trail has the event */
}

/* bits of the key of the primary reason: from its record; 0 when the record had no room for it */
static unsigned bits_of(const struct ka_case *c, const struct ka_offer *key)
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

static enum ka_err write_event(struct ka_writer *w, struct ka_event *e, int64_t since, enum ka_trail_answer *answer)
{
	enum ka_err err;

	e->level = level_of(w, e);
	err = to_trail(w, e, since, answer);
	if (err == KA_ERR_OK && *answer == KA_TRAIL_WRITTEN)
		to_syslog(w, e);
	return err;
}

/* said first, moved aside then: a full disk must not lose it */
static enum ka_err report_tampered(struct ka_writer *w, const struct ka_claim *claim, const struct ka_case *c)
{
	enum ka_err err = ka_caseevent_health(w, KA_EVENT_SPOOL_TAMPERED, &claim->conn, 1,
					      "a record file was not what the command writes");

	if (err == KA_ERR_OK && c->tampered)
		ka_claim_reject(&w->dirs, claim->dir, "a");
	if (err == KA_ERR_OK && c->tampered_hidden)
		ka_claim_reject(&w->dirs, claim->dir, "b");
	return err;
}

static enum ka_err finish_claim(struct ka_writer *w, struct ka_claim *claim, enum ka_reason denied_by, bool *written)
{
	struct ka_case *c = ka_case_new(&claim->conn);
	KA_AUTOFREE struct ka_event *e = calloc(1, sizeof(*e));
	KA_AUTOFREE struct ka_diagnosis *d = NULL;
	bool records_only = claim->tries > KA_CLAIM_TRIES_MAX;
	enum ka_trail_answer answer = KA_TRAIL_FULL;
	struct ka_outcome o;
	enum ka_err err = c != NULL && e != NULL ? ka_case_read_claim(&w->dirs, claim, c) : KA_ERR_NOMEM;

	*written = false;
	if (err == KA_ERR_OK) {
		if (c->tampered || c->tampered_hidden)
			err = report_tampered(w, claim, c);
		ka_outcome_judge(c, denied_by, &o);
		fill(w, c, &o, e);
		if ((c->tampered || c->tampered_hidden) && c->attempts == 0 && e->trust == KA_TRUST_CLAIMED) {
			*written = err == KA_ERR_OK; /* nothing but a forged file: the health event says all there is */
			ka_case_free(&c);
			return err;
		}
	}
	if (err == KA_ERR_OK && o.needs_diagnosis)
		err = diagnose(w, c, records_only, e, &d);
	if (err == KA_ERR_OK)
		e->key_bits = bits_of(c, e->key);
	if (err == KA_ERR_OK && records_only)
		e->basis = "records-only";
	if (err == KA_ERR_OK && o.action == KA_EVENT_LOGIN_ACCEPTED)
		also_from_offers(c, e);
	if (err == KA_ERR_OK) {
		err = write_event(w, e, claim->offset, &answer);
		if (err == KA_ERR_SYS) /* a trail that is not ours, or gone: no fault of this diagnosis, so no try is counted */
			err = KA_ERR_TIMEOUT;
	}
	*written = err == KA_ERR_OK && answer != KA_TRAIL_FULL;
	if (*written && records_only && answer == KA_TRAIL_WRITTEN)
		err = ka_caseevent_health(w, KA_EVENT_DIAG_FAILED, &claim->conn, claim->tries, "its diagnosis did not end");
	ka_case_free(&c);
	return err;
}

enum ka_err ka_caseevent_finish(struct ka_writer *w, const struct ka_conn *conn, enum ka_reason denied_by, bool lives,
				enum ka_case_answer *answer)
{
	enum ka_claim_answer got;
	struct ka_claim claim;
	bool written;
	enum ka_err err = ka_claim_take(&w->dirs, conn, w->conf.trail, &got, &claim);

	*answer = KA_CASE_NOTHING;
	if (err != KA_ERR_OK || got != KA_CLAIM_TAKEN) {
		if (err == KA_ERR_OK && got == KA_CLAIM_BUSY)
			*answer = KA_CASE_BUSY;
		return err;
	}
	err = finish_claim(w, &claim, denied_by, &written);
	if (!written) {
		if (err == KA_ERR_OK || err == KA_ERR_TIMEOUT)
			ka_claim_release(&w->dirs, &claim);
		else
			close(claim.dir);
		*answer = KA_CASE_LATER;
		return err == KA_ERR_TIMEOUT ? KA_ERR_OK : err;
	}
	close(claim.dir);
	*answer = KA_CASE_WRITTEN;
	return ka_claim_finish(&w->dirs, conn, lives);
}

enum ka_err ka_caseevent_say(struct ka_writer *w, struct ka_case *c)
{
	KA_AUTOFREE struct ka_event *e = calloc(1, sizeof(*e));
	KA_AUTOFREE struct ka_diagnosis *d = NULL;
	struct ka_outcome o;
	enum ka_err err;

	if (e == NULL)
		return KA_ERR_NOMEM;
	ka_outcome_judge(c, KA_REASON_NONE, &o);
	if (o.action != KA_EVENT_KEY_REFUSED || !o.needs_diagnosis)
		return KA_ERR_OK;
	fill(w, c, &o, e);
	e->phase = "auth";
	err = diagnose(w, c, false, e, &d);
	e->level = level_of(w, e);
	if (err == KA_ERR_OK)
		to_syslog(w, e);
	return err;
}

enum ka_err ka_caseevent_health(struct ka_writer *w, enum ka_action_event action, const struct ka_conn *conn,
				unsigned long count, const char *text)
{
	KA_AUTOFREE struct ka_event *e = calloc(1, sizeof(*e));
	enum ka_trail_answer answer;
	struct ka_buf b;
	enum ka_err err;

	if (e == NULL)
		return KA_ERR_NOMEM;
	e->action = action;
	e->at_us = ka_clock_wall_us();
	e->provider = w->provider;
	e->basis = "witnessed";
	e->phase = "end";
	e->trust = KA_TRUST_SEEN;
	e->has_conn = conn != NULL;
	if (conn != NULL)
		e->conn = *conn;
	e->summary_count = count;
	if (action == KA_EVENT_SPOOL_TAMPERED)
		e->reason = KA_REASON_SPOOL_TAMPERED;
	ka_buf_init_array(&b, e->text);
	ka_text_escape(&b, ka_span_of(text), 0, sizeof(e->text) - 1);
	err = write_event(w, e, 0, &answer);
	return err == KA_ERR_OK && answer == KA_TRAIL_FULL ? KA_ERR_TIMEOUT : err;
}
