/* Is this text a list of keys at all? The shape of a store's answer, not the quality of its keys. Pure but for its memory. */
#ifndef KA_FETCHLINES_H
#define KA_FETCHLINES_H

#include "base/buf.h"
#include "base/cursor.h"
#include "reason/reason.h"

/**
 * ka_fetchlines_judge() - what the lines are, as a whole
 *
 * Answers: KA_REASON_NONE - at least one is a key, whatever the others are; store.no-keys - nothing but blank lines and
 * comments; store.bad-answer - there is text and not one line of it is a key (a web page); store.too-large - a line above
 * KA_LINE_MAX, or more than KA_STORE_KEYS_MAX lines; internal.error - no memory.
 */
enum ka_reason ka_fetchlines_judge(struct ka_span lines);

/**
 * ka_fetchlines_take() - format `lines`
 * @prefix: "" or the line_prefix of this user: only lines that begin with it are kept, without it
 * @out:    the lines kept, each with LF and without CR
 *
 * Answers: as ka_fetchlines_judge(), of the lines kept; of the whole text, when it has no line with the prefix: a web page is
 * no list in which this user does not stand.
 */
enum ka_reason ka_fetchlines_take(struct ka_span body, const char *prefix, struct ka_buf *out);

#endif
