/* Noting findings of health: which, whether they were noted lately, and then by the way of all events. */
#include "keyaudit/doctor/healthnote.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audit/eventsay.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/paths.h"
#include "keyaudit/case/caseevent.h"
#include "keyaudit/log/trailtail.h"

#include "base/poison.h"

static const struct row {
	enum ka_reason reason;
	enum ka_action_event action;
	bool is_logged; /* sshd's log may have told the collector, in other words */
} rows[] = {
	{ KA_REASON_CONN_BANNED, KA_EVENT_SSHD_UNAVAILABLE, false },
	{ KA_REASON_CONN_NOT_RUNNING, KA_EVENT_SSHD_UNAVAILABLE, true },
	{ KA_REASON_SSHD_CONFIG_SHADOWED, KA_EVENT_CONFIG_UNSAFE, false },
	{ KA_REASON_SSHD_CONFIG_STALE, KA_EVENT_CONFIG_UNSAFE, false },
	{ KA_REASON_PERM_ACL, KA_EVENT_CONFIG_UNSAFE, false },
};

static const struct row *row_of(enum ka_reason reason)
{
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++)
		if (rows[i].reason == reason)
			return &rows[i];
	return NULL;
}

struct search {
	char since[KA_CLOCK_TEXT_MAX];
	const char *action, *code;
	const char *message; /* what would be said; NULL: any words */
	bool found;
};

static bool wants(const void *ctx, struct ka_span line)
{
	const struct search *s = ctx;

	return memmem(line.p, line.len, s->action, strlen(s->action)) != NULL && memmem(line.p, line.len, s->code, strlen(s->code)) != NULL;
}

static const char *text_of(const json_t *object, const char *name)
{
	const char *text = json_string_value(json_object_get(object, name));

	return text != NULL ? text : "";
}

static void take(void *ctx, const json_t *event)
{
	const json_t *what = json_object_get(event, "event");
	struct search *s = ctx;

	s->found |= strcmp(text_of(event, "@timestamp"), s->since) >= 0 && strcmp(text_of(what, "action"), s->action) == 0 &&
		    strcmp(text_of(what, "code"), s->code) == 0 &&
		    (s->message == NULL || strcmp(text_of(event, "message"), s->message) == 0);
}

/* does the trail's end say so? */
static bool is_noted(const struct ka_doctorask *q, const struct row *row, const struct ka_finding *f, unsigned long count)
{
	KA_AUTOFREE struct ka_event *e = calloc(1, sizeof(*e));
	KA_AUTOFREE char *message = malloc(KA_EVENT_LINE_MAX);
	struct search s = { .action = ka_event_action_text(row->action), .code = ka_reason_id(f->reason) };
	struct ka_buf b;

	if (e == NULL || message == NULL)
		return true;
	e->action = row->action;
	e->reason = f->reason;
	e->finding = f;
	e->summary_count = count;
	ka_buf_init(&b, message, KA_EVENT_LINE_MAX);
	ka_eventsay_message(e, false, &b);
	s.message = row->is_logged ? NULL : message;
	ka_clock_text((q->subject.now_sec - (row->is_logged ? KA_LASTDROP_SEC : KA_HEALTHNOTE_SEC)) * 1000000, s.since);
	ka_trailtail_each(q->conf.trail, wants, take, &s);
	return s.found;
}

static void note(const struct ka_doctorask *q, const struct row *row, const struct ka_finding *f, unsigned long count)
{
	KA_AUTOFREE struct ka_writer *w = calloc(1, sizeof(*w));
	const char *conf = q->args->conf_path != NULL ? q->args->conf_path : KA_PATH_CONF;
	char why[KA_CONF_ERROR_MAX] = "the trail cannot be written now";

	if (is_noted(q, row, f, count))
		return;
	if (w == NULL || ka_caseevent_open(w, "keyaudit-doctor", conf, why, sizeof(why)) != KA_ERR_OK ||
	    ka_caseevent_found(w, row->action, f, count) != KA_ERR_OK)
		fprintf(stderr, "keyaudit doctor: %s could not be noted in the trail: %s\n", ka_reason_id(f->reason), why);
}

static bool may_note(const struct ka_doctorask *q)
{
	return geteuid() == 0 && q->subject.conf != NULL;
}

void ka_healthnote_user(const struct ka_doctorask *q, const struct ka_diagnosis *d)
{
	for (size_t i = 0; may_note(q) && i < d->count; i++) {
		const struct row *row = row_of(d->findings[i].reason);

		if (row != NULL)
			note(q, row, &d->findings[i], 1);
	}
}

void ka_healthnote_all(const struct ka_doctorask *q, const struct ka_allusers *all)
{
	KA_AUTOFREE struct ka_finding *f = calloc(1, sizeof(*f));

	if (f == NULL || !may_note(q))
		return;
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		unsigned long count = 0;

		f->reason = rows[i].reason;
		for (size_t k = 0; k < all->count; k++)
			if (all->found[k].reason == (uint32_t)f->reason && count++ == 0)
				memcpy(f->evidence.path, all->found[k].path, sizeof(all->found[k].path));
		if (count > 0)
			note(q, &rows[i], f, count);
	}
}
