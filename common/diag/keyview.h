/*
 * One line of an authorized_keys file the way sshd reads it: far more lenient
 * than our own parser (any length, comments of any bytes, labels such as
 * rsa-sha2-512), so that nothing is called a cause which sshd lets pass. Pure.
 */
#ifndef KA_DIAG_KEYVIEW_H
#define KA_DIAG_KEYVIEW_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cursor.h"

enum ka_keyview_kind {
	KA_KEYVIEW_EMPTY,
	KA_KEYVIEW_COMMENT,    /* '#' first */
	KA_KEYVIEW_KEY,        /* [options] type blob: where sshd looks for a key; the blob may still be bad */
	KA_KEYVIEW_OPEN_QUOTE, /* a quote is not closed: the line is ignored; see quote */
	KA_KEYVIEW_NOTHING,    /* sshd finds no key type where one must stand: the line is ignored */
};

struct ka_keyview {
	enum ka_keyview_kind kind;
	struct ka_span line;    /* up to the first NUL, without one trailing CR */
	struct ka_span options; /* "" when none */
	struct ka_span type, base64, comment; /* KA_KEYVIEW_KEY */
	size_t quote;           /* KA_KEYVIEW_OPEN_QUOTE: offset of the open quote */
};

/** ka_keyview_parse() - look at one line without its newline; every span borrows from it */
void ka_keyview_parse(struct ka_span line, struct ka_keyview *out);

/** ka_keyview_is_type() - a word that sshd takes as key type: one we know, a signature name, or the name inside @base64 */
bool ka_keyview_is_type(struct ka_span word, struct ka_span base64);

/** ka_keyview_inner_type() - the type name at the start of base64 text, decoded into @name; empty when there is none */
struct ka_span ka_keyview_inner_type(struct ka_span base64, uint8_t name[static 64]);

/** ka_keyview_type_fits() - may a key with this inner type stand behind this type word? (rsa-sha2-512 before ssh-rsa) */
bool ka_keyview_type_fits(struct ka_span word, struct ka_span inner);

#endif
