/*
 * Case to event. MUST: append to the trail before the claim is finished; write the same ids however often it is
 * repeated.
 */
#include "keyaudit/case/caseevent.h"

#include <stdlib.h>
#include <string.h>

#include "audit/eventtext.h"
#include "audit/syslogsink.h"
#include "audit/trail.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/paths.h"
#include "base/text.h"
#include "keyaudit/case/casefill.h"
#include "keyaudit/case/sweep.h"
#include "keyaudit/sink/sink.h"
#include "keyaudit/sink/sinkstate.h"
#include "source/confload.h"

#include "base/poison.h"

/* what stands in the files now; with conf.invalid and conf.unsafe w->conf must not be used */
static enum ka_err load_conf(struct ka_writer *w)
{
	KA_AUTOFREE struct ka_confload *load = calloc(1, sizeof(*load));
	KA_AUTOFREE struct ka_conf_errors *errors = calloc(1, sizeof(*errors));
	enum ka_err err;

	if (load == NULL || errors == NULL)
		return KA_ERR_NOMEM;
	err = ka_confload(w->conf_path, &w->conf, load, errors);
	if (err != KA_ERR_OK)
		return err;
	w->conf_reason = load->reason;
	memcpy(w->conf_text, load->text, sizeof(w->conf_text));
	return KA_ERR_OK;
}

bool ka_caseevent_is_broken(const struct ka_writer *w)
{
	return w->conf_reason == KA_REASON_CONF_INVALID || w->conf_reason == KA_REASON_CONF_UNSAFE;
}

enum ka_err ka_caseevent_open(struct ka_writer *w, const char *provider, const char *conf_path, char *why, size_t size)
{
	enum ka_err err;

	w->provider = provider;
	w->conf_path = conf_path;
	w->trail_lock = KA_PATH_TRAIL_LOCK;
	w->health = KA_PATH_HEALTH;
	ka_eventjson_host(&w->host);
	err = load_conf(w);
	if (err != KA_ERR_OK)
		return err;
	/* auditing fails open: with a broken configuration events go where the defaults say */
	if (ka_caseevent_is_broken(w))
		ka_conf_default(&w->conf);
	return ka_rundir_open(&w->dirs, why, size);
}

enum ka_err ka_caseevent_reload(struct ka_writer **w, char why[static KA_CONF_ERROR_MAX])
{
	struct ka_writer *fresh = calloc(1, sizeof(*fresh)), *old = *w;
	enum ka_err err;

	why[0] = '\0';
	if (fresh == NULL)
		return KA_ERR_NOMEM;
	*fresh = *old; /* its conf, which may not be copied, is begun anew */
	err = load_conf(fresh);
	if (err != KA_ERR_OK || ka_caseevent_is_broken(fresh)) {
		const char *what = fresh->conf_text[0] != '\0' ? fresh->conf_text : ka_reason_id(fresh->conf_reason);

		if (err == KA_ERR_OK)
			ka_span_copy(ka_span_of(what), why, KA_CONF_ERROR_MAX);
		free(fresh);
		return err;
	}
	*w = fresh;
	free(old);
	return KA_ERR_OK;
}

/* Makes *@line, with its newline, the trail's, and says in it under which number. */
static enum ka_err to_trail(const struct ka_writer *w, const struct ka_event *e, struct ka_buf *line, int64_t since,
			    enum ka_trail_answer *answer)
{
	char id[KA_EVENT_FINAL_COUNT][KA_EVENT_ID_MAX], own[KA_EVENT_ID_MAX];
	const char *ids[KA_EVENT_FINAL_COUNT + 1] = { NULL };
	struct ka_trail_job job = { .path = w->conf.trail, .lock_path = w->trail_lock, .ids = ids, .since = since };
	uint64_t seq = 0;
	enum ka_err err;

