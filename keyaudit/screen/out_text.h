/*
 * The terminal: colour and symbols only where they can be seen, hostile text only
 * escaped. stdout is data; talk and progress go to stderr.
 */
#ifndef KA_OUT_TEXT_H
#define KA_OUT_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/cursor.h"

enum ka_out_colour { KA_OUT_PLAIN, KA_OUT_GOOD, KA_OUT_WARN, KA_OUT_BAD, KA_OUT_STRONG, KA_OUT_DIM, KA_OUT_COMMAND, KA_OUT_UNKNOWN };
enum ka_out_when { KA_OUT_AUTO, KA_OUT_ALWAYS, KA_OUT_NEVER };

struct ka_out {
	FILE *to;
	bool colour; /* a terminal, not dumb, NO_COLOR unset or empty */
	bool utf8;   /* the terminal's character set shows symbols */
	bool ascii;  /* a terminal of another character set: what is not ASCII is shown as \xNN, but in a KA_OUT_COMMAND */
	unsigned columns; /* of the terminal; 0: no terminal, or too narrow for words: nothing is wrapped (out_wrap.h) */
};

/** ka_out_init() - decide for one stream. Sources: no-color.org, terminfo's TERM=dumb */
void ka_out_init(struct ka_out *o, FILE *to, enum ka_out_when when);

/** ka_out_choose() - what --color=WHEN said, for every later KA_OUT_AUTO; called once, before any verb runs */
void ka_out_choose(enum ka_out_when when);

/** ka_out_when_parse() - "auto", "always", "never"; false otherwise */
bool ka_out_when_parse(const char *text, enum ka_out_when *when);

/** ka_out_text() - our own text in a colour, or what was escaped before */
void ka_out_text(const struct ka_out *o, enum ka_out_colour c, const char *text);

/** ka_out_escaped() - strangers' text, escaped, at most @max bytes */
void ka_out_escaped(const struct ka_out *o, enum ka_out_colour c, const char *text, size_t max);

/** ka_out_mark() - the sign in front of a line: ok, warn, FAIL, or ? where nobody looked. Answers: the columns it takes */
unsigned ka_out_mark(const struct ka_out *o, enum ka_out_colour c);

/** ka_out_width() - the columns that ka_out_text() takes for it: characters, not bytes, and wide ones twice */
unsigned ka_out_width(const struct ka_out *o, enum ka_out_colour c, struct ka_span text);

/** ka_out_fitting() - how many of its bytes find room in so many columns; no character is cut */
size_t ka_out_fitting(const struct ka_out *o, enum ka_out_colour c, struct ka_span text, unsigned columns);

#endif
