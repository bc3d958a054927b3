/*
 * The authority's signature on a certificate: which algorithm, and is it genuine? Ed25519 is verified here; RSA and ECDSA
 * need large numbers, which authkeys-vet has.
 *
 *   signature = string(algorithm) string(value) [sk-*: u8(flags) u32(counter)], over everything before it
 *
 * MUST: take no algorithm that does not belong to the CA's type of key; leave nothing unverified that is not said to be.
 * Source: PROTOCOL.certkeys; RFC 8032, RFC 8332, RFC 5656; PROTOCOL.u2f. Allowed is what CASignatureAlgorithms allows since 8.2.
 */
#ifndef KA_VET_CERTSIG_H
#define KA_VET_CERTSIG_H

#include <stdbool.h>
#include <stdint.h>

#include "key/keyblob.h"
#include "key/keysk.h"
#include "vet/vetnote.h"

/* every span borrows from the certificate */
struct ka_certsig {
	struct ka_keyblob ca;     /* a plain key */
	struct ka_span algorithm; /* as it stands there; a stranger's text */
	struct ka_span value;
	uint8_t flags;            /* sk: as signed */
	uint32_t counter;
};

/**
 * ka_certsig_read() - the CA key, and the signature's parts
 * @cert: of ka_keyblob_parse()
 *
 * Answers: KA_REASON_NONE; cert.malformed; cert.signature-algorithm - SHA-1 (ssh-rsa) or another one that nobody should use;
 *          cert.signature-bad - an algorithm of another type of key.
 */
enum ka_reason ka_certsig_read(const struct ka_keycert *cert, struct ka_certsig *out);

/** ka_certsig_needs_vetter() - RSA or ECDSA: not for ka_certsig_is_genuine() */
bool ka_certsig_needs_vetter(const struct ka_certsig *s);

/**
 * ka_certsig_signed() - what the CA's key signed: everything before the signature, of a security key its own form of that
 * @room: used for the latter
 */
struct ka_span ka_certsig_signed(const struct ka_certsig *s, const struct ka_keycert *cert, uint8_t room[static KA_KEYSK_SIGNED_LEN]);

/** ka_certsig_is_genuine() - Ed25519 and its security keys: does it verify? false for every other type */
bool ka_certsig_is_genuine(const struct ka_certsig *s, const struct ka_keycert *cert);

/**
 * ka_certsig_judge() - cert.signature-algorithm, cert.signature-bad
 *
 * Both refuse whatever the policy says: what is not verified must not pass. An RSA or ECDSA signature is left to
 * authkeys-vet: ka_certsig_needs_vetter().
 * Answers: must authkeys-vet be asked about the signature?
 */
bool ka_certsig_judge(const struct ka_keycert *cert, struct ka_vetnote *note);

#endif
