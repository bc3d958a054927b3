/* Is what comes a blocklist (blocklist/blockfile.h)? Asked of bytes as they come, in pieces of any size. Pure. */
#ifndef KA_BLOCKCHECK_H
#define KA_BLOCKCHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sodium.h>

#include "blocklist/blockfile.h"

struct ka_blockcheck {
	crypto_hash_sha256_state sha;
	uint64_t bytes;
	bool is_in_order;
	uint8_t last[KA_BLOCKFILE_RECORD];
	uint8_t part[KA_BLOCKFILE_RECORD]; /* bytes % 16 of the next record */
};

void ka_blockcheck_begin(struct ka_blockcheck *c);
void ka_blockcheck_feed(struct ka_blockcheck *c, const uint8_t *bytes, size_t n);

/**
 * ka_blockcheck_end() - all has come
 * @sha256: lower-case hex that the bytes must have, "" when nobody says
 * @found:  the one that they have
 *
 * Answers: NULL when they are whole records, at least one, each above the one before, and have that sum; else what is wrong,
 *          the sum first: what was damaged on its way is damaged in every other respect as well.
 */
const char *ka_blockcheck_end(struct ka_blockcheck *c, const char *sha256, char found[static 65]);

/** ka_blockcheck_records() - whole ones, so far */
uint64_t ka_blockcheck_records(const struct ka_blockcheck *c);

#endif