	*answer = KA_TRAIL_WRITTEN;
	if (!w->conf.sink_trail)
		return KA_ERR_OK;
	/* any final event of this connection makes this one a repeat, whatever it was decided to be then */
	for (unsigned i = 0; e->has_conn && e->action < KA_EVENT_FINAL_COUNT && i < KA_EVENT_FINAL_COUNT; i++) {
		ka_event_id(w->host.machine_id, w->host.boot_id, &e->conn, (enum ka_action_event)i, id[i]);
		ids[i] = id[i];
	}
	if ((e->has_conn || e->is_repeatable) && e->action >= KA_EVENT_FINAL_COUNT) {
		ka_event_id_of(e, w->host.machine_id, w->host.boot_id, own);
		ids[0] = own;
	}
	job.line = line->p;
	job.len = line->len;
	job.min_free_mib = w->conf.min_free_mib;
	job.is_synced = w->conf.sync_always;
	job.seq = &seq;
	err = ka_trail_append(&job, answer);
	if (err == KA_ERR_OK && *answer == KA_TRAIL_WRITTEN) {
		ka_buf_cut(line, line->len - strlen("}}\n")); /* keyaudit.* is the last object of every line */
		ka_buf_text(line, ",\"seq\":");
		ka_buf_u64(line, seq);
		ka_buf_text(line, "}}\n");
	}
	return err;
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

static void report_sink(struct ka_writer *w, const struct ka_sink_change *change)
{
	enum ka_action_event action = change->works ? KA_EVENT_SINK_WORKS : KA_EVENT_SINK_FAILING;
	struct ka_sinkstate state = { w->dirs.run, change->sink, w->provider };
	char text[KA_SINK_WHY_MAX + 16];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_buf_text(&b, change->sink);
	ka_buf_text(&b, change->why[0] != '\0' ? ": " : "");
	ka_buf_text(&b, change->why);
	if (ka_caseevent_health(w, action, NULL, 1, text) != KA_ERR_OK && !change->works)
		(void)ka_sinkstate_works(&state); /* not reported yet: the next failure is */
}

/* The trail has it; what a sink does with it changes nothing about that. */
static void deliver(struct ka_writer *w, const struct ka_event *e, const struct ka_buf *line)
{
	struct ka_sink_job job = { .conf = &w->conf, .e = e, .host = &w->host, .line = line->p, .len = line->len,
				   .writer = w->provider, .dir = w->dirs.run,
				   .is_report = e->action == KA_EVENT_SINK_FAILING || e->action == KA_EVENT_SINK_WORKS };
	struct ka_sink_changes changes;

	ka_sink_deliver(&job, &changes);
	for (size_t i = 0; i < changes.count; i++)
		report_sink(w, &changes.change[i]);
}

static enum ka_err write_event(struct ka_writer *w, struct ka_event *e, int64_t since, enum ka_trail_answer *answer)
{
	KA_AUTOFREE char *room = malloc(KA_EVENT_LINE_MAX + 1);
	struct ka_buf line;
	enum ka_err err;

	*answer = KA_TRAIL_WRITTEN;
	if (room == NULL)
		return KA_ERR_NOMEM;
	e->level = ka_casefill_level(w, e);
	ka_buf_init(&line, room, KA_EVENT_LINE_MAX + 1);
	ka_eventjson_write(e, &w->host, &line);
	err = ka_buf_check(&line);
	if (err == KA_ERR_OK)
		err = to_trail(w, e, &line, since, answer);
	if (err == KA_ERR_OK && *answer == KA_TRAIL_WRITTEN)
		deliver(w, e, &line);
	return err;
}

/* said first, moved aside then: a full disk must not lose it */
static enum ka_err report_tampered(struct ka_writer *w, const struct ka_claim *claim, const struct ka_case *c)
{
	enum ka_err err = ka_caseevent_health(w, KA_EVENT_SPOOL_TAMPERED, &claim->conn, 1,
					      "a record file was not what the command writes");

