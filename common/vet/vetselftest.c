/* Known answers for libsodium's point check. It must never answer "sound" without having asked. */
#include "vet/vetselftest.h"

#include <stdint.h>

#include <sodium.h>

#include "base/poison.h"

#define POINT_LEN 32

/* B */
static const uint8_t base_point[POINT_LEN] = {
	0x58, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
	0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
};

/* B + (0,-1): order 2L */
static const uint8_t order_2l[POINT_LEN] = {
	0x95, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99,
	0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99,
};

static const uint8_t identity[POINT_LEN] = { 0x01 };

enum ka_err ka_vetselftest(void)
{
	if (crypto_core_ed25519_is_valid_point(base_point) != 1 || crypto_core_ed25519_is_valid_point(identity) != 0)
		return KA_ERR_CRYPTO;
	return KA_ERR_OK;
}

bool ka_vetselftest_needs_crosscheck(void)
{
	return crypto_core_ed25519_is_valid_point(order_2l) != 0;
}

enum ka_vet_ed25519 ka_vetselftest_start(void)
{
	if (crypto_core_ed25519_is_valid_point(identity) != 0)
		return KA_VET_ED25519_BROKEN;
	return ka_vetselftest_needs_crosscheck() ? KA_VET_ED25519_CROSSCHECK : KA_VET_ED25519_UNPROVEN;
}

enum ka_vet_ed25519 ka_vetselftest_ed25519(void)
{
	if (ka_vetselftest() != KA_ERR_OK)
		return KA_VET_ED25519_BROKEN;
	return ka_vetselftest_needs_crosscheck() ? KA_VET_ED25519_CROSSCHECK : KA_VET_ED25519_SOUND;
}
