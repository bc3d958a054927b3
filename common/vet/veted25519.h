/* Is this Ed25519 point one that an honest generator makes? sshd only counts to 32 bytes. */
#ifndef KA_VET_VETED25519_H
#define KA_VET_VETED25519_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cursor.h"
#include "vet/vetnote.h"

#define KA_ED25519_LEN 32

/**
 * ka_veted25519_bytes() - what comparing bytes tells: length, canonical form, small order
 *
 * Answers: KA_REASON_NONE, or key.ed25519-length, -non-canonical, -low-order.
 * Source:  RFC 8032 5.1.3.
 */
enum ka_reason ka_veted25519_bytes(struct ka_span pk);

/**
 * ka_veted25519_point() - the same, and by arithmetic: on the curve, in the prime-order group
 * @trust: what is known about this process' libsodium
 *
 * Answers: also key.ed25519-off-curve, -mixed-order, internal.crypto-selftest.
 */
enum ka_reason ka_veted25519_point(struct ka_span pk, enum ka_vet_ed25519 trust);

/**
 * ka_veted25519_judge() - length, canonical form, small order, on the curve, in the prime-order group
 * @trust: what is known about this process' libsodium, or about the key
 *
 * Says in the verdict's has_good_point whether the arithmetic was done and all is well. With a small-order key anybody can sign; with a mixed-order one verifiers
 * disagree. The first answer is the only one: the tests exclude each other.
 *
 * Source: RFC 8032 5.1.3; CVE-2025-69277 for @trust.
 */
void ka_veted25519_judge(struct ka_span pk, enum ka_vet_ed25519 trust, struct ka_vetnote *note);

/**
 * ka_veted25519_in_group() - (L-1) P = -P, which holds exactly when L P is the identity
 *
 * The test that does not rely on libsodium's own subgroup check.
 */
bool ka_veted25519_in_group(const uint8_t pk[static KA_ED25519_LEN]);

#endif
