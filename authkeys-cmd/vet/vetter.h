/* The judge's rules that need arithmetic on large numbers: which of them are asked about a key, and in which order. */
#ifndef KA_VET_VETTER_H
#define KA_VET_VETTER_H

#include <stdbool.h>
#include <stdint.h>

#include "authkeys-cmd/vet/ecpoint.h"
#include "authkeys-cmd/vet/rsafactor.h"
#include "key/keyblob.h"
#include "reason/reason.h"

struct ka_vetter {
	unsigned fermat_rounds;
	BN_CTX *ctx;
	BIGNUM *n, *e;
	EC_GROUP *group[KA_ECPOINT_CURVES];
	struct ka_rsafactor factors;
	BIGNUM *shared; /* the product of rsashared.h, set by the owner behind ka_vetter_init(); NULL: nobody knows any */
};

struct ka_vetter_out {
	bool is_judged;        /* false: for lack of memory nobody knows; the rest is void then */
	enum ka_reason reason; /* KA_REASON_NONE: nothing is wrong with it */
	uint32_t factor;       /* of key.rsa-small-factor */
};

/**
 * ka_vetter_init() - everything that costs memory or files once
 * @v: ka_vetter_free() in any case
 *
 * Errors: KA_ERR_NOMEM, KA_ERR_BUG.
 */
KA_MUST_CHECK enum ka_err ka_vetter_init(struct ka_vetter *v, unsigned fermat_rounds);

void ka_vetter_free(struct ka_vetter *v);

/**
 * ka_vetter_judge() - ask the rules of the key's kind, cheap before dear; the first that finds something ends it
 * @key: a plain key that ka_keyblob_parse() took; of the other kinds, and of a modulus that is even or beyond
 *       KA_RSA_BITS_HARD_MAX, nothing is asked (is_judged stays false): those are for common/vet
 *
 * Time: for RSA it grows with the cube of the size: 4 ms for 2,048 bits, 20 ms for 4,096, a second for 16,384.
 */
void ka_vetter_judge(const struct ka_vetter *v, const struct ka_keyblob *key, struct ka_vetter_out *out);

#endif
