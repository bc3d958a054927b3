/*
 * Is an ECDSA signature genuine? By the equation itself, on libcrypto's points: what libcrypto has for it draws random
 * numbers to hide secrets, which needs more of the kernel than is left in the sandbox. Nothing here is a secret.
 */
#ifndef KA_VET_ECVERIFY_H
#define KA_VET_ECVERIFY_H

#include <openssl/ec.h>

#include "authkeys-cmd/vet/bignum.h"
#include "base/cursor.h"

/**
 * ka_ecverify_look() - did the holder of @point sign @digest?
 * @point: uncompressed; one that is not on the curve has signed nothing
 * @value: mpint r, mpint s in their shortest forms
 *
 * Answers: KA_VETFOUND_YES; _NO also for numbers of another form or out of range; _FAULT: nobody knows.
 * Source:  SEC 1 v2.0 4.1.4; FIPS 186-5 6.4.2; RFC 5656 3.1.2.
 */
enum ka_vetfound ka_ecverify_look(const EC_GROUP *group, struct ka_span point, struct ka_span digest, struct ka_span value, BN_CTX *ctx);

#endif
