/* The bounded writer over the caller's storage. It never writes beyond its size and never allocates. */
#include "base/buf.h"

#include <string.h>

#include "base/poison.h"

void ka_buf_init(struct ka_buf *b, void *storage, size_t size)
{
	*b = (struct ka_buf){ .p = storage, .len = 0, .size = size, .overflow = size == 0 };
	if (size > 0)
		b->p[0] = '\0';
}

void ka_buf_put(struct ka_buf *b, const void *bytes, size_t n)
{
	if (b->overflow || n >= b->size - b->len) {
		b->overflow = true;
		return;
	}
	if (n > 0)
		memcpy(b->p + b->len, bytes, n);
	b->len += n;
	b->p[b->len] = '\0';
}

void ka_buf_span(struct ka_buf *b, struct ka_span s)
{
	ka_buf_put(b, s.p, s.len);
}

void ka_buf_text(struct ka_buf *b, const char *text)
{
	ka_buf_put(b, text, strlen(text));
}

void ka_buf_char(struct ka_buf *b, char c)
{
	ka_buf_put(b, &c, 1);
}

static void put_number(struct ka_buf *b, uint64_t v, unsigned base, unsigned width, bool is_negative)
{
	char digits[66 + 1]; /* and a sign */
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + v % base);
		v /= base;
	} while (v > 0);
	while (sizeof(digits) - at < width && at > 1)
		digits[--at] = '0';
	if (is_negative)
		digits[--at] = '-';
	ka_buf_put(b, digits + at, sizeof(digits) - at);
}

void ka_buf_u64(struct ka_buf *b, uint64_t v)
{
	put_number(b, v, 10, 1, false);
}

void ka_buf_i64(struct ka_buf *b, int64_t v)
{
	put_number(b, v < 0 ? 0 - (uint64_t)v : (uint64_t)v, 10, 1, v < 0);
}

void ka_buf_octal(struct ka_buf *b, unsigned v, unsigned width)
{
	put_number(b, v, 8, width, false);
}

void ka_buf_be32(struct ka_buf *b, uint32_t v)
{
	uint8_t be[4] = { (uint8_t)(v >> 24), (uint8_t)(v >> 16), (uint8_t)(v >> 8), (uint8_t)v };

	ka_buf_put(b, be, sizeof(be));
}

void ka_buf_be64(struct ka_buf *b, uint64_t v)
{
	uint8_t be[8];

	for (size_t i = 0; i < sizeof(be); i++)
		be[i] = (uint8_t)(v >> (56 - 8 * i));
	ka_buf_put(b, be, sizeof(be));
}

void ka_buf_string(struct ka_buf *b, struct ka_span s)
{
	size_t begin = b->len;

	if (s.len > UINT32_MAX) {
		b->overflow = true;
		return;
	}
	ka_buf_be32(b, (uint32_t)s.len);
	ka_buf_span(b, s);
	if (b->overflow && b->len > begin) { /* no length without its bytes */
		b->len = begin;
		b->p[begin] = '\0';
	}
}

struct ka_span ka_buf_as_span(const struct ka_buf *b)
{
	return (struct ka_span){ (const uint8_t *)b->p, b->len };
}

void ka_buf_cut(struct ka_buf *b, size_t len)
{
	if (b->size == 0 || len > b->len)
		return;
	b->len = len;
	b->p[len] = '\0';
	b->overflow = false;
}

enum ka_err ka_buf_check(const struct ka_buf *b)
{
	return b->overflow ? KA_ERR_LIMIT : KA_ERR_OK;
}
