/*
 * One line of an sshd_config, cut as sshd cuts it: a keyword, blanks or one "=", and words that may stand in quotes. Pure.
 */
#ifndef KA_DIAG_SSHDLINE_H
#define KA_DIAG_SSHDLINE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/cursor.h"

struct ka_sshdline {
	struct ka_span keyword; /* as written, without quotes */
	struct ka_span rest;    /* the arguments as written, without blanks at their ends; may end in a comment */
};

/**
 * ka_sshdline_parse() - keyword and arguments of one line
 * @line: without its newline; any bytes
 * @out:  borrows from @line
 *
 * Answers: false for an empty line, a comment, and a keyword with an open quote, which sshd refuses.
 * Source: sshd_config(5) DESCRIPTION; strdelim() and process_server_config_line() of OpenSSH 8.4 to 10.
 */
bool ka_sshdline_parse(struct ka_span line, struct ka_sshdline *out);

/**
 * ka_sshdline_word() - the next argument: quotes (' and ") taken away, a backslash before a quote, a blank or itself likewise
 * @rest: moved behind it; a "#" at the beginning of a word ends it all
 * @out:  appended to; a word that does not fit sets its overflow
 *
 * Answers: false when there is none left, or a quote is open (sshd refuses the whole line then).
 * Source: argv_split() of OpenSSH 8.7 and later.
 */
bool ka_sshdline_word(struct ka_span *rest, struct ka_buf *out);

/** ka_sshdline_value() - all words with one blank between them: the form that sshd -T prints lists in. false: an open quote, or no room */
bool ka_sshdline_value(struct ka_span rest, char *out, size_t size);

#endif
