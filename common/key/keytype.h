/*
 * The key types, as data: one row per plain type. A certificate type is the row
 * of the plain key inside it, with is_cert beside it. Adding a type is adding a row.
 * Source: RFC 4253 6.6, RFC 5656, RFC 8709, PROTOCOL.u2f, PROTOCOL.certkeys.
 */
#ifndef KA_KEY_KEYTYPE_H
#define KA_KEY_KEYTYPE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cursor.h"

enum ka_keykind { KA_KEYKIND_ED25519, KA_KEYKIND_ECDSA, KA_KEYKIND_RSA, KA_KEYKIND_DSA };

struct ka_keytype {
	const char *name;      /* "ssh-ed25519" */
	const char *cert_name; /* "ssh-ed25519-cert-v01@openssh.com" */
	enum ka_keykind kind;
	bool is_sk;            /* has an application string behind the key */
	const char *curve;     /* ECDSA: inner curve name, else NULL */
	size_t point_len;      /* ECDSA: 65 / 97 / 133, Ed25519: 32, else 0 */
	unsigned bits;         /* fixed size in bits; 0 = depends on the key (RSA, DSA) */
};

#define KA_KEYTYPE_COUNT 8 /* ssh-dss included: known, so that it can be refused by name */

/** ka_keytype_at() - row @i below KA_KEYTYPE_COUNT */
const struct ka_keytype *ka_keytype_at(size_t i);

/** ka_keytype_find() - the row of a type word, byte for byte, case-sensitive; NULL when unknown. @is_cert may be NULL */
const struct ka_keytype *ka_keytype_find(struct ka_span word, bool *is_cert);

/** ka_keytype_is_signature_name() - rsa-sha2-*, webauthn-sk-*: signature algorithms that sshd takes as labels and we do not */
bool ka_keytype_is_signature_name(struct ka_span word);

#endif
