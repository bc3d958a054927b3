/* Who shares a factor with whom, once it is known who shares one at all. */
#ifndef KA_VET_GCDMATES_H
#define KA_VET_GCDMATES_H

#include <stddef.h>
#include <stdint.h>

#include "authkeys-cmd/vet/bignum.h"

/* one modulus that has something in common with others */
struct ka_gcdmates {
	const BIGNUM *n, *common; /* common: above 1 */
	uint32_t line;            /* whose it is, from 1 */
	uint32_t mate;            /* the answer: the line of another one; 0: it was not found in time */
};

/**
 * ka_gcdmates_find() - a mate for each; their order is lost
 *
 * Those with the same common factor find each other by sorting. A modulus of which both primes are shared is compared with
 * one after the other, KA_GCD_MATES_STEPS_MAX pairs in all.
 * Errors: KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_gcdmates_find(struct ka_gcdmates *hits, size_t count);

#endif
