/* What a seal has to say about the trail: its chain and its last record. */
#ifndef KA_SEALHEAD_H
#define KA_SEALHEAD_H

#include <stdbool.h>

#include "base/err.h"
#include "keyaudit/seal/sealline.h"

/**
 * ka_sealhead_read() - fill @s->chain, @s->seq and @s->head from the trail @fd, while nobody writes it
 * @found: false: it has no chain yet, or no intact record near its end
 *
 * Errors: KA_ERR_SYS, KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_sealhead_read(int fd, struct ka_seal *s, bool *found);

#endif
