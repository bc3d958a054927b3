/* Doing one fix. It must never act on what was not judged a moment ago. */
#include "keyaudit/mend/fixact.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "keyaudit/mend/fixnotes.h"
#include "keyaudit/mend/fixundo.h"

#include "base/poison.h"

/* one change while it is made */
struct act {
	const struct ka_fixturn_step *step;
	const struct ka_fixworld *world;
	struct ka_fixact_log *log;
	struct ka_fixwalk walk;  /* now */
	struct ka_fixwalk to;    /* RENAME: the new name */
	struct ka_fixlook look;  /* EDIT: the content now ... */
	char *bytes;             /* ... owned */
	struct ka_fixop op;
};

static const struct ka_fixstat *home_of(const struct ka_fixworld *world)
{
	return world->has_home ? &world->home_st : NULL;
}

static bool fail(struct ka_fixturn *t, const char *why, int errnum)
{
	t->state = KA_FIXTURN_FAILED;
	t->why = why;
	t->errnum = errnum;
	return false;
}

/* as it was planned; times of the inode move with our own changes, and only with them */
static bool is_expected(const struct ka_fixturn_step *s, bool is_first, const struct ka_fixwalk *now)
{
	struct ka_fixstat want = s->expected;

	if (!is_first)
		want.ctime_ns = now->it.ctime_ns;
	return now->fd >= 0 && ka_fixstat_is_unchanged(&now->it, &want) && ka_fixstat_is_same(&now->parent, &s->walk.parent) &&
	       now->is_in_home == s->walk.is_in_home;
}

/* no change without its note */
static bool note_it(void *ctx, const struct ka_fixdo_result *result)
{
	const struct act *a = ctx;
	const struct ka_fixop *op = a->step->op;
	struct ka_fixnote *note = &a->log->note;
	struct ka_fixnote_op *to = note->count < KA_FIXNOTE_OPS_MAX ? &note->op[note->count] : NULL;

	if (to == NULL)
		return false;
	memset(to, 0, sizeof(*to));
	to->kind = op->kind;
	to->as_user = op->as_user;
	to->is_key_file = op->is_key_file;
	memcpy(to->path, op->path, sizeof(to->path));
	memcpy(to->target, op->target, sizeof(to->target));
	to->dev = result->after.dev;
	to->ino = result->after.ino;
	to->was_ino = op->kind == KA_FIXOP_EDIT ? a->walk.it.ino : 0;
	to->old_mode = a->walk.it.mode & 0777;
	to->new_mode = op->kind == KA_FIXOP_CHMOD ? ka_fixplan_mode(op, a->walk.it.mode) : to->old_mode;
	to->old_uid = a->walk.it.uid;
	to->old_gid = a->walk.it.gid;
	to->new_uid = op->kind == KA_FIXOP_CHOWN ? a->world->uid : to->old_uid;
	to->new_gid = op->kind == KA_FIXOP_CHOWN ? a->world->gid : to->old_gid;
	to->has_sum = op->kind == KA_FIXOP_EDIT;
	if (to->has_sum) {
		memcpy(to->sum, result->sha256, sizeof(to->sum));
		to->old = (struct ka_span){ (const uint8_t *)a->bytes, a->look.len };
	}
	note->count++;
	if (ka_fixnotes_save(a->log->dir, note) == KA_ERR_OK)
		return true;
	note->count--;
	return false;
}

/* what an edit or a rename needs beside the object */
static bool prepare(struct ka_fixturn *t, struct act *a)
{
	const struct ka_fixop *op = a->step->op;

	if (op->kind == KA_FIXOP_RENAME) {
		ka_fixwalk_open(op->target, home_of(a->world), &a->to);
		if (a->to.fd >= 0)
			return fail(t, ka_fixdo_why(KA_FIXDO_TAKEN), 0);
		if (a->to.dir < 0 || a->to.errnum != ENOENT || !ka_fixstat_is_same(&a->to.parent, &a->walk.parent))
			return fail(t, "the directory of the new name is another one, or cannot be gone to", a->to.errnum);
	}
	if (op->kind != KA_FIXOP_EDIT)
		return true;
	if (ka_fixlook_read(a->world, &a->walk, &a->look, &a->bytes) != KA_ERR_OK || a->look.errnum != 0)
		return fail(t, "it cannot be read", (int)a->look.errnum);
	return a->look.keys.is_private ? fail(t, "a private key stands in it, which must not be copied into an undo note", 0) : true;
}

