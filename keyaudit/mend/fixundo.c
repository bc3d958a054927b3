/* Undoing. What is not as we left it is left alone. */
#include "keyaudit/mend/fixundo.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"

#include "base/poison.h"

static void say(struct ka_fixundo_result *out, const char *why)
{
	snprintf(out->why, sizeof(out->why), "%s", why);
}

/* as it was left? NULL, or what is different */
static const char *differs(const struct ka_fixnote_op *op, const struct ka_fixstat *it)
{
	if (it->dev != op->dev || it->ino != op->ino)
		return "another file is there now (device or inode)";
	if (op->kind == KA_FIXOP_CHMOD && (it->mode & 07777) != op->new_mode)
		return "its mode has been changed since";
	if (op->kind == KA_FIXOP_CHOWN && (it->uid != op->new_uid || it->gid != op->new_gid))
		return "its owner has been changed since";
	if (op->kind == KA_FIXOP_CHOWN && (it->mode & 07777) != op->new_mode)
		return "its mode has been changed since";
	return NULL;
}

static bool is_ready(void *ctx, const struct ka_fixdo_result *result)
{
	(void)ctx;
	(void)result;
	return true; /* the note is written already */
}

/* the change that puts it back, for the judge */
static void reverse(const struct ka_fixnote_op *op, struct ka_fixop *back)
{
	back->kind = op->kind;
	back->as_user = op->as_user;
	back->is_key_file = op->is_key_file;
	ka_span_copy(ka_span_of(op->kind == KA_FIXOP_RENAME ? op->target : op->path), back->path, sizeof(back->path));
}

static void run(const struct ka_fixnote_op *op, const struct ka_fixop *back, const struct ka_fixworld *world, const struct ka_fixwalk *walk,
		const struct ka_fixwalk *to, struct ka_fixundo_result *out)
{
	const struct ka_fixdo what = { .op = back, .world = world, .walk = walk, .mode = op->old_mode, .uid = op->old_uid, .gid = op->old_gid,
				       .to_dir = to->dir, .to_name = to->name, .sha256 = op->sum, .is_given = true, .content = op->old,
				       .ready = is_ready };
	struct ka_fixdo_result done;

	ka_fixdo_run(&what, &done);
	out->is_done = done.answer == KA_FIXDO_DONE;
	out->dev = done.after.dev;
	out->ino = done.after.ino;
	if (!out->is_done)
		say(out, ka_fixdo_why(done.answer));
}

static void undo(const struct ka_fixnote_op *op, const struct ka_fixop *back, const struct ka_fixworld *world, const struct ka_fixwalk *walk,
		 const struct ka_fixwalk *to, struct ka_fixundo_result *out)
{
	enum ka_fixplan_answer answer = ka_fixplan_undo(back, walk, world);
	const char *different = walk->fd >= 0 ? differs(op, &walk->it) : NULL;

	if (different != NULL)
		say(out, different);
	else if (answer != KA_FIXPLAN_FINE)
		say(out, ka_fixplan_why(answer));
	else if (op->kind == KA_FIXOP_RENAME && to->fd >= 0)
		say(out, "there is a file of the old name again");
	else if (op->kind == KA_FIXOP_RENAME && (to->dir < 0 || to->errnum != ENOENT || !ka_fixstat_is_same(&to->parent, &walk->parent)))
		say(out, "the directory of the old name is another one, or cannot be gone to");
	else
		run(op, back, world, walk, to, out);
}

void ka_fixundo_op(const struct ka_fixnote_op *op, const struct ka_fixworld *world, struct ka_fixundo_result *out)
{
	KA_AUTOFREE struct ka_fixop *back = calloc(1, sizeof(*back));
	struct ka_fixwalk walk, to;

	memset(out, 0, sizeof(*out));
	if (back == NULL) {
		say(out, "out of memory");
		return;
	}
	reverse(op, back);
	ka_fixwalk_open(back->path, world->has_home ? &world->home_st : NULL, &walk);
	ka_fixwalk_open(op->path, world->has_home ? &world->home_st : NULL, &to);
	undo(op, back, world, &walk, &to, out);
	ka_fixwalk_close(&walk);
	ka_fixwalk_close(&to);
}

void ka_fixundo_follow(struct ka_fixnote *note, size_t i, const struct ka_fixundo_result *result)
{
	const struct ka_fixnote_op *edit = &note->op[i];

	for (size_t n = 0; n < i && edit->kind == KA_FIXOP_EDIT && result->is_done; n++) {
		struct ka_fixnote_op *op = &note->op[n];

		if (op->dev != edit->dev || op->ino != edit->was_ino)
			continue;
		op->dev = result->dev;
		op->ino = result->ino;
	}
}
