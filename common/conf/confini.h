/*
 * The line grammar of strict INI. One line is blank, a comment ('#' or ';' first), "[section]",
 * "[section name]" or "key = value". A line never goes on in the next one, a comment never stands behind a
 * value, quotes have no meaning. Bytes are UTF-8 without controls other than tab. Pure; knows no key.
 */
#ifndef KA_CONF_CONFINI_H
#define KA_CONF_CONFINI_H

#include "base/cursor.h"

enum ka_confini_kind {
	KA_CONFINI_NOTHING, /* blank or comment */
	KA_CONFINI_SECTION, /* word, arg (empty when there is none) */
	KA_CONFINI_KEY,     /* word, value (trimmed, may be empty) */
	KA_CONFINI_BAD,     /* wrong says what, culprit shows it (may be empty) */
};

struct ka_confini {
	enum ka_confini_kind kind;
	struct ka_span word, arg, value; /* borrowed from the line */
	const char *wrong;
	struct ka_span culprit;
};

/** ka_confini_parse() - read one line without its newline */
void ka_confini_parse(struct ka_span line, struct ka_confini *out);

/** ka_confini_has_bom() - begins with the UTF-8 byte order mark */
bool ka_confini_has_bom(struct ka_span file);

#endif
