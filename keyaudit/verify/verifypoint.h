/*
 * Points: what somebody has written down about one record, in a seal or in an anchor, "record N of chain C has hash H". All
 * of them, in the order of their numbers, beside a chain that is read once. Pure but for its memory.
 */
#ifndef KA_VERIFYPOINT_H
#define KA_VERIFYPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "keyaudit/seal/sealline.h"

#define KA_VERIFYPOINT_HASH 32 /* bytes */
#define KA_VERIFYPOINT_CHAIN 16

struct ka_verifypoint {
	uint64_t seq;
	uint64_t epoch;         /* 0: an anchor that is no seal */
	uint64_t line;          /* in its file */
	bool is_anchor;         /* somebody else holds it; else it is a seal of this host */
	uint8_t head[KA_VERIFYPOINT_HASH];
	uint8_t chain[KA_VERIFYPOINT_CHAIN];
};

struct ka_verifypoints {
	struct ka_verifypoint *p; /* owned: ka_verifypoints_free() */
	size_t count, room;
	size_t anchors;
	uint64_t anchored;        /* the highest number that an anchor has seen */
};

/** ka_verifypoints_add() - one more, from @s, which parsed. Errors: KA_ERR_NOMEM; KA_ERR_LIMIT beyond KA_VERIFY_POINTS_MAX */
KA_MUST_CHECK enum ka_err ka_verifypoints_add(struct ka_verifypoints *v, const struct ka_seal *s, bool is_anchor, uint64_t line);

/** ka_verifypoints_sort() - by number; call it when all are added */
void ka_verifypoints_sort(struct ka_verifypoints *v);

void ka_verifypoints_free(struct ka_verifypoints *v);

#endif
