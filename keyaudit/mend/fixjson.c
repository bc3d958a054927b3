/* Changes as JSON; strangers' text escaped inside its values. */
#include "keyaudit/mend/fixjson.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "audit/jsonout.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/limits.h"
#include "keyaudit/mend/fixtell.h"

#include "base/poison.h"

static const char *const states[] = {
	[KA_FIXTURN_READY] = "ready", [KA_FIXTURN_BY_HAND] = "by-hand", [KA_FIXTURN_NOTHING] = "nothing", [KA_FIXTURN_DECLINED] = "declined",
	[KA_FIXTURN_UNTRUSTED] = "untrusted", [KA_FIXTURN_DONE] = "done", [KA_FIXTURN_FAILED] = "failed",
};

const char *ka_fixjson_kind(enum ka_fixop_kind kind)
{
	static const char *const kinds[] = { [KA_FIXOP_CHMOD] = "chmod", [KA_FIXOP_CHOWN] = "chown", [KA_FIXOP_RENAME] = "rename", [KA_FIXOP_EDIT] = "edit" };

	return (size_t)kind < KA_ARRAY_LEN(kinds) ? kinds[kind] : "";
}

bool ka_fixjson_begin(struct ka_fixjson *j, bool wanted)
{
	memset(j, 0, sizeof(*j));
	if (!wanted)
		return true;
	j->text = malloc(KA_DOCTOR_JSON_MAX);
	if (j->text == NULL)
		return false;
	ka_buf_init(&j->b, j->text, KA_DOCTOR_JSON_MAX);
	ka_jsonout_object(&j->b, NULL);
	ka_jsonout_plain(&j->b, "schema", "keyaudit.fix/1");
	ka_jsonout_plain(&j->b, "version", KA_VERSION);
	ka_jsonout_array(&j->b, "changes");
	return true;
}

static void put_file(struct ka_buf *b, const struct ka_fixturn_file *f)
{
	char at[KA_CLOCK_TEXT_MAX];

	ka_jsonout_object(b, NULL);
	ka_jsonout_text(b, "path", ka_span_of(f->path), KA_TEXT_PATH_MAX);
	ka_clock_text(f->walk.it.mtime_ns / 1000, at);
	ka_jsonout_plain(b, "modified", at);
	ka_jsonout_array(b, "keys");
	for (size_t i = 0; i < f->look.keys.keys && i < KA_FIXKEYS_MAX; i++) {
		const struct ka_fixkeys_row *row = &f->look.keys.row[i];

		ka_jsonout_object(b, NULL);
		ka_jsonout_u64(b, "line", row->line);
		ka_jsonout_text(b, "type", ka_span_of(row->type), KA_TYPE_NAME_MAX);
		ka_jsonout_plain(b, "fingerprint", row->fp);
		ka_jsonout_text(b, "comment", ka_span_of(row->comment), (size_t)4 * KA_FIXKEYS_COMMENT_MAX);
		ka_jsonout_object_end(b);
	}
	ka_jsonout_array_end(b);
	ka_jsonout_u64(b, "unreadable_lines", f->look.keys.odd);
	ka_jsonout_object_end(b);
}

void ka_fixjson_turn(struct ka_fixjson *j, const struct ka_fixturn *t)
{
	struct ka_buf *b = &j->b;

	if (j->text == NULL)
		return;
	ka_jsonout_object(b, NULL);
	ka_jsonout_plain(b, "reason", ka_reason_id(t->finding->reason));
	if (t->finding->evidence.path[0] != '\0')
		ka_jsonout_text(b, "path", ka_span_of(t->finding->evidence.path), KA_TEXT_PATH_MAX);
	ka_jsonout_plain(b, "state", states[t->state]);
	if (t->state == KA_FIXTURN_BY_HAND && t->answer != KA_FIXPLAN_FINE)
		ka_jsonout_plain(b, "rule", ka_fixplan_id(t->answer));
	if (t->state != KA_FIXTURN_DONE)
		ka_jsonout_plain(b, "why", ka_fixtell_why(t));
	ka_jsonout_array(b, "commands");
	for (size_t i = 0; i < t->finding->fix.commands; i++)
		ka_jsonout_plain(b, NULL, t->finding->fix.command[i]);
	ka_jsonout_array_end(b);
	if (t->finding->fix.advice[0] != '\0')
		ka_jsonout_plain(b, "advice", t->finding->fix.advice);
	if (t->needs_trust) {
		ka_jsonout_array(b, "others_could_write");
		for (size_t i = 0; i < t->files_count; i++)
			put_file(b, t->file[i]);
		ka_jsonout_array_end(b);
	}
	ka_jsonout_object_end(b);
}

void ka_fixjson_op(struct ka_fixjson *j, const struct ka_fixnote_op *op, const struct ka_fixundo_result *result)
{
	if (j->text == NULL)
		return;
	ka_jsonout_object(&j->b, NULL);
	ka_jsonout_plain(&j->b, "undo", ka_fixjson_kind(op->kind));
	ka_jsonout_text(&j->b, "path", ka_span_of(op->path), KA_TEXT_PATH_MAX);
	ka_jsonout_plain(&j->b, "state", result->is_done ? "done" : "failed");
	if (!result->is_done)
		ka_jsonout_plain(&j->b, "why", result->why);
	ka_jsonout_object_end(&j->b);
}

static void print(struct ka_fixjson *j)
{
	ka_jsonout_object_end(&j->b);
	if (!j->b.overflow)
		puts(j->b.p);
	else
		fputs("keyaudit doctor: the answer is too long for one JSON object; ask again without --json\n", stderr);
}

void ka_fixjson_end(struct ka_fixjson *j, const struct ka_diag_subject *s, const struct ka_diagnosis *d, const char *undo)
{
	if (j->text == NULL)
		return;
	ka_jsonout_array_end(&j->b);
	ka_jsonout_text(&j->b, "user", ka_span_of(s->user), KA_TEXT_USER_MAX);
	if (undo[0] != '\0')
		ka_jsonout_plain(&j->b, "undo", undo);
	ka_jsonout_bool(&j->b, "would_login", d->would_login);
	if (d->has_primary)
		ka_jsonout_plain(&j->b, "reason", ka_reason_id(d->findings[0].reason));
	print(j);
}

void ka_fixjson_end_undo(struct ka_fixjson *j, const struct ka_fixnote *note)
{
	if (j->text == NULL)
		return;
	ka_jsonout_array_end(&j->b);
	ka_jsonout_text(&j->b, "user", ka_span_of(note->user), KA_TEXT_USER_MAX);
	ka_jsonout_plain(&j->b, "undo", note->id);
	print(j);
}

void ka_fixjson_free(struct ka_fixjson *j)
{
	free(j->text);
	j->text = NULL;
}
