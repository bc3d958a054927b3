/* Files of any size as lines, in blocks, with a bar on a terminal. The lines go to whoever judges them. */
#ifndef KA_VERIFYREAD_H
#define KA_VERIFYREAD_H

#include <stdbool.h>

#include "base/cursor.h"
#include "base/err.h"
#include "keyaudit/screen/progress.h"
#include "keyaudit/trail/trailbytes.h"

/* one line without its newline; false: enough, no more is wanted */
typedef bool ka_verifyread_line(void *ctx, struct ka_span line, bool ended);

/**
 * ka_verifyread() - give every line of @path to @each
 * @bar: NULL: nobody waits. Its steps are KiB of the file, which may be compressed
 *
 * A line longer than KA_VERIFY_BLOCK comes in pieces that end in no newline. A file that grows meanwhile is read as far as it
 * was at the beginning. Errors: KA_ERR_SYS with errno, EINVAL for what is no regular file, ENOTSUP when gzip cannot be run;
 * KA_ERR_SYNTAX - it is compressed, and damaged behind the lines that came; KA_ERR_LIMIT - it has no end; KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_verifyread(const char *path, struct ka_progress *bar, ka_verifyread_line *each, void *ctx);

/** ka_verifyread_bytes() - the same of a file that is open already, from its first byte on */
KA_MUST_CHECK enum ka_err ka_verifyread_bytes(struct ka_trailbytes *bytes, struct ka_progress *bar, ka_verifyread_line *each, void *ctx);

#endif
