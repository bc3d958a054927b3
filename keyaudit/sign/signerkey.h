/*
 * The key that signs, as far as it is public: read from a private key file (whose public half is never encrypted), or from
 * a public key whose private half an agent or a security key holds. ssh-keygen(1) does everything with the rest.
 */
#ifndef KA_SIGNERKEY_H
#define KA_SIGNERKEY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/err.h"
#include "base/limits.h"

struct ka_signerkey {
	char path[KA_PATH_TRUSTED_MAX]; /* absolute: ssh-keygen works in another directory */
	uint8_t blob[KA_SIGNERS_BLOB_MAX];
	size_t len;
	bool is_sk;             /* a security key: it wants to be touched for each signature */
	bool is_encrypted;      /* ssh-keygen asks for a passphrase each time it is started */
	char fp[KA_FPR_TEXT_MAX];
	const char *wrong;      /* static text; NULL when the key may sign */
};

/**
 * ka_signerkey_read() - what can be known of @path
 *
 * Answers: out->wrong. Only ssh-ed25519 and sk-ssh-ed25519 keys sign documents, and no key with which anybody could.
 * Errors:  KA_ERR_LIMIT - the path is too long; KA_ERR_SYS - there is no working directory; KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_signerkey_read(const char *path, struct ka_signerkey *out);

/** ka_signerkey_parse() - the same from the bytes of such a file: blob, is_encrypted, and the rest of @out but its path */
void ka_signerkey_parse(struct ka_span file, struct ka_signerkey *out);

/** ka_signerkey_absolute() - a path for who works in another directory. Errors: KA_ERR_SYS, KA_ERR_LIMIT */
KA_MUST_CHECK enum ka_err ka_signerkey_absolute(const char *path, char out[static KA_PATH_TRUSTED_MAX]);

#endif
