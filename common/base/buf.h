/*
 * The bounded writer over the caller's storage. Overflow is sticky: what did not
 * fit is dropped whole, `overflow` says so, and the caller looks once at the
 * end. The text is always NUL-terminated (the NUL is not part of len).
 */
#ifndef KA_BASE_BUF_H
#define KA_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/err.h"

struct ka_buf {
	char *p;
	size_t len;
	size_t size;
	bool overflow;
};

/** ka_buf_init() - write into @size bytes at @storage; borrowed. @size must be at least 1 */
void ka_buf_init(struct ka_buf *b, void *storage, size_t size);

/** ka_buf_init_array() - the same for a char array */
#define ka_buf_init_array(b, array) ka_buf_init((b), (array), sizeof(array))

/** ka_buf_put() - append @n bytes, or nothing at all when they do not fit (sticky overflow) */
void ka_buf_put(struct ka_buf *b, const void *bytes, size_t n);
void ka_buf_span(struct ka_buf *b, struct ka_span s);
void ka_buf_text(struct ka_buf *b, const char *text);
void ka_buf_char(struct ka_buf *b, char c);

/** ka_buf_u64() - decimal; ka_buf_i64() with sign; ka_buf_octal() with at least @width digits */
void ka_buf_u64(struct ka_buf *b, uint64_t v);
void ka_buf_i64(struct ka_buf *b, int64_t v);
void ka_buf_octal(struct ka_buf *b, unsigned v, unsigned width);

/** ka_buf_be32(), _be64(), _string() - SSH wire forms (RFC 4251 5) */
void ka_buf_be32(struct ka_buf *b, uint32_t v);
void ka_buf_be64(struct ka_buf *b, uint64_t v);
void ka_buf_string(struct ka_buf *b, struct ka_span s);

/** ka_buf_as_span() - what was written; borrowed until the next change */
struct ka_span ka_buf_as_span(const struct ka_buf *b);

/** ka_buf_cut() - forget everything behind @len and any overflow; for "write, look, take back" */
void ka_buf_cut(struct ka_buf *b, size_t len);

/** ka_buf_check() - KA_ERR_LIMIT when something did not fit, KA_ERR_OK otherwise */
KA_MUST_CHECK enum ka_err ka_buf_check(const struct ka_buf *b);

#endif
