/*
 * One SSHSIG signature block: read strictly, verified with libsodium. Pure.
 *
 *   block     = base64 lines of 1 to KA_SSHSIG_LINE_MAX characters, each ended by LF
 *   bytes     = "SSHSIG" u32(1) string(public key) string("keyaudit") string("") string("sha512" | "sha256") string(signature)
 *   signed    = "SSHSIG" string("keyaudit") string("") string(hash name) string(hash of the text)          ("D" below)
 *   ssh-ed25519                  signature = string(type) string(64 bytes), over D
 *   sk-ssh-ed25519@openssh.com   signature = string(type) string(64 bytes) u8(flags) u32(counter),
 *                                over SHA-256(application) flags counter SHA-256(D)
 *
 * MUST: build what was signed from the expected namespace, never from the block's; compare the block's byte for byte as
 * well; take no certificate for a key; not count a security key that was not touched.
 * Source: OpenSSH PROTOCOL.sshsig, PROTOCOL.u2f; RFC 8032.
 */
#ifndef KA_STORE_SSHSIG_H
#define KA_STORE_SSHSIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/limits.h"

#define KA_SSHSIG_NAMESPACE "keyaudit"
#define KA_SSHSIG_BEGIN "-----BEGIN SSH SIGNATURE-----"
#define KA_SSHSIG_END "-----END SSH SIGNATURE-----"

#define KA_SSHSIG_TOUCHED 0x01  /* somebody touched the security key */
#define KA_SSHSIG_VERIFIED 0x04 /* and proved to be its owner (PIN, biometry) */

enum ka_sshsig_hash { KA_SSHSIG_SHA512, KA_SSHSIG_SHA256 };

/* every span borrows from the storage */
struct ka_sshsig {
	bool is_supported; /* false: well-formed, by a type of key that we do not verify; only public_key is set */
	bool is_sk;
	enum ka_sshsig_hash hash;
	uint8_t flags;     /* sk: as signed */
	uint32_t counter;  /* sk: as signed */
	struct ka_span public_key; /* the signer's whole blob */
	struct ka_span pk;         /* its 32 bytes */
	struct ka_span application; /* sk */
	struct ka_span sig;        /* 64 bytes */
};

/* the text that was signed; each hash is computed once */
struct ka_sshsig_text {
	struct ka_span bytes; /* borrowed */
	bool has_sha256;
	uint8_t sha512[64];   /* always there: the serial memory wants it too */
	uint8_t sha256[32];
};

/**
 * ka_sshsig_parse() - read what stands between the BEGIN and the END line
 * @storage: for the decoded bytes; KA_SSHSIG_MAX is enough for every block that may be
 *
 * Answers: false when it is no signature for "keyaudit": line lengths, base64, a field that has another value than it must
 *          have, a certificate, anything behind, larger than @size.
 */
bool ka_sshsig_parse(struct ka_span block, uint8_t *storage, size_t size, struct ka_sshsig *out);

/** ka_sshsig_sha512() - the hash by which the serial memory knows a signed text */
void ka_sshsig_sha512(struct ka_span text, uint8_t out[static 64]);

/** ka_sshsig_text() - prepare the signed text; costs one SHA-512 */
void ka_sshsig_text(struct ka_span bytes, struct ka_sshsig_text *out);

/**
 * ka_sshsig_verify() - did the holder of public_key sign this text?
 * @text: gets its SHA-256 at the first signature that names it
 *
 * Answers: false also for a type that is not supported, and for a security key without KA_SSHSIG_TOUCHED. Keys of small
 *          order and second spellings of points and scalars never verify (libsodium looks at them).
 */
bool ka_sshsig_verify(const struct ka_sshsig *s, struct ka_sshsig_text *text);

#endif
