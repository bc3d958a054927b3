/* From signed texts to files that are served: put together, verified, moved into place. */
#ifndef KA_PUBPUT_H
#define KA_PUBPUT_H

#include "base/err.h"
#include "keyaudit/publish/publish.h"

/**
 * ka_pubput_make() - text @number with its blocks, looked at once more as a host does, as a file in the work directory
 * @sha256: of the file; may be NULL
 *
 * Errors: KA_ERR_CRYPTO - a signature does not hold; KA_ERR_LIMIT - it is larger than a document may be; KA_ERR_SYS, KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_pubput_make(struct ka_publish *p, size_t number, enum ka_signeddoc_kind kind, uint8_t *sha256);

/**
 * ka_pubput_look() - before anything is moved: is there a folder where a document is to be?
 *
 * A rename replaces everything but that. Each is said with its path, and counts as a problem.
 */
void ka_pubput_look(struct ka_publish *p);

/**
 * ka_pubput_move() - everything that was made takes the place of what was there; the index goes last
 *
 * Errors: KA_ERR_SYS - what has been moved by then is published.
 */
KA_MUST_CHECK enum ka_err ka_pubput_move(struct ka_publish *p);

#endif
