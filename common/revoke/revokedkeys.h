/*
 * A text of revoked keys, as sshd's RevokedKeys may be one, and fingerprints in it, which sshd does not take:
 *
 *   line = key | "SHA256:" 43 base64 characters [blanks text] | "#" text | blanks
 *   key  = type word, base64 [blanks text]       without options; a certificate stands for its plain key
 *
 * MUST: pass over no line that may have been meant to revoke something.
 */
#ifndef KA_REVOKE_REVOKEDKEYS_H
#define KA_REVOKE_REVOKEDKEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "key/keyline.h"

/* a text that was looked through once; borrows it */
struct ka_revokedkeys {
	struct ka_span text;
	size_t entries;    /* keys and fingerprints */
	size_t wrong_line; /* 0: none */
	const char *wrong; /* what is wrong with that line, static text; NULL: the text was taken */
};

/* scratch, too large for a stack frame */
struct ka_revokedkeys_work {
	struct ka_keyline line;
	uint8_t blob[KA_BLOB_MAX], plain[KA_BLOB_MAX];
};

/* the key it is asked about */
struct ka_revokedkeys_key {
	struct ka_span plain; /* the blob of the plain key, canonical; borrowed */
	const char *fp;       /* "SHA256:..." of it */
};

enum ka_revokedkeys_answer { KA_REVOKEDKEYS_FINE, KA_REVOKEDKEYS_KEY, KA_REVOKEDKEYS_FINGERPRINT, KA_REVOKEDKEYS_UNKNOWN };

/**
 * ka_revokedkeys_read() - look through a text
 * @text: borrowed, must outlive @out and not change
 *
 * Answers: false, with out->wrong, at the first line that is nothing of the above.
 * Safe:    pure; any bytes.
 */
bool ka_revokedkeys_read(struct ka_span text, struct ka_revokedkeys_work *w, struct ka_revokedkeys *out);

/** ka_revokedkeys_ask() - does the key stand there? KA_REVOKEDKEYS_UNKNOWN when the text was not taken. Pure */
enum ka_revokedkeys_answer ka_revokedkeys_ask(const struct ka_revokedkeys *r, const struct ka_revokedkeys_key *key,
					      struct ka_revokedkeys_work *w);

#endif
