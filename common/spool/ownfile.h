/* A record file of root's own, for one connection: lines are added whole or not at all. libc only: the module links this. */
#ifndef KA_SPOOL_OWNFILE_H
#define KA_SPOOL_OWNFILE_H

#include "base/buf.h"
#include "base/err.h"

/**
 * ka_ownfile_append() - add bytes with one write(2); the file is made (0600) when it is not there
 * @dir:  its folder's descriptor
 * @max:  the file grows no longer
 *
 * What a write leaves behind that did not end is taken away again: a torn line would swallow the next one. Writers come one
 * after the other, so this cuts only what is the caller's.
 *
 * Errors: KA_ERR_SYS; KA_ERR_SYNTAX: not a plain file of ours; KA_ERR_LIMIT: full, or a torn line could not be taken away.
 */
KA_MUST_CHECK enum ka_err ka_ownfile_append(int dir, const char *name, struct ka_span bytes, size_t max);

#endif
