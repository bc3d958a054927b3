/* Putting back what a run has changed. */
#include "keyaudit/mend/fixback.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/paths.h"
#include "keyaudit/mend/fixask.h"
#include "keyaudit/mend/fixjson.h"
#include "keyaudit/mend/fixnotes.h"
#include "keyaudit/mend/fixundo.h"
#include "keyaudit/screen/exit.h"
#include "keyaudit/screen/out_text.h"

#include "base/poison.h"

/* -1: there is none to be read, and it was said why */
static int open_notes(const struct ka_fixrun_how *how, bool is_list)
{
	char why[KA_TEXT_PATH_MAX];
	int dir = ka_fixnotes_open(how->state != NULL ? how->state : KA_PATH_STATE, true, why, sizeof(why));

	if (dir < 0)
		fprintf(stderr, "keyaudit doctor: undo notes %s: %s\n", is_list ? "cannot be listed" : "cannot be read", why);
	return dir;
}

static void list_one(const struct ka_out *o, const struct ka_fixnote *note)
{
	char at[KA_CLOCK_TEXT_MAX];

	ka_clock_text(note->at_sec * 1000000, at);
	if (strlen(at) > 20)
		memcpy(at + 19, "Z", 2);
	printf("%s  %s  %2zu change%s  ", note->id, at, note->count, note->count == 1 ? " " : "s");
	ka_out_escaped(o, KA_OUT_PLAIN, note->user, KA_TEXT_USER_MAX);
	putchar('\n');
}

int ka_fixback_list(const struct ka_fixrun_how *how)
{
	KA_AUTOFREE char (*ids)[KA_FIXNOTE_ID_MAX] = calloc(KA_FIXNOTE_LIST_MAX, sizeof(*ids));
	KA_AUTOFREE struct ka_fixnote *note = malloc(sizeof(*note));
	KA_AUTOCLOSE int dir = -1;
	struct ka_out o;
	size_t n;

	if (ids == NULL || note == NULL)
		return KA_EXIT_UNDECIDED;
	dir = open_notes(how, true);
	if (dir < 0)
		return KA_EXIT_UNDECIDED;
	ka_out_init(&o, stdout, KA_OUT_AUTO);
	n = ka_fixnotes_list(dir, ids, KA_FIXNOTE_LIST_MAX);
	for (size_t i = 0; i < n; i++) {
		KA_AUTOFREE char *text = NULL;

		if (ka_fixnotes_load(dir, ids[i], note, &text) == KA_ERR_OK)
			list_one(&o, note);
		else
			printf("%s  damaged, or written by somebody else: %s/undo/%s\n", ids[i], KA_PATH_PRIVATE, ids[i]);
	}
	if (n == 0)
		fputs("keyaudit doctor: there are no undo notes: nothing was changed, or all of it is undone\n", stderr);
	return KA_EXIT_FINE;
}

static int complain(const char *id, enum ka_err err, int errnum)
{
	struct ka_out o;

	ka_out_init(&o, stderr, KA_OUT_AUTO);
	fputs("keyaudit doctor: --undo ", stderr);
	ka_out_escaped(&o, KA_OUT_PLAIN, id, KA_TEXT_USER_MAX);
	if (err == KA_ERR_SYS && errnum == ENOENT) {
		fputs(": no such note; `keyaudit doctor --undo` lists them\n", stderr);
		return KA_EXIT_UNKNOWN;
	}
	fputs(err == KA_ERR_SYS && errnum == EPERM ? ": somebody other than root could have written the note, so it is not believed" :
	      err == KA_ERR_SYNTAX ? ": the note is damaged, so it is not believed; what was changed stays as it is" :
				     ": the note cannot be read",
	      stderr);
	fputs("\n", stderr);
	return KA_EXIT_UNDECIDED;
}

