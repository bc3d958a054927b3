/* All keys in, then one answer for each: the work of authkeys-vet --shared. */
#ifndef KA_VET_GCDLINES_H
#define KA_VET_GCDLINES_H

#include "base/err.h"

/**
 * ka_gcdlines_run() - read the keys of @in to its end, look which RSA moduli share a factor, answer on @out (sharedanswer.h)
 *
 * Two lines with the same modulus share both factors; whoever does not want to hear that leaves one of them out.
 * Limits: KA_GCD_LINES_MAX, KA_GCD_BITS_MAX; what comes behind is "unjudged". When the arithmetic fails all are.
 * Errors: KA_ERR_SYS, KA_ERR_LIMIT (a line beyond KA_VET_LINE_MAX), KA_ERR_SYNTAX (a last line without an end), KA_ERR_NOMEM:
 *         then there may be fewer answers than lines.
 */
KA_MUST_CHECK enum ka_err ka_gcdlines_run(int in, int out);

#endif
