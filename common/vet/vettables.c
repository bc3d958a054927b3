/* The built-in table of published keys: one hash, one binary search. It must depend on the number only, never on its spelling. */
#include "vet/vettables.h"

#include <string.h>

#include <sodium.h>

#include "vet/vetec.h"

#include "base/poison.h"

#define HASH_LEN 15

struct record {
	uint8_t hash[HASH_LEN];
	uint8_t list;
};

static const struct record table[] = {
#include "vet/vettables.inc"
};

struct list {
	enum ka_reason reason;
	const char *name;
};

/* by number; numbers are never given anew */
static const struct list lists[] = {
	[1] = { KA_REASON_KEY_ECDSA_TRIVIAL, "private number of 64 or less" },
	[2] = { KA_REASON_KEY_ED25519_TRIVIAL, "base point" },
	[3] = { KA_REASON_KEY_ED25519_TRIVIAL, "seed of equal or counting bytes" },
	[4] = { KA_REASON_KEY_ED25519_TRIVIAL, "seed printed in RFC 8032 or RFC 8410" },
	[5] = { KA_REASON_KEY_KNOWN_COMPROMISED, "printed in RFC 6979" },
	[6] = { KA_REASON_KEY_KNOWN_COMPROMISED, "Vagrant's insecure key" },
	[7] = { KA_REASON_KEY_KNOWN_COMPROMISED, "printed in RFC 9500" },
};

static struct ka_span deciding_number(const struct ka_keyblob *key)
{
	struct ka_span n = { NULL, 0 };

	switch (key->type->kind) {
	case KA_KEYKIND_ED25519:
		n = key->pk;
		break;
	case KA_KEYKIND_ECDSA:
		n = ka_vetec_x(key);
		break;
	case KA_KEYKIND_RSA:
		n = key->rsa_n;
		break;
	case KA_KEYKIND_DSA:
		break;
	}
	while (n.len > 0 && n.p[0] == 0)
		n = ka_span_sub(n, 1, n.len - 1);
	return n;
}

static const struct record *find(const uint8_t hash[static HASH_LEN])
{
	size_t low = 0, high = KA_ARRAY_LEN(table);

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = memcmp(hash, table[mid].hash, HASH_LEN);

		if (order == 0)
			return &table[mid];
		if (order < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

void ka_vettables_judge(const struct ka_keyblob *key, struct ka_vetnote *note)
{
	struct ka_span n = deciding_number(key);
	uint8_t hash[crypto_hash_sha256_BYTES];
	const struct record *r;

	if (n.len == 0)
		return;
	crypto_hash_sha256(hash, n.p, n.len);
	r = find(hash);
	if (r != NULL && r->list < KA_ARRAY_LEN(lists))
		ka_vetnote_add(note, lists[r->list].reason, lists[r->list].name);
}

size_t ka_vettables_count(void)
{
	return KA_ARRAY_LEN(table);
}
