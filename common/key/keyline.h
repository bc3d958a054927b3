/*
 * One line of an authorized_keys file or of a key store. Strict: form is judged
 * here, quality in vet.
 */
#ifndef KA_KEY_KEYLINE_H
#define KA_KEY_KEYLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "key/keyblob.h"
#include "key/keyopts.h"
#include "reason/reason.h"

struct ka_keyline {
	enum ka_reason reason; /* KA_REASON_NONE: a well-formed key; line.empty: blank or comment; else why not */
	size_t column;         /* 1-based byte column where it was noticed */
	struct ka_span line;   /* without its newline and one trailing CR */
	struct ka_span options_text, type_word, base64, comment;
	struct ka_keyopts options;
	struct ka_keyblob key; /* as far as it could be read, spans into the storage */
};

/**
 * ka_keyline_parse() - read one line
 * @line:    without its newline; borrowed, must outlive @out
 * @storage: room for the decoded blob (KA_BLOB_MAX bytes); must outlive @out
 *
 * Answers: out->reason. First match of: line.too-long, line.nul, line.control, line.empty, line.private-key,
 *          line.foreign-format, line.not-ascii, option.* (form), key.type-unknown, line.no-blob,
 *          line.bad-base64, what ka_keyblob_parse() says. A type word that sshd takes and we do
 *          not (rsa-sha2-512) is key.type-unknown.
 * Safe:    pure; any bytes.
 * Source:  sshd(8) AUTHORIZED_KEYS FILE FORMAT.
 */
void ka_keyline_parse(struct ka_span line, uint8_t storage[static KA_BLOB_MAX], struct ka_keyline *out);

/**
 * ka_keyline_emit() - append "options type base64\n", all of it written from the parsed form
 * @forced: options of our own put behind the line's, so that they win ("" for none); already canonical
 *
 * The comment is never emitted, nor any byte of the source's options or key text.
 */
void ka_keyline_emit(const struct ka_keyline *k, const char *forced, struct ka_buf *out);

#endif
