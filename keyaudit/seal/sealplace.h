/* Where the things of sealing lie. Pure. */
#ifndef KA_SEALPLACE_H
#define KA_SEALPLACE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/paths.h"

#define KA_SEALPLACE_KEY KA_PATH_PRIVATE "/seal.key"     /* root 0600: the key of the running epoch */
#define KA_SEALPLACE_FLAG KA_PATH_RUN "/seal.wanted"     /* a writer crossed the mark; keyaudit-seal.path sees it */

/** ka_sealplace_seals() - "seals.jsonl" in the folder of the trail @trail; false when it does not fit */
bool ka_sealplace_seals(const char *trail, char *out, size_t size);

#endif
