/*
 * An undo note: what `doctor --fix` has changed for one user, and what was there before.
 * Pure: text to struct and back.
 *
 * Text: a line "keyaudit-undo 1"; "id", "user", "at" (seconds since 1970), each with its
 * value; one line per change, in the order in which they were made:
 *   op KIND AS-USER KEY-FILE PATH TARGET DEV INO OLD-MODE NEW-MODE OLD-UID OLD-GID NEW-UID NEW-GID SHA256 OLD-LENGTH
 * then "end", the old contents one behind the other, and a line "sum SHA256" over everything before it. Words as
 * ka_text_percent() writes them, modes in octal, SHA256 of the new content ("-": not an edit).
 *
 * MUST: take nothing from a note but what the struct can hold in range; what it asks for is judged anew.
 */
#ifndef KA_MEND_FIXNOTE_H
#define KA_MEND_FIXNOTE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "base/err.h"
#include "base/limits.h"
#include "diag/fixop.h"

struct ka_fixnote_op {
	enum ka_fixop_kind kind;
	bool as_user, is_key_file;
	char path[KA_TEXT_PATH_MAX];
	char target[KA_TEXT_PATH_MAX]; /* RENAME: the new path, where it is now */
	uint64_t dev, ino;             /* of what is there now */
	uint64_t was_ino;              /* EDIT: of the file in whose place it is; else 0 */
	unsigned old_mode, new_mode;
	uid_t old_uid, new_uid;
	gid_t old_gid, new_gid;
	bool has_sum;
	uint8_t sum[32];               /* EDIT: SHA-256 of the new content */
	struct ka_span old;            /* EDIT: the old content; borrowed */
};

struct ka_fixnote {
	char id[KA_FIXNOTE_ID_MAX];
	char user[KA_USER_NAME_MAX];
	int64_t at_sec;
	size_t count;
	struct ka_fixnote_op op[KA_FIXNOTE_OPS_MAX];
};

/** ka_fixnote_write() - append the note as text. Answers: false, it does not fit */
bool ka_fixnote_write(const struct ka_fixnote *note, struct ka_buf *out);

/**
 * ka_fixnote_read() - a note from its text
 * @text: must outlive @out, which borrows the old contents
 *
 * Errors: KA_ERR_SYNTAX - damaged, or not one.
 */
KA_MUST_CHECK enum ka_err ka_fixnote_read(struct ka_span text, struct ka_fixnote *out);

/** ka_fixnote_is_id() - 8 characters of base32 */
bool ka_fixnote_is_id(const char *text);

#endif
