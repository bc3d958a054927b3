/* The table of sinks. It must never make a failure of one of them anybody else's. */
#include "keyaudit/sink/sink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "audit/eventtext.h"
#include "audit/syslogsink.h"
#include "base/cleanup.h"
#include "base/text.h"
#include "keyaudit/form/form.h"
#include "keyaudit/sink/sinkaudit.h"
#include "keyaudit/sink/sinkexec.h"
#include "keyaudit/sink/sinkjournal.h"
#include "keyaudit/sink/sinkstate.h"

#include "base/poison.h"

_Static_assert((int)KA_CONF_FORM_ECS == (int)KA_FORM_ECS && (int)KA_CONF_FORM_OCSF == (int)KA_FORM_OCSF &&
	       (int)KA_CONF_FORM_CEF == (int)KA_FORM_CEF && (int)KA_CONF_FORM_KV == (int)KA_FORM_KV, "the words of [audit] format");

/* one delivery; the event is parsed when the first sink needs it */
struct delivery {
	const struct ka_sink_job *job;
	json_t *event;
	char why[KA_SINK_WHY_MAX];
};

static const char *error_name(int errnum)
{
	const char *name = strerrorname_np(errnum);

	return name != NULL ? name : "an error without a name";
}

static enum ka_err because(struct delivery *d, const char *what)
{
	ka_span_copy(ka_span_of(what), d->why, sizeof(d->why));
	return KA_ERR_SYS;
}

static enum ka_err to_syslog(struct delivery *d)
{
	char text[KA_SYSLOG_LINE_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	ka_eventtext_write(d->job->e, d->job->host, &b);
	errno = 0;
	if (ka_syslogsink_send(d->job->e->level, text) == KA_ERR_OK)
		return KA_ERR_OK;
	return because(d, error_name(errno));
}

static enum ka_err to_journal(struct delivery *d)
{
	KA_AUTOFREE char *text = malloc(KA_SINK_JOURNAL_MAX);
	struct ka_buf b;

	if (text == NULL)
		return because(d, "no memory");
	ka_buf_init(&b, text, KA_SINK_JOURNAL_MAX);
	ka_sinkjournal_write(d->event, &b);
	if (ka_sinkjournal_send(KA_SINKJOURNAL_SOCKET, b.p, b.len) == KA_ERR_OK)
		return KA_ERR_OK;
	return because(d, error_name(errno));
}

static enum ka_err to_audit(struct delivery *d)
{
	char text[KA_SINK_AUDIT_TEXT_MAX];
	struct ka_buf b;

	ka_buf_init_array(&b, text);
	if (!ka_sinkaudit_write(d->event, &b) || ka_sinkaudit_send(text) == KA_ERR_OK)
		return KA_ERR_OK;
	return because(d, ka_sinkaudit_is_absent(errno) ? "this kernel has no audit, or does not let us at it" : error_name(errno));
}

static enum ka_err to_exec(struct delivery *d)
{
	const struct ka_sink_job *job = d->job;
	KA_AUTOFREE char *line = malloc(KA_FORM_LINE_MAX);
	struct ka_buf b;

	if (line == NULL)
		return because(d, "no memory");
	ka_buf_init(&b, line, KA_FORM_LINE_MAX);
	if (ka_form_write((enum ka_form)job->conf->format, (struct ka_span){ (const uint8_t *)job->line, job->len - 1 }, d->event, &b) != KA_ERR_OK)
		return because(d, "the event does not fit the form");
	return ka_sinkexec_run(job->conf->exec, job->conf->exec_deadline_ms, ka_buf_as_span(&b), d->why, sizeof(d->why));
}

static const struct sink {
	const char *name;
	size_t is_on;      /* offset in struct ka_conf */
	enum ka_err (*deliver)(struct delivery *d);
	bool needs_event;
	unsigned rest_sec; /* after a failure: it would cost its deadline every time */
} sinks[KA_SINKS_MAX] = {
	{ "syslog", offsetof(struct ka_conf, sink_syslog), to_syslog, false, 0 },
	{ "journal", offsetof(struct ka_conf, sink_journal), to_journal, true, 0 },
	{ "audit", offsetof(struct ka_conf, sink_audit), to_audit, true, 0 },
	{ "exec", offsetof(struct ka_conf, sink_exec), to_exec, true, KA_SINK_EXEC_REST_SEC },
};

static bool is_parsed(struct delivery *d)
{
	if (d->event == NULL)
		d->event = json_loadb(d->job->line, d->job->len, JSON_REJECT_DUPLICATES, NULL);
	return d->event != NULL;
}

static void note(const struct sink *s, bool works, const char *why, struct ka_sink_changes *out)
{
	struct ka_sink_change *c = &out->change[out->count++];
	struct ka_buf b;

	*c = (struct ka_sink_change){ .sink = s->name, .works = works };
	ka_buf_init_array(&b, c->why);
	if (!works)
		ka_text_escape(&b, ka_span_of(why), 0, sizeof(c->why) - 1);
}

void ka_sink_deliver(const struct ka_sink_job *job, struct ka_sink_changes *out)
{
	struct delivery d = { .job = job };

	out->count = 0;
	for (size_t i = 0; i < KA_ARRAY_LEN(sinks); i++) {
		const struct sink *s = &sinks[i];
		struct ka_sinkstate state = { job->dir, s->name, job->writer };
		enum ka_err err;

		if (!*(const bool *)((const char *)job->conf + s->is_on) || (s->rest_sec > 0 && ka_sinkstate_rests(&state, s->rest_sec)))
			continue;
		d.why[0] = '\0';
		err = !s->needs_event || is_parsed(&d) ? s->deliver(&d) : because(&d, "the event cannot be parsed");
		if (job->is_report)
			continue;
		if (err == KA_ERR_OK ? ka_sinkstate_works(&state) : ka_sinkstate_fails(&state))
			note(s, err == KA_ERR_OK, d.why, out);
	}
	json_decref(d.event);
}
