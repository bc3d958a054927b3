/*
 * Looking up one user in a signed index. Pure.
 *
 *   entry = USER " " SERIAL " " SHA256HEX         of the user's document: its serial, and the hash of the whole file
 *
 * A user who stands in no line has no keys; that is said by signed words, where a 404 says nothing.
 */
#ifndef KA_STORE_SIGNEDINDEX_H
#define KA_STORE_SIGNEDINDEX_H

#include <stdint.h>

#include "store/signeddoc.h"

enum ka_signedindex_answer {
	KA_SIGNEDINDEX_FOUND,
	KA_SIGNEDINDEX_ABSENT, /* authoritative */
	KA_SIGNEDINDEX_BAD,    /* a line that is none, or the user twice: the index says nothing about this user */
};

/** one line of an index */
struct ka_signedindex_entry {
	struct ka_span user;
	uint64_t serial;
	uint8_t sha256[32];
};

/** ka_signedindex_next() - read the next line of the body @c; ABSENT behind the last, BAD for a line that is none */
enum ka_signedindex_answer ka_signedindex_next(struct ka_cursor *c, struct ka_signedindex_entry *out);

/** ka_signedindex_find() - the line of @user. @doc: an index that ka_signedcheck() accepted */
enum ka_signedindex_answer ka_signedindex_find(const struct ka_signeddoc *doc, const char *user, struct ka_signedindex_entry *out);

#endif
