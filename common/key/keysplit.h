/*
 * Which part of a line is what: options, type word, base64, comment. sshd only
 * tries and gives up; here a damaged line is split too, so that it can be said
 * what is wrong with it and whose key it was.
 */
#ifndef KA_KEY_KEYSPLIT_H
#define KA_KEY_KEYSPLIT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cursor.h"

struct ka_keysplit {
	struct ka_span options, type, base64, comment; /* inside the line; empty when there is none */
	bool is_open;       /* a quote in the options is never closed */
	size_t open_at;     /* offset of that quote in the line */
	bool has_blank;     /* there are words between the options and the type: a blank inside the list */
	size_t blank_at;    /* offset of that blank */
};

/**
 * ka_keysplit_line() - split a line
 * @line: without control characters but tab
 *
 * A good line is split as sshd does it. Otherwise: a word that names a key type is
 * the type; a word that begins with "AAAA" is base64; a word with a quote, "=", ","
 * or the name of an option is options.
 */
void ka_keysplit_line(struct ka_span line, struct ka_keysplit *out);

#endif
