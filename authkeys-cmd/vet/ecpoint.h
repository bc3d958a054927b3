/* Points that are on no curve, or on another one: whoever does arithmetic with them gives something away. */
#ifndef KA_VET_ECPOINT_H
#define KA_VET_ECPOINT_H

#include <openssl/ec.h>

#include "authkeys-cmd/vet/bignum.h"
#include "base/cursor.h"

/* the NIST curves of RFC 5656 */
enum ka_ecpoint_curve { KA_ECPOINT_P256, KA_ECPOINT_P384, KA_ECPOINT_P521, KA_ECPOINT_CURVES };

/** ka_ecpoint_group() - a curve of libcrypto's, the caller's to EC_GROUP_free(); NULL when it could not be had */
EC_GROUP *ka_ecpoint_group(enum ka_ecpoint_curve curve);

/**
 * ka_ecpoint_look() - is the point not one of the curve's?
 * @point: 04 || x || y of the curve's length, as vet/vetec.h demands it
 *
 * The cofactor of these curves is 1, so being on the curve is all that mathematics asks. sshd also drops a point with a coordinate
 * of no more than half the order's bits, or not below the order less one; so is it here. A random point has neither.
 * Source: SEC 1 3.2.2.1, NIST SP 800-56A 5.6.2.3.4 (partial validation); sshkey_ec_validate_public() of OpenSSH.
 */
enum ka_vetfound ka_ecpoint_look(const EC_GROUP *group, struct ka_span point, BN_CTX *ctx);

#endif
