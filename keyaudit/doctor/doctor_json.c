/* The doctor as JSON. The same fields as on the screen; strangers' text escaped inside its values. */
#include "keyaudit/doctor/doctor_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/jsonout.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "base/text.h"
#include "diag/commandconf.h"
#include "diag/keyscan.h"
#include "keyaudit/doctor/tell.h"

#include "base/poison.h"


static void put_text(struct ka_buf *b, const char *key, const char *text, size_t max)
{
	if (text[0] != '\0')
		ka_jsonout_text(b, key, ka_span_of(text), max);
}

static void put_evidence(struct ka_buf *b, const struct ka_evidence *e)
{
	ka_jsonout_object(b, "evidence");
	put_text(b, "path", e->path, KA_TEXT_PATH_MAX);
	put_text(b, "target", e->target, KA_TEXT_PATH_MAX);
	if (e->has_stat) {
		ka_jsonout_mode(b, "mode", (unsigned)e->mode);
		ka_jsonout_u64(b, "uid", e->uid);
		ka_jsonout_u64(b, "gid", e->gid);
		put_text(b, "owner", e->owner, sizeof(e->owner));
		put_text(b, "group", e->group, sizeof(e->group));
	}
	if (e->errnum != 0)
		ka_jsonout_i64(b, "errno", e->errnum);
	if (e->line > 0)
		ka_jsonout_u64(b, "line", e->line);
	if (e->column > 0)
		ka_jsonout_u64(b, "column", e->column);
	put_text(b, "detail", e->detail, KA_TEXT_OPTION_MAX);
	put_text(b, "note", e->note, sizeof(e->note));
	ka_jsonout_object_end(b);
}

static void put_finding(struct ka_buf *b, const struct ka_diag_subject *s, const struct ka_finding *f, bool primary)
{
	ka_jsonout_object(b, NULL);
	ka_jsonout_plain(b, "reason", ka_reason_id(f->reason));
	ka_jsonout_bool(b, "primary", primary);
	ka_jsonout_plain(b, "level", ka_reason_level_name(ka_reason_level(f->reason)));
	ka_jsonout_plain(b, "meaning", ka_reason_meaning(f->reason));
	if (f->offer >= 0 && (size_t)f->offer < s->offers_count) {
		put_text(b, "key_type", s->offers[f->offer].type, KA_TYPE_NAME_MAX);
		if (ka_keyscan_bits(&s->offers[f->offer]) > 0)
			ka_jsonout_u64(b, "key_bits", ka_keyscan_bits(&s->offers[f->offer]));
		put_text(b, "key_fingerprint", s->offers[f->offer].fp, KA_FPR_TEXT_MAX);
	}
	put_evidence(b, &f->evidence);
	ka_jsonout_array(b, "fix");
	for (size_t i = 0; i < f->fix.commands; i++)
		ka_jsonout_plain(b, NULL, f->fix.command[i]);
	ka_jsonout_array_end(b);
	if (f->fix.advice[0] != '\0')
		ka_jsonout_plain(b, "advice", f->fix.advice);
	ka_jsonout_object_end(b);
}

static void put_last(struct ka_buf *b, const struct ka_lastrefusal *last)
{
	if (last->at[0] == '\0')
		return;
	ka_jsonout_object(b, "last_refusal");
	put_text(b, "at", last->at, sizeof(last->at));
	put_text(b, "source_ip", last->address, sizeof(last->address));
	put_text(b, "reason", last->reason, sizeof(last->reason));
	put_text(b, "ref", last->ref, sizeof(last->ref));
	ka_jsonout_object_end(b);
	if (last->earlier_count == 0)
		return;
	ka_jsonout_array(b, "earlier_refusals");
	for (size_t i = 0; i < last->earlier_count; i++) {
		const struct ka_lastrefusal_earlier *e = &last->earlier[i];

		ka_jsonout_object(b, NULL);
		put_text(b, "at", e->at, sizeof(e->at));
		put_text(b, "source_ip", e->address, sizeof(e->address));
		put_text(b, "reason", e->reason, sizeof(e->reason));
		put_text(b, "ref", e->ref, sizeof(e->ref));
		ka_jsonout_object_end(b);
	}
	ka_jsonout_array_end(b);
}

/* absent when everything was */
static void put_unjudged(struct ka_buf *b, const struct ka_unjudged *u)
{
	bool open = false;

	for (unsigned i = 0; i < KA_UNJUDGED_KINDS; i++) {
		if (!u->is[i])
			continue;
		if (!open)
			ka_jsonout_array(b, "not_judged");
		open = true;
		ka_jsonout_object(b, NULL);
		ka_jsonout_plain(b, "what", ka_unjudged_id((enum ka_unjudged_kind)i));
		ka_jsonout_plain(b, "text", ka_unjudged_text((enum ka_unjudged_kind)i));
		put_text(b, "about", u->about[i], KA_TEXT_PATH_MAX);
		ka_jsonout_object_end(b);
	}
	if (open)
		ka_jsonout_array_end(b);
}

/* one object over memory of its own, which the caller frees; NULL: there is none */
static char *begin(struct ka_buf *b, const char *schema)
{
	char *text = malloc(KA_DOCTOR_JSON_MAX);

	if (text == NULL)
		return NULL;
	ka_buf_init(b, text, KA_DOCTOR_JSON_MAX);
	ka_jsonout_object(b, NULL);
	ka_jsonout_plain(b, "schema", schema);
	ka_jsonout_plain(b, "version", KA_VERSION);
	return text;
}

