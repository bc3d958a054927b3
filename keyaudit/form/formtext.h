/*
 * One text, escaped for the form it goes into. What the trail escaped stays as it is (\xNN); what was never escaped,
 * since the file is somebody else's, is escaped here first. So no form ever holds a control character, and each puts
 * only its own escapes on top:
 *
 *   JSON           those of base JSON (audit/jsonout.h)
 *   CEF header     | and \ as \| and \\
 *   CEF extension  = and \ as \= and \\
 *   kv             " as \x22, never \": a reader that knows no escapes still sees where the field ends
 */
#ifndef KA_FORMTEXT_H
#define KA_FORMTEXT_H

#include "base/buf.h"
#include "base/cursor.h"

/** ka_formtext_safe() - append @text, at most @max bytes, cut at a character with "..."; nothing in it moves a cursor */
void ka_formtext_safe(struct ka_buf *b, const char *text, size_t max);

/** ka_formtext_pipe(), _equals() - the same for a header and for an extension of CEF; @max bytes with the escapes */
void ka_formtext_pipe(struct ka_buf *b, const char *text, size_t max);
void ka_formtext_equals(struct ka_buf *b, const char *text, size_t max);

/** ka_formtext_quoted() - the same in double quotes, a quote in it as \x22; "-" without quotes for an empty text */
void ka_formtext_quoted(struct ka_buf *b, const char *text, size_t max);

#endif
