/*
 * A key blob, parsed strictly: every non-canonical form that sshd would accept
 * is refused here, so that one key has one spelling (blocklists and revocation
 * are computed on it). Form only; whether the numbers are good is vet's business.
 */
#ifndef KA_KEY_KEYBLOB_H
#define KA_KEY_KEYBLOB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "base/err.h"
#include "base/limits.h"
#include "key/keytype.h"
#include "reason/reason.h"

#define KA_CERT_TYPE_USER 1
#define KA_CERT_TYPE_HOST 2

/* every span borrows from the blob */
struct ka_keycert {
	struct ka_span nonce;
	uint64_t serial;
	uint32_t type; /* KA_CERT_TYPE_* */
	struct ka_span id;
	struct ka_span principals; /* packed strings */
	size_t principals_count;
	uint64_t valid_after, valid_before; /* UTC seconds; UINT64_MAX = for ever */
	struct ka_span critical, extensions, reserved;
	struct ka_span ca; /* the CA's key blob (plain type) */
	struct ka_span signature;
	struct ka_span tbs; /* everything before the signature field */
};

struct ka_keyblob {
	const struct ka_keytype *type; /* of the plain key */
	bool is_cert;
	bool whole;                 /* every field was there, so that a fingerprint can be shown */
	struct ka_span blob;        /* all of it */
	struct ka_span pk;          /* Ed25519: 32 bytes (any length here); ECDSA: point */
	struct ka_span curve;       /* ECDSA */
	struct ka_span rsa_e, rsa_n; /* magnitudes, big-endian, without the leading zero byte */
	struct ka_span dsa[4];      /* p, q, g, y; magnitudes as above */
	struct ka_span application; /* sk-*; a NUL in it is key.blob-not-canonical */
	unsigned bits;              /* 256/384/521, or bits of n (DSA: of p) */
	struct ka_keycert cert;     /* when is_cert */
};

/**
 * ka_keyblob_parse() - read one key or certificate blob
 * @blob:      decoded bytes; borrowed, must outlive @out
 * @type_word: the type that the line names, or an empty span: then the inner name decides
 * @out:       as far as it got, also when a reason is returned
 *
 * Answers: KA_REASON_NONE, or the first structural reason: key.blob-truncated, key.blob-trailing,
 *          key.type-unknown, key.type-mismatch, key.mpint-negative, key.mpint-not-minimal, key.mpint-zero,
 *          key.ecdsa-curve-mismatch, key.ecdsa-point-length, key.ecdsa-point-format, key.ed25519-length,
 *          cert.malformed, key.blob-not-canonical (re-serialised and compared, the second net).
 * Limits:  KA_BLOB_MAX (key.blob-truncated is never the answer to size; larger blobs: line.too-long).
 * Safe:    pure; any bytes.
 * Source:  RFC 4251 5, RFC 4253 6.6, RFC 5656 3.1, RFC 8709 4, PROTOCOL.u2f, PROTOCOL.certkeys.
 */
enum ka_reason ka_keyblob_parse(struct ka_span blob, struct ka_span type_word, struct ka_keyblob *out);

/** ka_keyblob_plain() - append the blob of the plain key: itself, or the subject key of a certificate (as sshd's %f); nothing unless @key is whole */
void ka_keyblob_plain(const struct ka_keyblob *key, struct ka_buf *out);

/** ka_keyblob_name() - the type word that belongs to it: plain or certificate name */
const char *ka_keyblob_name(const struct ka_keyblob *key);

/** ka_keyblob_principal_next() - walk a cursor over cert.principals; false behind the last */
bool ka_keyblob_principal_next(struct ka_cursor *c, struct ka_span *out);

#endif
