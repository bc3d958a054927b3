/* Names of verdicts. Two questions whose answers may differ MUST never have one name. */
#include "verdict/verdictkey.h"

#include <sodium.h>

#include "base/poison.h"

static const uint8_t purpose[] = "keyaudit-verdict-key/1"; /* with its NUL */

static void add_number(crypto_hash_sha256_state *h, uint64_t n)
{
	uint8_t be[8];

	for (size_t i = 0; i < sizeof(be); i++)
		be[i] = (uint8_t)(n >> (56 - 8 * i));
	crypto_hash_sha256_update(h, be, sizeof(be));
}

void ka_verdictkey_make(const struct ka_span *parts, size_t count, struct ka_verdictkey *out)
{
	crypto_hash_sha256_state h;

	_Static_assert(sizeof(out->bytes) == crypto_hash_sha256_BYTES, "a name is one hash");
	crypto_hash_sha256_init(&h);
	crypto_hash_sha256_update(&h, purpose, sizeof(purpose));
	for (size_t i = 0; i < count; i++) {
		add_number(&h, parts[i].len);
		if (parts[i].len > 0)
			crypto_hash_sha256_update(&h, parts[i].p, parts[i].len);
	}
	crypto_hash_sha256_final(&h, out->bytes);
}
