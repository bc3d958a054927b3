/* One number, one hash. It must depend on the number only, never on its spelling. */
#include "vet/bkhash.h"

#include <string.h>

#include <sodium.h>

#include "vet/vetec.h"

#include "base/poison.h"

static struct ka_span deciding_number(const struct ka_keyblob *key)
{
	switch (key->type->kind) {
	case KA_KEYKIND_ED25519:
		return key->pk;
	case KA_KEYKIND_ECDSA:
		return ka_vetec_x(key);
	case KA_KEYKIND_RSA:
		return key->rsa_n;
	case KA_KEYKIND_DSA:
		break;
	}
	return (struct ka_span){ NULL, 0 };
}

bool ka_bkhash(const struct ka_keyblob *key, uint8_t out[static KA_BKHASH_LEN])
{
	struct ka_span n = { NULL, 0 };
	uint8_t hash[crypto_hash_sha256_BYTES];

	if (key->type != NULL)
		n = deciding_number(key);
	while (n.len > 0 && n.p[0] == 0)
		n = ka_span_sub(n, 1, n.len - 1);
	if (n.len == 0)
		return false;
	crypto_hash_sha256(hash, n.p, n.len);
	memcpy(out, hash, KA_BKHASH_LEN);
	return true;
}
