/* A file in pieces of whole lines: what is looked through once needs no room for all of it. Hot path. */
#ifndef KA_BASE_FDLINES_H
#define KA_BASE_FDLINES_H

#include <stddef.h>

#include "base/cursor.h"
#include "base/err.h"

/* one or more whole lines; only the file's last one may lack its newline. Gone when it returns */
typedef void ka_fdlines_take(void *ctx, struct ka_span lines);

/**
 * ka_fdlines_each() - read @fd to its end and hand on its lines, in their order, KA_FDLINES_ROOM bytes at a time or fewer
 * @max:  limit in bytes
 * @take: not called for an empty file
 *
 * A line that is longer comes whole, alone, in room of its own. A file of one piece costs one read(2).
 *
 * Errors: KA_ERR_LIMIT - the file is larger: nothing was handed on, unless it has grown meanwhile; KA_ERR_NOMEM, KA_ERR_SYS.
 */
KA_MUST_CHECK enum ka_err ka_fdlines_each(int fd, size_t max, ka_fdlines_take *take, void *ctx);

#endif
