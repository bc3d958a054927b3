/* Editing bytes. What is to be replaced must stand where it was seen. */
#include "keyaudit/mend/fixedit.h"

#include <string.h>

#include "base/poison.h"

static bool stands(const char *old, struct ka_span line, size_t at)
{
	size_t n = strlen(old);

	return at <= line.len && line.len - at >= n && (n == 0 || memcmp(line.p + at, old, n) == 0);
}

static bool edit_at(const struct ka_fixop *op, struct ka_span line, struct ka_buf *out)
{
	size_t at = op->column - 1;

	if (!stands(op->old, line, at))
		return false;
	ka_buf_span(out, ka_span_sub(line, 0, at));
	ka_buf_text(out, op->new);
	at += strlen(op->old);
	ka_buf_span(out, ka_span_sub(line, at, line.len - at));
	return true;
}

/* every one in the line; false: there is none */
static bool edit_all(const struct ka_fixop *op, struct ka_span line, struct ka_buf *out)
{
	size_t n = strlen(op->old), at = 0, done = 0;

	while (n > 0 && at < line.len) {
		if (stands(op->old, line, at)) {
			ka_buf_text(out, op->new);
			at += n;
			done++;
		} else {
			ka_buf_char(out, (char)line.p[at++]);
		}
	}
	return done > 0;
}

static bool edit_line(const struct ka_fixop *op, struct ka_span line, struct ka_buf *out)
{
	return op->column > 0 ? edit_at(op, line, out) : edit_all(op, line, out);
}

static void put_utf8(struct ka_buf *b, uint32_t c)
{
	if (c < 0x80) {
		ka_buf_char(b, (char)c);
		return;
	}
	if (c >= 0x10000)
		ka_buf_char(b, (char)(0xf0 | c >> 18));
	if (c >= 0x800)
		ka_buf_char(b, (char)(c >= 0x10000 ? 0x80 | (c >> 12 & 0x3f) : 0xe0 | c >> 12));
	ka_buf_char(b, (char)(c >= 0x800 ? 0x80 | (c >> 6 & 0x3f) : 0xc0 | c >> 6));
	ka_buf_char(b, (char)(0x80 | (c & 0x3f)));
}

static uint32_t unit(const uint8_t *p, bool big)
{
	return big ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
}

/* as iconv: a mark is taken off where the order is not said, and little-endian is what it is without one (RFC 2781 aside) */
static bool recode(enum ka_fixop_code code, struct ka_span in, struct ka_buf *out)
{
	bool big = code == KA_FIXOP_CODE_UTF16BE;
	size_t at = 0;

	if (in.len % 2 != 0)
		return false;
	if (code == KA_FIXOP_CODE_UTF16 && in.len >= 2 && (unit(in.p, true) == 0xfeff || unit(in.p, false) == 0xfeff)) {
		big = unit(in.p, true) == 0xfeff;
		at = 2;
	}
	for (; at < in.len; at += 2) {
		uint32_t c = unit(in.p + at, big), low;

		if (c >= 0xd800 && c < 0xdc00) {
			if (in.len - at < 4)
				return false;
			low = unit(in.p + at + 2, big);
			if (low < 0xdc00 || low > 0xdfff)
				return false;
			c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
			at += 2;
		} else if (c >= 0xdc00 && c < 0xe000) {
			return false;
		}
		put_utf8(out, c);
	}
	return true;
}

bool ka_fixedit_apply(const struct ka_fixop *op, struct ka_span in, struct ka_buf *out)
{
	struct ka_cursor c;
	struct ka_span line;
	bool has_newline, done = false;

	if (op->code != KA_FIXOP_CODE_KEEP)
		return recode(op->code, in, out) && !out->overflow;
	ka_cursor_init(&c, in.p, in.len);
	for (unsigned number = 1; ka_cursor_line(&c, &line, &has_newline); number++) {
		if (number != op->line)
			ka_buf_span(out, line);
		else if (!edit_line(op, line, out))
			return false;
		else
			done = true;
		if (has_newline)
			ka_buf_char(out, '\n');
	}
	return done && !out->overflow;
}
