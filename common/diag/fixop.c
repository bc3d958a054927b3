/* Writing down what a fix does. It must never keep a part of it that did not fit. */
#include "diag/fixop.h"

#include <string.h>

#include "base/cursor.h"

#include "base/poison.h"

void ka_fixop_none(struct ka_fixops *ops)
{
	memset(ops, 0, sizeof(*ops));
}

/* the next one with its path; NULL: no room, so that the sum of commands is never reached */
static struct ka_fixop *next(struct ka_fixops *ops, enum ka_fixop_kind kind, const char *path)
{
	struct ka_fixop *op = ops->count < KA_FIXOP_MAX ? &ops->op[ops->count] : NULL;

	if (op == NULL || !ka_span_copy(ka_span_of(path), op->path, sizeof(op->path)))
		return NULL;
	op->kind = kind;
	return op;
}

static void take(struct ka_fixops *ops, size_t commands)
{
	ops->count++;
	ops->commands += commands;
}

void ka_fixop_chmod(struct ka_fixops *ops, const char *path, bool as_user, mode_t keep, mode_t set)
{
	struct ka_fixop *op = next(ops, KA_FIXOP_CHMOD, path);

	if (op == NULL)
		return;
	op->as_user = as_user;
	op->keep = keep;
	op->set = set;
	take(ops, 1);
}

void ka_fixop_chown(struct ka_fixops *ops, const char *path, bool is_key_file)
{
	struct ka_fixop *op = next(ops, KA_FIXOP_CHOWN, path);

	if (op == NULL)
		return;
	op->is_key_file = is_key_file;
	take(ops, 1);
}

void ka_fixop_rename(struct ka_fixops *ops, const char *from, const char *to)
{
	struct ka_fixop *op = next(ops, KA_FIXOP_RENAME, from);

	if (op == NULL || !ka_span_copy(ka_span_of(to), op->target, sizeof(op->target)))
		return;
	op->as_user = true;
	take(ops, 1);
}

void ka_fixop_edit(struct ka_fixops *ops, const char *path, const struct ka_fixop_edit *edit, size_t commands)
{
	struct ka_fixop *op = next(ops, KA_FIXOP_EDIT, path);

	if (op == NULL || !ka_span_copy(ka_span_of(edit->old), op->old, sizeof(op->old)) ||
	    !ka_span_copy(ka_span_of(edit->new), op->new, sizeof(op->new)))
		return;
	op->as_user = op->is_key_file = true;
	op->code = edit->code;
	op->line = edit->line;
	op->column = edit->column;
	take(ops, commands);
}

void ka_fixop_settle(struct ka_fixops *ops, size_t commands)
{
	if (ops->commands != commands)
		ka_fixop_none(ops);
}