static void put_row(struct ka_buf *b, const struct ka_keyrow *row)
{
	ka_jsonout_object(b, NULL);
	ka_jsonout_u64(b, "line", row->line);
	if (row->column > 0)
		ka_jsonout_u64(b, "column", row->column);
	ka_jsonout_bool(b, "is_key", row->is_key != 0);
	put_text(b, "key_type", row->type, sizeof(row->type));
	if (row->bits > 0)
		ka_jsonout_u64(b, "key_bits", row->bits);
	put_text(b, "key_fingerprint", row->fp, sizeof(row->fp));
	put_text(b, "comment", row->comment, sizeof(row->comment));
	if (row->reason != KA_REASON_NONE)
		ka_jsonout_plain(b, "reason", ka_reason_id((enum ka_reason)row->reason));
	if (row->vet != KA_REASON_NONE)
		ka_jsonout_plain(b, "policy", ka_reason_id((enum ka_reason)row->vet));
	if (row->offer != UINT32_MAX)
		ka_jsonout_bool(b, "in_question", true);
	ka_jsonout_object_end(b);
}

static void put_way_line(struct ka_buf *b, const struct ka_diagnosis *d, const struct ka_way_line *line)
{
	static const char *const states[] = { [KA_WAY_OK] = "ok", [KA_WAY_UNKNOWN] = "unknown", [KA_WAY_WARN] = "warn", [KA_WAY_BAD] = "fail" };

	ka_jsonout_object(b, NULL);
	put_text(b, "what", line->what, sizeof(line->what));
	ka_jsonout_plain(b, "state", states[line->state]);
	if (line->reason != KA_REASON_NONE)
		ka_jsonout_plain(b, "reason", ka_reason_id(line->reason));
	if (line->has_stat) {
		ka_jsonout_mode(b, "mode", line->mode);
		put_text(b, "owner", line->owner, sizeof(line->owner));
		put_text(b, "group", line->group, sizeof(line->group));
	}
	put_text(b, "text", line->text, sizeof(line->text));
	if (line->file >= 0) {
		ka_jsonout_array(b, "lines");
		for (size_t i = 0; i < d->rows_count; i++)
			if (d->rows[i].file == (uint32_t)line->file)
				put_row(b, &d->rows[i]);
		ka_jsonout_array_end(b);
	}
	ka_jsonout_object_end(b);
}

/* absent when nobody looked */
static void put_way(struct ka_buf *b, const struct ka_diagnosis *d)
{
	if (d->way.count == 0)
		return;
	ka_jsonout_array(b, "way");
	for (size_t i = 0; i < d->way.count; i++)
		put_way_line(b, d, &d->way.line[i]);
	ka_jsonout_array_end(b);
	if (d->rows_left_out > 0)
		ka_jsonout_u64(b, "lines_left_out", d->rows_left_out);
}

static void put_tell(struct ka_buf *b, const struct ka_diag_subject *s, const struct ka_diagnosis *d)
{
	char text[KA_TELL_MAX];
	struct ka_buf words;

	ka_buf_init_array(&words, text);
	ka_doctor_tell(s, d, &words);
	if (!words.overflow)
		put_text(b, "tell", text, sizeof(text));
}

void ka_doctor_json_user(const struct ka_diag_subject *s, const struct ka_diagnosis *d, const struct ka_lastrefusal *last)
{
	struct ka_buf b;
	KA_AUTOFREE char *text = begin(&b, "keyaudit.doctor/1");

	if (text == NULL)
		return;
	ka_jsonout_text(&b, "user", ka_span_of(s->user), KA_TEXT_USER_MAX);
	put_text(&b, "from", s->address, sizeof(s->address));
	put_text(&b, "sshd", d->sshd_version, sizeof(d->sshd_version));
	ka_jsonout_plain(&b, "strict_modes", d->strict_modes_debian ? "debian" : "upstream");
	ka_jsonout_bool(&b, "would_login", d->would_login);
	ka_jsonout_bool(&b, "hung", d->hung);
	put_text(&b, "unchecked", ka_commandconf_unchecked(d->rights), KA_TEXT_OPTION_MAX);
	put_unjudged(&b, &d->unjudged);
	if (d->has_primary)
		ka_jsonout_plain(&b, "reason", ka_reason_id(d->findings[0].reason));
	ka_jsonout_array(&b, "findings");
	for (size_t i = 0; i < d->count; i++)
		put_finding(&b, s, &d->findings[i], i == 0 && d->has_primary);
	ka_jsonout_array_end(&b);
	put_way(&b, d);
	put_last(&b, last);
	put_tell(&b, s, d);
	ka_jsonout_object_end(&b);
	puts(b.p);
}

void ka_doctor_json_install(const struct ka_install *list)
{
	static const char *const state[] = { "ok", "warn", "fail" };
	struct ka_buf b;
	KA_AUTOFREE char *text = begin(&b, "keyaudit.install/1");

	if (text == NULL)
		return;
	put_text(&b, "sshd", list->sshd_version, sizeof(list->sshd_version));
	ka_jsonout_array(&b, "checks");
	for (size_t i = 0; i < list->count; i++) {
		const struct ka_install_item *item = &list->items[i];

		ka_jsonout_object(&b, NULL);
		ka_jsonout_plain(&b, "what", item->what);
		ka_jsonout_plain(&b, "state", state[item->state]);
		if (item->reason != KA_REASON_NONE)
			ka_jsonout_plain(&b, "reason", ka_reason_id(item->reason));
		ka_jsonout_plain(&b, "text", item->text);
		if (item->mend[0] != '\0')
			ka_jsonout_plain(&b, "mend", item->mend);
		ka_jsonout_object_end(&b);
	}
	ka_jsonout_array_end(&b);
	ka_jsonout_object_end(&b);
	puts(b.p);
}
