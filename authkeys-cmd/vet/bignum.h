/* Ownership of libcrypto's numbers, and what BN lacks: an integer square root. */
#ifndef KA_VET_BIGNUM_H
#define KA_VET_BIGNUM_H

#include <openssl/bn.h>

#include "base/err.h"

/* what a rule finds out about one key */
enum ka_vetfound {
	KA_VETFOUND_NO,    /* the key is not of this kind */
	KA_VETFOUND_YES,
	KA_VETFOUND_FAULT, /* no memory: nobody knows */
};

static inline void ka_bignum_end_frame(BN_CTX **ctx)
{
	if (*ctx != NULL)
		BN_CTX_end(*ctx);
}

/*
 * KA_BNFRAME(ctx): from here to the end of the block BN_CTX_get(ctx) lends numbers. Check the last one for NULL: once one
 * could not be had, no later one can.
 */
#define KA_BNFRAME(ctx) \
	__attribute__((cleanup(ka_bignum_end_frame))) BN_CTX *ka_frame = (BN_CTX_start(ctx), (ctx)); \
	(void)ka_frame

/**
 * ka_bignum_root() - the largest r with r*r <= n, by Newton's method
 * @n: not negative
 *
 * Errors: KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_bignum_root(BIGNUM *r, const BIGNUM *n, BN_CTX *ctx);

#endif