static void tell_op(const struct ka_out *o, const struct ka_fixnote_op *op)
{
	fprintf(o->to, " %-6s  ", ka_fixjson_kind(op->kind));
	ka_out_escaped(o, KA_OUT_PLAIN, op->path, KA_TEXT_PATH_MAX);
	if (op->kind == KA_FIXOP_CHMOD)
		fprintf(o->to, "  back to %04o from %04o", op->old_mode, op->new_mode);
	else if (op->kind == KA_FIXOP_CHOWN)
		fprintf(o->to, "  back to %u:%u", (unsigned)op->old_uid, (unsigned)op->old_gid);
	else if (op->kind == KA_FIXOP_EDIT)
		fprintf(o->to, "  the old content, %zu bytes", op->old.len);
	fputc('\n', o->to);
}

static void tell_result(const struct ka_out *o, const struct ka_fixundo_result *result)
{
	fputs("         ", o->to);
	ka_out_mark(o, result->is_done ? KA_OUT_GOOD : KA_OUT_BAD);
	if (result->is_done)
		fputs(" done\n", o->to);
	else
		fprintf(o->to, " left alone: %s\n", result->why);
}

/* newest first, each by itself: what cannot be put back keeps nothing else from it, and stays in the note. Answers: how many do */
static size_t undo_all(const struct ka_out *o, struct ka_fixnote *note, const struct ka_fixworld *world, struct ka_fixjson *json)
{
	size_t left = 0;

	for (size_t i = note->count; i-- > 0;) {
		struct ka_fixundo_result result;

		tell_op(o, &note->op[i]);
		ka_fixundo_op(&note->op[i], world, &result);
		tell_result(o, &result);
		ka_fixjson_op(json, &note->op[i], &result);
		ka_fixundo_follow(note, i, &result);
		if (result.is_done)
			memset(&note->op[i], 0, sizeof(note->op[i]));
		left += !result.is_done;
	}
	return left;
}

/* the note of what is left; where it cannot be written the old one stays, which says more than is there */
static void keep(int dir, struct ka_fixnote *note)
{
	size_t n = 0;

	for (size_t i = 0; i < note->count; i++)
		if (note->op[i].path[0] != '\0' && i != n++)
			memcpy(&note->op[n - 1], &note->op[i], sizeof(note->op[i]));
	note->count = n;
	(void)!ka_fixnotes_save(dir, note);
}

static int undo(const struct ka_fixrun_how *how, int dir, struct ka_fixnote *note, const struct ka_fixworld *world)
{
	struct ka_fixjson json;
	struct ka_out o;
	size_t left;

	ka_out_init(&o, how->json ? stderr : stdout, KA_OUT_AUTO);
	for (size_t i = note->count; i-- > 0 && !how->yes;)
		tell_op(&o, &note->op[i]);
	if (!how->yes && ka_fixask(o.to, " Shall all of this be put back?") != KA_FIXASK_YES)
		return KA_EXIT_FINDINGS;
	if (!ka_fixjson_begin(&json, how->json))
		return KA_EXIT_UNDECIDED;
	left = undo_all(&o, note, world, &json);
	ka_fixjson_end_undo(&json, note);
	ka_fixjson_free(&json);
	if (left == 0)
		ka_fixnotes_drop(dir, note->id);
	else
		keep(dir, note);
	return left == 0 ? KA_EXIT_FINE : KA_EXIT_FINDINGS;
}

int ka_fixback_run(const struct ka_fixrun_how *how, const char *id)
{
	KA_AUTOFREE struct ka_fixnote *note = malloc(sizeof(*note));
	KA_AUTOFREE struct ka_fixworld *world = malloc(sizeof(*world));
	KA_AUTOFREE char *text = NULL;
	KA_AUTOCLOSE int dir = -1;
	enum ka_err err;

	if (note == NULL || world == NULL)
		return KA_EXIT_UNDECIDED;
	dir = open_notes(how, false);
	if (dir < 0)
		return KA_EXIT_UNDECIDED;
	err = ka_fixnotes_load(dir, id, note, &text);
	if (err != KA_ERR_OK)
		return complain(id, err, errno);
	if (!ka_fixworld_take(note->user, world)) {
		fputs("keyaudit doctor: the user of this note is not known any more: getent passwd USER\n", stderr);
		return KA_EXIT_UNKNOWN;
	}
	return undo(how, dir, note, world);
}
