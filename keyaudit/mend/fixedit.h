/* The edit of one line of a key file, or of its encoding: bytes in, bytes out. Pure; it must never touch another line. */
#ifndef KA_MEND_FIXEDIT_H
#define KA_MEND_FIXEDIT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "diag/fixop.h"

/**
 * ka_fixedit_apply() - append the file as the edit leaves it
 * @out: room for twice the file and KA_FIXOP_WORD_MAX more is always enough, UTF-16 or not
 *
 * Answers: false, and what @out holds means nothing: the line is not there, it does not hold what is to be replaced, or
 *          the bytes are not what the encoding says.
 */
bool ka_fixedit_apply(const struct ka_fixop *op, struct ka_span in, struct ka_buf *out);

#endif
