/*
 * What a fix does, beside the words for it (fix.h): changes that a program can make on
 * a descriptor without a shell. Made where the commands are made, so that both say the
 * same; whether one of them may be done at all is judged elsewhere (keyaudit/mend).
 *
 * MUST: hold every command of its fix or none: half a cure is worse than none.
 */
#ifndef KA_DIAG_FIXOP_H
#define KA_DIAG_FIXOP_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/limits.h"

enum ka_fixop_kind {
	KA_FIXOP_CHMOD,
	KA_FIXOP_CHOWN,  /* to the user and the login group */
	KA_FIXOP_RENAME, /* to a name that is free */
	KA_FIXOP_EDIT,   /* one line of a key file, or its encoding */
	KA_FIXOP_KINDS
};

enum ka_fixop_code { KA_FIXOP_CODE_KEEP, KA_FIXOP_CODE_UTF16, KA_FIXOP_CODE_UTF16LE, KA_FIXOP_CODE_UTF16BE };

/* an edit as its maker says it; borrowed */
struct ka_fixop_edit {
	enum ka_fixop_code code; /* another one than KEEP: the whole file becomes UTF-8, and the rest is not looked at */
	unsigned line;           /* 1-based */
	unsigned column;         /* 1-based byte; 0: wherever @old stands in the line */
	const char *old, *new;   /* bytes that stand there and that shall; at most KA_FIXOP_WORD_MAX - 1 */
};

struct ka_fixop {
	enum ka_fixop_kind kind;
	bool as_user;                    /* the user can do it; else root must */
	bool is_key_file;                /* the path is one that AuthorizedKeysFile names, or a similar one */
	char path[KA_TEXT_PATH_MAX];     /* raw bytes */
	char target[KA_TEXT_PATH_MAX];   /* RENAME: the new path */
	mode_t keep, set;                /* CHMOD: the new mode is (old & keep) | set */
	enum ka_fixop_code code;         /* EDIT, as above */
	unsigned line, column;
	char old[KA_FIXOP_WORD_MAX], new[KA_FIXOP_WORD_MAX];
};

struct ka_fixops {
	size_t count;                    /* 0: by hand only */
	size_t commands;                 /* of the fix, that these stand for */
	struct ka_fixop op[KA_FIXOP_MAX];
};

/** ka_fixop_none() - by hand only */
void ka_fixop_none(struct ka_fixops *ops);

/** ka_fixop_chmod(), _chown(), _rename() - stands for one command; what does not fit is left out, and ka_fixop_settle() sees it */
void ka_fixop_chmod(struct ka_fixops *ops, const char *path, bool as_user, mode_t keep, mode_t set);
void ka_fixop_chown(struct ka_fixops *ops, const char *path, bool is_key_file);
void ka_fixop_rename(struct ka_fixops *ops, const char *from, const char *to);

/** ka_fixop_edit() - stands for @commands commands */
void ka_fixop_edit(struct ka_fixops *ops, const char *path, const struct ka_fixop_edit *edit, size_t commands);

/** ka_fixop_settle() - the fix is complete: without an op for each of its @commands there is none at all */
void ka_fixop_settle(struct ka_fixops *ops, size_t commands);

#endif
