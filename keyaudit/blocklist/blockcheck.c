/* One pass. */
#include "keyaudit/blocklist/blockcheck.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"

#include "base/poison.h"

void ka_blockcheck_begin(struct ka_blockcheck *c)
{
	*c = (struct ka_blockcheck){ .is_in_order = true };
	crypto_hash_sha256_init(&c->sha);
}

static void take_record(struct ka_blockcheck *c, const uint8_t *record, bool is_first)
{
	if (!is_first && memcmp(c->last, record, sizeof(c->last)) >= 0)
		c->is_in_order = false;
	memcpy(c->last, record, sizeof(c->last));
}

void ka_blockcheck_feed(struct ka_blockcheck *c, const uint8_t *bytes, size_t n)
{
	crypto_hash_sha256_update(&c->sha, bytes, n);
	while (n > 0) {
		size_t have = (size_t)(c->bytes % KA_BLOCKFILE_RECORD), want = KA_BLOCKFILE_RECORD - have, step = n < want ? n : want;

		memcpy(c->part + have, bytes, step);
		c->bytes += step;
		bytes += step;
		n -= step;
		if (c->bytes % KA_BLOCKFILE_RECORD == 0)
			take_record(c, c->part, c->bytes == KA_BLOCKFILE_RECORD);
	}
}

const char *ka_blockcheck_end(struct ka_blockcheck *c, const char *sha256, char found[static 65])
{
	uint8_t hash[crypto_hash_sha256_BYTES];

	crypto_hash_sha256_final(&c->sha, hash);
	ka_text_hex(hash, sizeof(hash), found, 65);
	if (sha256[0] != '\0' && strcmp(sha256, found) != 0)
		return "its SHA-256 is not the one that was promised";
	if (c->bytes == 0)
		return "it is empty";
	if (c->bytes % KA_BLOCKFILE_RECORD != 0)
		return "its size is no multiple of 16";
	if (ka_blockcheck_records(c) > KA_BLOCKFILE_RECORDS_MAX)
		return "it is too large";
	return c->is_in_order ? NULL : "its records are not in ascending order";
}

uint64_t ka_blockcheck_records(const struct ka_blockcheck *c)
{
	return c->bytes / KA_BLOCKFILE_RECORD;
}
