/* Fingerprints. Text out of bytes and a check of its form; it must never be given a blob that was not parsed. */
#include "key/keyfpr.h"

#include <sodium.h>
#include <string.h>

#include "base/buf.h"
#include "key/keyb64.h"

#include "base/poison.h"

#define PREFIX "SHA256:"
#define HASH_TEXT_LEN 43 /* 32 bytes in unpadded base64 */

_Static_assert(sizeof(PREFIX) + HASH_TEXT_LEN <= KA_FPR_TEXT_MAX, "a fingerprint does not fit its limit");

void ka_keyfpr_text(struct ka_span blob, char out[static KA_FPR_TEXT_MAX])
{
	static const uint8_t nothing[1];
	uint8_t hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256(hash, blob.len > 0 ? blob.p : nothing, blob.len);
	memcpy(out, PREFIX, sizeof(PREFIX));
	sodium_bin2base64(out + sizeof(PREFIX) - 1, HASH_TEXT_LEN + 1, hash, sizeof(hash),
			  sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
}

bool ka_keyfpr_is_valid(struct ka_span text)
{
	uint8_t hash[crypto_hash_sha256_BYTES];
	size_t len;

	if (text.len != sizeof(PREFIX) - 1 + HASH_TEXT_LEN || !ka_span_starts(text, PREFIX))
		return false;
	text = ka_span_sub(text, sizeof(PREFIX) - 1, text.len);
	if (ka_keyb64_alphabet_len(text) != text.len) /* libsodium takes more for letters */
		return false;
	return sodium_base642bin(hash, sizeof(hash), (const char *)text.p, text.len, NULL, &len, NULL,
				 sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0 && len == sizeof(hash);
}
