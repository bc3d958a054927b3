/*
 * Ed25519 points. libsodium answers one bit for five questions, so the cheap
 * ones are asked here first and in order: then the answer has a name.
 *
 * MUST: refuse every point outside the prime-order group, also with a libsodium
 * that does not (CVE-2025-69277). MUST NOT: call a library that failed its
 * self-test.
 */
#include "vet/veted25519.h"

#include <string.h>

#include <sodium.h>

#include "vet/vetselftest.h"

#include "base/poison.h"

#define SIGN 0x80 /* of the last byte: the sign of x; the other 255 bits are y, little-endian */

/* y of the eight points whose order divides 8 */
static const uint8_t low_order_y[5][KA_ED25519_LEN] = {
	{ 0x00 }, /* y = 0, order 4 */
	{ 0x01 }, /* the identity */
	{ 0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	  0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f }, /* -1, order 2 */
	{ 0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
	  0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05 }, /* order 8 */
	{ 0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
	  0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a }, /* order 8 */
};

/* L - 1, L the order of the group, little-endian */
static const uint8_t group_order_less_1[KA_ED25519_LEN] = {
	0xec, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
	[31] = 0x10,
};

/* the base point; any point of the group would do */
static const uint8_t base_point[KA_ED25519_LEN] = {
	0x58, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
	0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
};

/* y >= p = 2^255 - 19 */
static bool is_y_too_large(const uint8_t y[static KA_ED25519_LEN])
{
	if (y[31] != 0x7f || y[0] < 0xed)
		return false;
	for (size_t i = 1; i < 31; i++) {
		if (y[i] != 0xff)
			return false;
	}
	return true;
}

/* x = 0 has no sign: y is 1 or -1 */
static bool is_x_zero(const uint8_t y[static KA_ED25519_LEN])
{
	return memcmp(y, low_order_y[1], KA_ED25519_LEN) == 0 || memcmp(y, low_order_y[2], KA_ED25519_LEN) == 0;
}

static bool is_low_order(const uint8_t y[static KA_ED25519_LEN])
{
	for (size_t i = 0; i < KA_ARRAY_LEN(low_order_y); i++) {
		if (memcmp(y, low_order_y[i], KA_ED25519_LEN) == 0)
			return true;
	}
	return false;
}

/* libsodium's addition looks at the curve and not at the subgroup: it tells the two refusals apart */
static bool is_on_curve(const uint8_t pk[static KA_ED25519_LEN])
{
	uint8_t sum[KA_ED25519_LEN];

	return crypto_core_ed25519_add(sum, pk, base_point) == 0;
}

bool ka_veted25519_in_group(const uint8_t pk[static KA_ED25519_LEN])
{
	uint8_t q[KA_ED25519_LEN];

	if (crypto_scalarmult_ed25519_noclamp(q, group_order_less_1, pk) != 0)
		return false;
	q[31] ^= SIGN;
	return memcmp(q, pk, KA_ED25519_LEN) == 0;
}

enum ka_reason ka_veted25519_bytes(struct ka_span pk)
{
	uint8_t y[KA_ED25519_LEN];
	bool has_sign;

	if (pk.len != KA_ED25519_LEN)
		return KA_REASON_KEY_ED25519_LENGTH;
	memcpy(y, pk.p, sizeof(y));
	has_sign = (y[31] & SIGN) != 0;
	y[31] &= (uint8_t)~SIGN;
	if (is_y_too_large(y) || (has_sign && is_x_zero(y)))
		return KA_REASON_KEY_ED25519_NON_CANONICAL;
	return is_low_order(y) ? KA_REASON_KEY_ED25519_LOW_ORDER : KA_REASON_NONE;
}

enum ka_reason ka_veted25519_point(struct ka_span pk, enum ka_vet_ed25519 trust)
{
	enum ka_reason reason = ka_veted25519_bytes(pk);

	if (reason != KA_REASON_NONE || trust == KA_VET_ED25519_KNOWN)
		return reason;
	if (trust == KA_VET_ED25519_BROKEN)
		return KA_REASON_INTERNAL_CRYPTO_SELFTEST;
	if (crypto_core_ed25519_is_valid_point(pk.p) != 1) {
		if (trust == KA_VET_ED25519_UNPROVEN && ka_vetselftest() != KA_ERR_OK)
			return KA_REASON_INTERNAL_CRYPTO_SELFTEST;
		return is_on_curve(pk.p) ? KA_REASON_KEY_ED25519_MIXED_ORDER : KA_REASON_KEY_ED25519_OFF_CURVE;
	}
	if (trust == KA_VET_ED25519_CROSSCHECK && !ka_veted25519_in_group(pk.p))
		return KA_REASON_KEY_ED25519_MIXED_ORDER;
	return KA_REASON_NONE;
}

void ka_veted25519_judge(struct ka_span pk, enum ka_vet_ed25519 trust, struct ka_vetnote *note)
{
	enum ka_reason reason = ka_veted25519_point(pk, trust);

	note->out->has_good_point = reason == KA_REASON_NONE && trust != KA_VET_ED25519_KNOWN;
	if (reason == KA_REASON_KEY_ED25519_LENGTH)
		ka_vetnote_refuse(note, reason, NULL);
	else if (reason != KA_REASON_NONE)
		ka_vetnote_add(note, reason, NULL);
}