static bool act(struct ka_fixturn *t, struct act *a)
{
	struct ka_fixdo what = { .op = a->step->op, .world = a->world, .walk = &a->walk, .mode = ka_fixplan_mode(a->step->op, a->walk.it.mode),
				 .uid = a->world->uid, .gid = a->world->gid, .sha256 = a->look.sha256, .ready = note_it, .ctx = a };
	size_t noted = a->log->note.count;
	struct ka_fixdo_result done;

	if (!prepare(t, a))
		return false;
	what.to_dir = a->to.dir;
	what.to_name = a->to.name;
	ka_fixdo_run(&what, &done);
	if (done.answer == KA_FIXDO_DONE)
		return true;
	if (done.answer != KA_FIXDO_HUNG)
		a->log->note.count = noted;
	return fail(t, ka_fixdo_why(done.answer), (int)done.errnum);
}

static bool do_step(struct ka_fixturn *t, size_t i, const struct ka_fixworld *world, struct ka_fixact_log *log)
{
	KA_AUTOFREE struct act *a = calloc(1, sizeof(*a));
	bool done = false;

	if (a == NULL || log->kept_count == KA_FIXNOTE_OPS_MAX)
		return fail(t, "out of memory", 0);
	*a = (struct act){ .step = &t->step[i], .world = world, .log = log };
	a->to.fd = a->to.dir = -1;
	ka_fixwalk_open(t->step[i].op->path, home_of(world), &a->walk);
	if (!is_expected(&t->step[i], i == 0, &a->walk) || ka_fixplan_judge(t->step[i].op, &a->walk, world) != KA_FIXPLAN_FINE)
		fail(t, ka_fixdo_why(KA_FIXDO_CHANGED), 0);
	else
		done = act(t, a);
	ka_fixwalk_close(&a->walk);
	ka_fixwalk_close(&a->to);
	if (a->bytes != NULL) /* the note may have it */
		log->kept[log->kept_count++] = a->bytes;
	return done;
}

/* what was vouched for is still what is there, and nobody can write to it any more */
static bool is_content_as_listed(struct ka_fixturn *t, const struct ka_fixworld *world, bool is_done)
{
	KA_AUTOFREE struct ka_fixlook *now = calloc(1, sizeof(*now));

	for (size_t i = 0; i < t->files_count; i++) {
		struct ka_fixturn_file *f = t->file[i];
		struct ka_fixwalk again = f->walk; /* the same descriptors, with what is true of them now */

		if (now == NULL || ka_fixstat_take(f->walk.fd, &again.it) != KA_ERR_OK)
			return fail(t, ka_fixdo_why(KA_FIXDO_CHANGED), 0);
		if (ka_fixlook_read(world, &again, now, NULL) != KA_ERR_OK || now->errnum != 0 ||
		    memcmp(now->sha256, f->look.sha256, sizeof(now->sha256)) != 0)
			return fail(t, "its content has changed since its keys were listed", 0);
		if (is_done && ka_fixlook_has_writer(&again))
			return fail(t, "somebody holds the file open for writing, whatever its mode: find out who (fuser), or write it anew", 0);
	}
	return true;
}

/* the files that stay where they are must be those that were listed */
static bool is_in_place(struct ka_fixturn *t, const struct ka_fixworld *world)
{
	for (size_t i = 0; i < t->files_count; i++) {
		struct ka_fixwalk now;
		bool same = ka_fixwalk_open(t->file[i]->path, home_of(world), &now) && ka_fixstat_is_same(&now.it, &t->file[i]->walk.it);

		ka_fixwalk_close(&now);
		if (!same)
			return fail(t, ka_fixdo_why(KA_FIXDO_CHANGED), 0);
	}
	return true;
}

static void put_back(const struct ka_fixworld *world, struct ka_fixact_log *log, size_t from)
{
	while (log->note.count > from) {
		struct ka_fixundo_result result;

		ka_fixundo_op(&log->note.op[log->note.count - 1], world, &result);
		if (!result.is_done)
			return; /* it stays in the note */
		log->note.count--;
		ka_fixundo_follow(&log->note, log->note.count, &result);
	}
}

void ka_fixact_run(struct ka_fixturn *t, const struct ka_fixworld *world, struct ka_fixact_log *log)
{
	size_t from = log->note.count;
	bool moves = t->count > 0 && (t->step[0].op->kind == KA_FIXOP_EDIT || t->step[0].op->kind == KA_FIXOP_RENAME);
	bool good = is_in_place(t, world) && is_content_as_listed(t, world, false);

	for (size_t i = 0; i < t->count && good; i++)
		good = do_step(t, i, world, log);
	if (good && t->needs_trust)
		good = is_content_as_listed(t, world, t->step[0].op->kind != KA_FIXOP_EDIT) && (moves || is_in_place(t, world));
	if (good) {
		t->state = KA_FIXTURN_DONE;
		return;
	}
	put_back(world, log, from);
	(void)!ka_fixnotes_save(log->dir, &log->note); /* without what was put back */
}

void ka_fixact_forget(struct ka_fixact_log *log)
{
	for (size_t i = 0; i < log->kept_count; i++)
		free(log->kept[i]);
	log->kept_count = log->note.count = 0;
}
