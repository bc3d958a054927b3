/*
 * The folder of undo notes, root's alone: one file per run of `doctor --fix`, written
 * before each change, so that no change is without its note.
 *
 * MUST: believe no file that anybody but root could have made or changed.
 */
#ifndef KA_MEND_FIXNOTES_H
#define KA_MEND_FIXNOTES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "keyaudit/mend/fixnote.h"

/**
 * ka_fixnotes_open() - the folder "private/undo" in @state, which is made when it is missing
 * @why: what is wrong and how it is mended, for people
 *
 * Answers: its descriptor, the caller's to close; -1.
 */
int ka_fixnotes_open(const char *state, bool make, char *why, size_t size);

/** ka_fixnotes_new_id() - one that no note has */
KA_MUST_CHECK enum ka_err ka_fixnotes_new_id(int dir, char out[static KA_FIXNOTE_ID_MAX]);

/** ka_fixnotes_save() - the note takes the place of the one of its id, complete on the disk. Errors: KA_ERR_SYS, _NOMEM, _LIMIT */
KA_MUST_CHECK enum ka_err ka_fixnotes_save(int dir, const struct ka_fixnote *note);

/**
 * ka_fixnotes_load() - read one
 * @text: holds what @out borrows; the caller's to free()
 *
 * Errors: KA_ERR_SYS (ENOENT: no such note; EPERM: others could have written it), KA_ERR_SYNTAX, KA_ERR_LIMIT, KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_fixnotes_load(int dir, const char *id, struct ka_fixnote *out, char **text);

/** ka_fixnotes_drop() - it has been undone */
void ka_fixnotes_drop(int dir, const char *id);

/** ka_fixnotes_list() - ids of all notes, sorted, at most @max; how many there are */
size_t ka_fixnotes_list(int dir, char (*ids)[KA_FIXNOTE_ID_MAX], size_t max);

#endif
