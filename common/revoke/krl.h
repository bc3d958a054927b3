/*
 * OpenSSH's binary list of revoked keys, a KRL, read where it lies (PROTOCOL.krl of OpenSSH):
 *
 *   8 bytes "SSHKRL\n\0", u32 1, u64 number of the list, u64 made at, u64 flags, string reserved, string comment, and
 *   sections, each u8 type, string contents:
 *     1    certificates of an authority: krlcert.h
 *     2    keys: string blob ...              3, 5  SHA-1, SHA-256 of keys: string of 20, of 32 bytes ...
 *     4    a signature: the contents are the signer, a second string follows; behind it come only signatures
 *     255  an extension: string name, u8 critical, string contents; a critical one is not known here
 *
 * Nothing may be left over anywhere. Keys and hashes are those of plain keys in their one form. A list is believed for whose
 * file it is; nobody looks at a signature in it, as sshd has stopped to.
 *
 * MUST: take no list that sshd refuses; never answer KA_KRL_FINE where something could not be asked.
 */
#ifndef KA_REVOKE_KRL_H
#define KA_REVOKE_KRL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "key/keyblob.h"

#define KA_KRL_SHA1_LEN 20
#define KA_KRL_SHA256_LEN 32

/* a list that was looked through once: asking it cannot fail, and never finds another structure than then. Borrows the bytes */
struct ka_krl {
	struct ka_span sections;
	bool has_sha1;       /* somebody's SHA-1 is in it */
	bool has_points;     /* an authority's key is a point: ka_krl_point() */
	bool is_ascending;   /* its hashes of 32 bytes are in order, as ssh-keygen writes them */
	const char *wrong;   /* static text; NULL: the list was taken */
	size_t wrong_at;     /* the byte where the section stands in which that is */
};

/* whom it is asked about; everything borrowed */
struct ka_krl_key {
	struct ka_span plain;          /* the blob of the plain key, canonical */
	const uint8_t *sha256;         /* of plain */
	const uint8_t *sha1;           /* of plain, or NULL: not known */
	const struct ka_keycert *cert; /* the certificate around it, or NULL */
	bool points_are_good;          /* all of ka_krl_point() are; only asked of a certificate */
};

enum ka_krl_answer {
	KA_KRL_FINE,
	KA_KRL_KEY,     /* the key itself stands there */
	KA_KRL_SHA1,    /* its fingerprint */
	KA_KRL_SHA256,
	KA_KRL_SERIAL,  /* the certificate */
	KA_KRL_KEY_ID,
	KA_KRL_UNKNOWN, /* nothing that could be asked has it; for the rest the key's SHA-1 is missing, or word of the points */
};

/** ka_krl_is() - do the bytes begin as such a list does? What only nearly does is none */
bool ka_krl_is(struct ka_span bytes);

/**
 * ka_krl_read() - look through a list
 * @bytes: borrowed, must outlive @out and not change
 *
 * Answers: false, with out->wrong: what sshd refuses, and what no writer of lists makes (a key in a form that is not the
 *          only one, something behind a signature).
 * Safe:    pure; any bytes; time grows with the length alone.
 */
bool ka_krl_read(struct ka_span bytes, struct ka_krl *out);

/**
 * ka_krl_point() - the next authority whose key is a point of a curve
 * @c: over krl->sections, begun by the caller
 *
 * sshd refuses a list in which one is not on its curve, and certificates of the authority that was meant would pass. That is
 * arithmetic on large numbers: who has it asks about each. Answers: false behind the last one.
 */
bool ka_krl_point(struct ka_cursor *c, struct ka_span *blob);

/**
 * ka_krl_ask() - is that key, or that certificate, revoked by this list?
 *
 * The authority of a certificate is a key of its own: ask again with it. A list that was not taken answers KA_KRL_UNKNOWN.
 */
enum ka_krl_answer ka_krl_ask(const struct ka_krl *krl, const struct ka_krl_key *key);

#endif
