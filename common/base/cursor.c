/* The bounded reader over hostile bytes. It never reads beyond its end and never adds to a pointer before checking. */
#include "base/cursor.h"

#include <string.h>

#include "base/poison.h"

void ka_cursor_init(struct ka_cursor *c, const void *bytes, size_t len)
{
	static const uint8_t nothing[1];

	c->p = bytes != NULL ? bytes : nothing;
	c->end = c->p + (bytes != NULL ? len : 0);
	c->failed = false;
}

size_t ka_cursor_left(const struct ka_cursor *c)
{
	return c->failed ? 0 : (size_t)(c->end - c->p);
}

bool ka_cursor_take(struct ka_cursor *c, size_t n, struct ka_span *out)
{
	if (c->failed || n > ka_cursor_left(c)) {
		c->failed = true;
		*out = (struct ka_span){ NULL, 0 };
		return false;
	}
	*out = (struct ka_span){ c->p, n };
	c->p += n;
	return true;
}

static bool read_be(struct ka_cursor *c, size_t n, uint64_t *out)
{
	struct ka_span s;
	uint64_t v = 0;

	if (!ka_cursor_take(c, n, &s))
		return false;
	for (size_t i = 0; i < n; i++)
		v = v << 8 | s.p[i];
	*out = v;
	return true;
}

bool ka_cursor_u8(struct ka_cursor *c, uint8_t *out)
{
	uint64_t v;

	if (!read_be(c, 1, &v))
		return false;
	*out = (uint8_t)v;
	return true;
}

bool ka_cursor_u32(struct ka_cursor *c, uint32_t *out)
{
	uint64_t v;

	if (!read_be(c, 4, &v))
		return false;
	*out = (uint32_t)v;
	return true;
}

bool ka_cursor_u64(struct ka_cursor *c, uint64_t *out)
{
	return read_be(c, 8, out);
}

bool ka_cursor_string(struct ka_cursor *c, struct ka_span *out)
{
	uint32_t len;

	*out = (struct ka_span){ NULL, 0 };
	return ka_cursor_u32(c, &len) && ka_cursor_take(c, len, out);
}

bool ka_cursor_line(struct ka_cursor *c, struct ka_span *out, bool *has_newline)
{
	size_t left = ka_cursor_left(c);
	const uint8_t *nl;

	if (left == 0)
		return false;
	nl = memchr(c->p, '\n', left);
	*out = (struct ka_span){ c->p, nl != NULL ? (size_t)(nl - c->p) : left };
	c->p = nl != NULL ? nl + 1 : c->end;
	if (has_newline != NULL)
		*has_newline = nl != NULL;
	return true;
}

struct ka_span ka_span_of(const char *text)
{
	return (struct ka_span){ (const uint8_t *)text, strlen(text) };
}

bool ka_span_equal(struct ka_span a, struct ka_span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

bool ka_span_is(struct ka_span s, const char *text)
{
	return ka_span_equal(s, ka_span_of(text));
}

bool ka_span_starts(struct ka_span s, const char *prefix)
{
	size_t n = strlen(prefix);

	return s.len >= n && (n == 0 || memcmp(s.p, prefix, n) == 0);
}

size_t ka_span_find(struct ka_span s, uint8_t b)
{
	const uint8_t *hit = s.len > 0 ? memchr(s.p, b, s.len) : NULL;

	return hit != NULL ? (size_t)(hit - s.p) : s.len;
}

struct ka_span ka_span_sub(struct ka_span s, size_t from, size_t len)
{
	if (from > s.len)
		from = s.len;
	if (len > s.len - from)
		len = s.len - from;
	return (struct ka_span){ from > 0 ? s.p + from : s.p, len };
}

bool ka_span_copy(struct ka_span s, char *out, size_t size)
{
	if (size == 0)
		return false;
	out[0] = '\0';
	if (s.len >= size || (s.len > 0 && memchr(s.p, '\0', s.len) != NULL))
		return false;
	if (s.len > 0)
		memcpy(out, s.p, s.len);
	out[s.len] = '\0';
	return true;
}
