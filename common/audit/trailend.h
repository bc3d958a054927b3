/* Reading the trail's end, over its files: for those who ask what happened last, and may be no more than members of its group. */
#ifndef KA_AUDIT_TRAILEND_H
#define KA_AUDIT_TRAILEND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/**
 * ka_trailend_read() - the last @max bytes of the trail
 * @path: may be a link, and anybody's file: nothing in it is believed
 * @out:  the caller's to free(); begins in the middle of a line when there is more; "" when there is no trail
 *
 * When the file is shorter, what is missing comes from the end of the one before it, as its genesis names it, if that can
 * be read. Errors: KA_ERR_SYS - not readable, or no regular file; KA_ERR_NOMEM.
 */
KA_MUST_CHECK enum ka_err ka_trailend_read(const char *path, size_t max, char **out, size_t *len);

#endif