	if (err == KA_ERR_OK && c->tampered)
		ka_sweep_reject(&w->dirs, claim->dir, "a");
	if (err == KA_ERR_OK && c->tampered_hidden)
		ka_sweep_reject(&w->dirs, claim->dir, "b");
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
		ka_casefill_event(w, c, &o, e);
		if ((c->tampered || c->tampered_hidden) && c->attempts == 0 && e->trust == KA_TRUST_CLAIMED) {
			*written = err == KA_ERR_OK; /* nothing but a forged file: the health event says all there is */
			ka_case_free(&c);
			return err;
		}
	}
	if (err == KA_ERR_OK && o.needs_diagnosis)
		err = ka_casefill_diagnose(w, c, o.reached, records_only, e, &d);
	else if (err == KA_ERR_OK)
		err = ka_casefill_shut(w, c, &o, records_only, e, &d);
	if (err == KA_ERR_OK) {
		e->key_bits = ka_casefill_bits(c, e->key);
		ka_casefill_sources(c, e);
	}
	if (err == KA_ERR_OK && records_only)
		e->basis = "records-only";
	if (err == KA_ERR_OK && e->action == KA_EVENT_LOGIN_ACCEPTED)
		ka_casefill_also(c, e);
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

/*
 * Marked for a summary, and its writer has died, since the claim could be taken. Either the summary stands in the trail,
 * and then it counts this connection too; or it does not, and then nobody will ever write it.
 */
static enum ka_err is_summed(const struct ka_writer *w, const struct ka_claim *claim, bool *summed)
{
	char id[KA_EVENT_ID_MAX];
	const char *const ids[] = { id, NULL };
	enum ka_err err;

	*summed = false;
	if (claim->sum.m == 0 || !w->conf.sink_trail)
		return KA_ERR_OK;
	ka_event_id(w->host.machine_id, w->host.boot_id, &claim->sum, KA_EVENT_KEY_SUMMARY, id);
	err = ka_trail_find(w->conf.trail, claim->offset, ids, summed);
	return err == KA_ERR_SYS ? KA_ERR_TIMEOUT : err; /* the trail's fault, not the diagnosis's */
}

enum ka_err ka_caseevent_finish(struct ka_writer *w, const struct ka_conn *conn, enum ka_reason denied_by, bool lives,
				enum ka_case_answer *answer)
{
	enum ka_claim_answer got;
	struct ka_claim claim;
	bool written = false, summed = false;
	enum ka_err err = ka_claim_take(&w->dirs, conn, w->conf.trail, &got, &claim);

	*answer = KA_CASE_NOTHING;
	if (err != KA_ERR_OK || got != KA_CLAIM_TAKEN) {
		if (err == KA_ERR_OK && got == KA_CLAIM_BUSY)
			*answer = KA_CASE_BUSY;
		return err;
	}
	err = is_summed(w, &claim, &summed);
	if (err == KA_ERR_OK && !summed)
		err = finish_claim(w, &claim, denied_by, &written);
	if (!written && !summed) {
		if (err == KA_ERR_OK || err == KA_ERR_TIMEOUT)
			ka_claim_release(&w->dirs, &claim);
		else
			close(claim.dir);
		*answer = KA_CASE_LATER;
		return err == KA_ERR_TIMEOUT ? KA_ERR_OK : err;
	}
	close(claim.dir);
	*answer = summed ? KA_CASE_NOTHING : KA_CASE_WRITTEN;
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
	ka_casefill_event(w, c, &o, e);
	e->phase = "auth";
	err = ka_casefill_diagnose(w, c, o.reached, false, e, &d);
	e->level = ka_casefill_level(w, e);
	if (err == KA_ERR_OK)
		to_syslog(w, e);
	return err;
}

/* an event of our own about no connection's login */
struct own {
	enum ka_action_event action;
	const struct ka_conn *conn; /* NULL: of none */
	enum ka_reason reason;
	enum ka_event_trust trust;
	unsigned long count;
	const char *text, *basis;
	const struct ka_finding *finding; /* its evidence, or NULL */
	int64_t since;              /* where a repeat of it could stand in the trail */
	const struct ka_caseevent_change *change; /* what more there is of one, or NULL */
};

static void fill_change(const struct ka_caseevent_change *c, struct ka_event *e)
{
	e->at_us = c->at_us;
	e->is_repeatable = true;
	e->is_failing = c->is_failing;
	e->file_sha256 = c->file_sha256;
	e->sources = c->source;
	e->sources_count = c->source != NULL;
}

static enum ka_err write_own(struct ka_writer *w, const struct own *own)
{
	KA_AUTOFREE struct ka_event *e = calloc(1, sizeof(*e));
	enum ka_trail_answer answer;
	enum ka_err err;

