/* A chained trail and its seals in memory, line by line, with the library's own functions for the hashes. */
#ifndef KA_TEST_CHAINSAMPLE_H
#define KA_TEST_CHAINSAMPLE_H

#include "audit/chain.h"
#include "keyaudit/seal/sealkey.h"
#include "keyaudit/seal/sealline.h"

#define KA_CHAINSAMPLE_ID "0123456789abcdef0123456789abcdef"

struct ka_chainsample {
	char text[64 * 1024];
	struct ka_buf b;           /* the trail so far */
	uint64_t seq;
	char head[KA_CHAIN_HEX];
	char seals[16 * 1024];
	struct ka_buf s;           /* the seals so far */
	struct ka_sealkey k0, key;
	struct ka_seal last;
};

void ka_chainsample_begin(struct ka_chainsample *c);

/** ka_chainsample_put() - one more line with the action @action and, inside keyaudit, @own ("\"trail\":{...}") */
void ka_chainsample_put(struct ka_chainsample *c, const char *action, const char *own);

/** ka_chainsample_genesis() - @begin: "first", "rotated" ... */
void ka_chainsample_genesis(struct ka_chainsample *c, const char *begin);

/** ka_chainsample_records() - @n plain ones */
void ka_chainsample_records(struct ka_chainsample *c, unsigned n);

/** ka_chainsample_seal() - the next seal, of what stands there now */
void ka_chainsample_seal(struct ka_chainsample *c);

#endif
