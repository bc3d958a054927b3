/*
 * The lines of a revoked list: one fingerprint each, as ssh-keygen prints it. Pure.
 *
 *   entry = "SHA256:" 43 base64 characters [blanks text]         the text is for people and never shown unescaped
 *
 * The fingerprint is SHA-256 over the canonical blob of the plain key.
 */
#ifndef KA_STORE_REVOKEDLIST_H
#define KA_STORE_REVOKEDLIST_H

#include <stdbool.h>

#include "base/cursor.h"

#define KA_REVOKEDLIST_PREFIX "SHA256:"
#define KA_REVOKEDLIST_HASH_LEN 43 /* without the prefix */

enum ka_revokedlist_line {
	KA_REVOKEDLIST_END,
	KA_REVOKEDLIST_ENTRY,
	KA_REVOKEDLIST_WRONG, /* neither entry nor blank nor comment: an answer about this line, not about the list */
};

/** ka_revokedlist_next() - the next line of the body @c that holds something; @hash: its 43 characters, for an entry */
enum ka_revokedlist_line ka_revokedlist_next(struct ka_cursor *c, struct ka_span *hash);

#endif
