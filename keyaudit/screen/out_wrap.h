/*
 * Prose at the width of a terminal: broken at blanks, continued below the text it belongs
 * to. Where nobody looks (a pipe, a file) nothing is broken, and a line stays a line.
 *
 * MUST: never break what is there to be copied: a command, a path, a fingerprint, an id.
 */
#ifndef KA_OUT_WRAP_H
#define KA_OUT_WRAP_H

#include <stddef.h>

#include "keyaudit/screen/out_text.h"

struct ka_wrap {
	const struct ka_out *o; /* borrowed */
	unsigned column;        /* where the line has come to */
	unsigned indent;        /* where it is continued */
	unsigned blanks;        /* not written yet: a break may take their place */
};

/** ka_wrap_begin() - a line on which @column columns stand already, to be continued at @indent */
void ka_wrap_begin(struct ka_wrap *w, const struct ka_out *o, unsigned column, unsigned indent);

/**
 * ka_wrap_text() - our own text, or what was escaped before
 *
 * Broken at blanks, but not between the words of a command: from the name of a program to the next word that ends in
 * a comma, a colon, a semicolon, a full stop or a bracket.
 */
void ka_wrap_text(struct ka_wrap *w, enum ka_out_colour c, const char *text);

/** ka_wrap_solid() - the same, in one piece behind its leading blanks: it goes to the next line as a whole */
void ka_wrap_solid(struct ka_wrap *w, enum ka_out_colour c, const char *text);

/** ka_wrap_escaped() - strangers' text, escaped, at most @max bytes, in one piece */
void ka_wrap_escaped(struct ka_wrap *w, enum ka_out_colour c, const char *text, size_t max);

/** ka_wrap_end() - end the line */
void ka_wrap_end(struct ka_wrap *w);

#endif
