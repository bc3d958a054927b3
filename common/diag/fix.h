/*
 * How a fix is written down: argv lists through the one shell quoter, or a
 * sentence of advice. Nothing here runs anything.
 *
 * MUST: "--" is the caller's to put before operands; an operand that a terminal
 * or shell could misread (control bytes, broken UTF-8, bidirectional marks) never
 * becomes part of a command; below a home the command runs as the user.
 */
#ifndef KA_DIAG_FIX_H
#define KA_DIAG_FIX_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "diag/diagnosis.h"

/**
 * ka_fix_quote() - append one word so that a POSIX shell reads exactly these bytes
 *
 * Plain words stay as they are; everything else stands in single quotes.
 */
void ka_fix_quote(struct ka_buf *b, struct ka_span word);

/**
 * ka_fix_command() - add a command to @fix
 * @user: run it as this user (runuser -u USER --), or NULL for root
 * @argv: the words, NULL-terminated; @argv[0] is a program name
 *
 * Answers: false, and @fix has no command left at all, when a word must not stand in a command or the
 *          result is too long: half a cure would be worse than none.
 */
bool ka_fix_command(struct ka_fix *fix, const char *user, const char *const *argv);

/**
 * ka_fix_copy() - one command that copies a user's file to a place of root's: read with the user's rights, written with root's
 *
 * Answers: false when it cannot be written down; there are no commands then.
 */
bool ka_fix_copy(struct ka_fix *fix, const char *user, const char *from, const char *to);

/** ka_fix_advice() - one sentence; escaped, cut when too long. What stood there is replaced */
void ka_fix_advice(struct ka_fix *fix, const char *text);

struct ka_fix_words {
	const char *user, *home, *file, *dir; /* raw bytes, or NULL: the word stays */
	unsigned line;                        /* 0: the word stays */
};

/** ka_fix_fill() - append a template of reason.def: the words USER HOME FILE DIR LINE are filled in, escaped */
void ka_fix_fill(struct ka_buf *b, const char *text, const struct ka_fix_words *words);

/** ka_fix_template() - advice from a template: see ka_fix_fill(). What stood there is replaced */
void ka_fix_template(struct ka_fix *fix, const char *text, const struct ka_fix_words *words);

/**
 * ka_fix_template_command() - commands from a template of reason.def that is one: words at blanks, "&&" between two commands
 *
 * Answers: false, and @fix has no command, when a placeholder (a word of capitals) has no value in @words, or its value must
 *          not stand in a command.
 */
bool ka_fix_template_command(struct ka_fix *fix, const char *text, const struct ka_fix_words *words);

#endif
