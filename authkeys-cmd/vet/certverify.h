/* The signature of an RSA or ECDSA authority on a certificate. */
#ifndef KA_VET_CERTVERIFY_H
#define KA_VET_CERTVERIFY_H

#include "authkeys-cmd/vet/vetter.h"
#include "key/keyblob.h"

/**
 * ka_certverify_judge() - cert.signature-bad, cert.signature-algorithm, or nothing
 * @key: what ka_keyblob_parse() took; of a plain key, and where common/vet verifies the signature itself (Ed25519), nothing
 *       is judged
 *
 * Numbers must be in their only form: RSA as long as the modulus, r and s of ECDSA as shortest mpints. A CA whose point is
 * not on its curve has signed nothing. Nothing is computed with a modulus above KA_RSA_BITS_HARD_MAX, nor with an exponent that
 * ka_vetrsa_judge() would call too large or even.
 * Source: RFC 8332 3, RFC 8017 8.2.2, RFC 5656 3.1.2, PROTOCOL.u2f.
 */
void ka_certverify_judge(const struct ka_vetter *v, const struct ka_keyblob *key, struct ka_vetter_out *out);

#endif
