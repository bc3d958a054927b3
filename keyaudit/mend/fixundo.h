/*
 * Putting one change back, if it is still as we left it: the same object (device and
 * inode), with the mode, the owner or the content that we gave it, under the rules of
 * fixplan.h.
 */
#ifndef KA_MEND_FIXUNDO_H
#define KA_MEND_FIXUNDO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "keyaudit/mend/fixdo.h"
#include "keyaudit/mend/fixnote.h"
#include "keyaudit/mend/fixplan.h"

struct ka_fixundo_result {
	bool is_done;
	uint64_t dev, ino;            /* of what is there now, when it is done */
	char why[KA_FIXUNDO_WHY_MAX]; /* one clause of ours, when it is not */
};

/** ka_fixundo_op() - one change of a note */
void ka_fixundo_op(const struct ka_fixnote_op *op, const struct ka_fixworld *world, struct ka_fixundo_result *out);

/**
 * ka_fixundo_follow() - change number @i of @note was put back: its old content is a new file, and the changes before it that
 * were made to the file it had replaced are now to be put back there. Nothing for other kinds of change
 */
void ka_fixundo_follow(struct ka_fixnote *note, size_t i, const struct ka_fixundo_result *result);

#endif
