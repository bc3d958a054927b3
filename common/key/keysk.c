/* The signed form of a security key. It must never leave out flags or counter: the key vouches for them. */
#include "key/keysk.h"

#include <sodium.h>

#include "base/poison.h"

_Static_assert(KA_KEYSK_SIGNED_LEN == 2 * crypto_hash_sha256_BYTES + 1 + 4, "two hashes, flags and counter");

static void hash(struct ka_span s, uint8_t *out)
{
	static const uint8_t nothing[1];

	crypto_hash_sha256(out, s.len > 0 ? s.p : nothing, s.len);
}

void ka_keysk_signed(struct ka_span application, uint8_t flags, uint32_t counter, struct ka_span message,
		     uint8_t out[static KA_KEYSK_SIGNED_LEN])
{
	uint8_t *at = out + crypto_hash_sha256_BYTES;

	hash(application, out);
	*at++ = flags;
	for (int shift = 24; shift >= 0; shift -= 8)
		*at++ = (uint8_t)(counter >> shift);
	hash(message, at);
}
