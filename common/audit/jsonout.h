/*
 * The bounded JSON writer over a ka_buf: compact, no allocation, sticky overflow. Commas are found out from the last
 * byte written, so there is no state beside the buffer. A string is always valid JSON, whatever bytes go in.
 *
 * @key is a constant of ours, or NULL inside an array and for the outermost object.
 */
#ifndef KA_AUDIT_JSONOUT_H
#define KA_AUDIT_JSONOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cursor.h"
#include "base/limits.h"


/** ka_jsonout_object(), _array() - open one; each is closed by its _end */
void ka_jsonout_object(struct ka_buf *b, const char *key);
void ka_jsonout_object_end(struct ka_buf *b);
void ka_jsonout_array(struct ka_buf *b, const char *key);
void ka_jsonout_array_end(struct ka_buf *b);

/**
 * ka_jsonout_text() - a string of strangers' bytes
 * @max: bytes at most after escaping, cut with "..."; no more than KA_JSONOUT_TEXT_MAX - 1
 *
 * What ka_text_escape() refuses (controls, bidirectional controls, broken UTF-8) stands as \xNN *in the value*,
 * and a backslash as \x5c, so that whoever reads the value may print it, and may undo it.
 */
void ka_jsonout_text(struct ka_buf *b, const char *key, struct ka_span s, size_t max);

/** ka_jsonout_plain() - a string of ours, or one that is escaped already; only JSON's own escapes are added */
void ka_jsonout_plain(struct ka_buf *b, const char *key, const char *text);

void ka_jsonout_u64(struct ka_buf *b, const char *key, uint64_t v);
void ka_jsonout_i64(struct ka_buf *b, const char *key, int64_t v);
void ka_jsonout_bool(struct ka_buf *b, const char *key, bool v);

/** ka_jsonout_mode() - the permission bits of a file as people write them, a string of four octal digits */
void ka_jsonout_mode(struct ka_buf *b, const char *key, unsigned mode);

#endif
