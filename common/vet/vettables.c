/* The built-in table of published keys: one hash, one binary search. */
#include "vet/vettables.h"

#include <string.h>

#include "vet/bkhash.h"

#include "base/poison.h"

struct record {
	uint8_t hash[KA_BKHASH_LEN];
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
	[8] = { KA_REASON_KEY_KNOWN_COMPROMISED, "key of an appliance" },
	[9] = { KA_REASON_KEY_KNOWN_COMPROMISED, "host key of a system image" },
	[10] = { KA_REASON_KEY_KNOWN_COMPROMISED, "OpenSSH's regression tests" },
};

static const struct record *find(const uint8_t hash[static KA_BKHASH_LEN])
{
	size_t low = 0, high = KA_ARRAY_LEN(table);

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int order = memcmp(hash, table[mid].hash, KA_BKHASH_LEN);

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
	uint8_t hash[KA_BKHASH_LEN];
	const struct record *r;

	if (!ka_bkhash(key, hash))
		return;
	r = find(hash);
	if (r != NULL && r->list < KA_ARRAY_LEN(lists))
		ka_vetnote_add(note, lists[r->list].reason, lists[r->list].name);
}

size_t ka_vettables_count(void)
{
	return KA_ARRAY_LEN(table);
}