	if (e == NULL)
		return KA_ERR_NOMEM;
	e->action = own->action;
	e->at_us = ka_clock_wall_us();
	e->provider = w->provider;
	e->basis = own->basis;
	e->phase = "end";
	e->trust = own->trust;
	e->has_conn = own->conn != NULL;
	if (own->conn != NULL)
		e->conn = *own->conn;
	e->summary_count = own->count;
	e->reason = own->reason;
	e->finding = own->finding;
	if (own->change != NULL)
		fill_change(own->change, e);
	ka_span_copy(ka_span_sub(ka_span_of(own->text), 0, sizeof(e->text) - 1), e->text, sizeof(e->text));
	err = write_event(w, e, own->since, &answer);
	return err == KA_ERR_OK && answer == KA_TRAIL_FULL ? KA_ERR_TIMEOUT : err;
}

enum ka_err ka_caseevent_health(struct ka_writer *w, enum ka_action_event action, const struct ka_conn *conn,
				unsigned long count, const char *text)
{
	struct own own = {
		.action = action, .conn = conn, .count = count, .text = text, .basis = "witnessed", .trust = KA_TRUST_SEEN,
		.reason = action == KA_EVENT_SPOOL_TAMPERED ? KA_REASON_SPOOL_TAMPERED : KA_REASON_NONE,
		/* a repeat after a crash lies near the end; the whole trail may be long */
		.since = ka_trail_near_end(w->conf.trail, KA_TRAIL_REPEAT_MAX),
	};

	return write_own(w, &own);
}

enum ka_err ka_caseevent_summary(struct ka_writer *w, const struct ka_conn *first, size_t count, const char *net, int64_t since)
{
	struct own own = {
		.action = KA_EVENT_KEY_SUMMARY, .conn = first, .count = count, .text = net, .basis = "witnessed",
		.trust = KA_TRUST_SEEN, .since = since,
	};

	return write_own(w, &own);
}

enum ka_err ka_caseevent_unavailable(struct ka_writer *w, enum ka_reason reason, bool is_sure, unsigned long count, const char *text)
{
	struct own own = {
		.action = KA_EVENT_SSHD_UNAVAILABLE, .count = count, .text = text, .basis = "sshd-log", .reason = reason,
		.trust = is_sure ? KA_TRUST_SEEN : KA_TRUST_LOG_UNVERIFIED,
		.since = ka_trail_near_end(w->conf.trail, KA_TRAIL_REPEAT_MAX),
	};

	return write_own(w, &own);
}

enum ka_err ka_caseevent_found(struct ka_writer *w, enum ka_action_event action, const struct ka_finding *finding, unsigned long count)
{
	struct own own = {
		.action = action, .count = count, .text = "", .basis = "inspected", .reason = finding->reason, .finding = finding,
		.trust = KA_TRUST_SEEN, .since = ka_trail_near_end(w->conf.trail, KA_TRAIL_REPEAT_MAX),
	};

	return write_own(w, &own);
}

enum ka_err ka_caseevent_change(struct ka_writer *w, const struct ka_caseevent_change *c)
{
	struct own own = {
		.action = c->action, .count = c->count, .text = c->text, .basis = "inspected", .finding = c->finding, .change = c,
		.reason = c->finding != NULL ? c->finding->reason : KA_REASON_NONE, .trust = KA_TRUST_SEEN, .since = c->since,
	};

	return write_own(w, &own);
}

enum ka_err ka_caseevent_has(const struct ka_writer *w, const struct ka_caseevent_change *c, const char boot_id[static 33], bool *found)
{
	const struct ka_conn none = { .m = 0, .start = (uint64_t)c->at_us };
	char id[KA_EVENT_ID_MAX];
	const char *const ids[] = { id, NULL };

	*found = false;
	if (!w->conf.sink_trail)
		return KA_ERR_OK;
	ka_event_id(w->host.machine_id, boot_id, &none, c->action, id);
	return ka_trail_find(w->conf.trail, c->since, ids, found);
}
