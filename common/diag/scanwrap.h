/* A key that was broken over lines, put together again. Pure. */
#ifndef KA_DIAG_SCANWRAP_H
#define KA_DIAG_SCANWRAP_H

#include "diag/keyscan.h"

/**
 * ka_scanwrap_join() - put a key together that was broken over lines
 * @w:     its rest stands behind the line that @first is from
 * @first: what the first line has of the key's base64, up to the line's end; may be empty
 *
 * Answers: how many of the next lines belong to it, 0 when it is not wrapped; then w->joined, *len and, when *whole,
 *          w->blob hold it.
 * Shape:   at most KA_DIAG_WRAP_LINES_MAX lines, each decoded once; in all of a file at most KA_DIAG_AHEAD_LINES_MAX
 *          (counted in w->ahead), so that lines that all begin a key do not cost their number squared. Behind that nothing
 *          is joined any more.
 */
uint32_t ka_scanwrap_join(struct ka_keyscan_work *w, struct ka_span first, size_t *len, bool *whole);

#endif
