/* Text without a locale. Pure; knows nothing of ssh; never trusts a length it has not compared. */
#include "base/text.h"

#include <string.h>

#include "base/poison.h"

struct ka_span ka_text_trim(struct ka_span s)
{
	while (s.len > 0 && ka_text_is_blank(s.p[0]))
		s = ka_span_sub(s, 1, s.len);
	while (s.len > 0 && ka_text_is_blank(s.p[s.len - 1]))
		s.len--;
	return s;
}

bool ka_text_word(struct ka_span *rest, struct ka_span *word)
{
	size_t i = 0, n;

	while (i < rest->len && ka_text_is_blank(rest->p[i]))
		i++;
	for (n = i; n < rest->len && !ka_text_is_blank(rest->p[n]); n++)
		;
	*word = ka_span_sub(*rest, i, n - i);
	*rest = ka_span_sub(*rest, n, rest->len);
	return n > i;
}

bool ka_text_split(struct ka_span *rest, uint8_t sep, struct ka_span *part)
{
	size_t at;

	if (rest->p == NULL)
		return false;
	at = ka_span_find(*rest, sep);
	*part = ka_span_sub(*rest, 0, at);
	if (at == rest->len)
		*rest = (struct ka_span){ NULL, 0 };
	else
		*rest = (struct ka_span){ rest->p + at + 1, rest->len - at - 1 };
	return true;
}

bool ka_text_equal_nocase(struct ka_span a, struct ka_span b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (ka_text_lower(a.p[i]) != ka_text_lower(b.p[i]))
			return false;
	return true;
}

bool ka_text_to_u64(struct ka_span s, uint64_t max, uint64_t *out)
{
	uint64_t v = 0;

	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		uint64_t d = (uint64_t)s.p[i] - '0';

		if (!ka_text_is_digit(s.p[i]) || d > max || v > (max - d) / 10)
			return false;
		v = v * 10 + d;
	}
	*out = v;
	return true;
}

void ka_text_u64(uint64_t v, char out[static KA_TEXT_U64_MAX])
{
	struct ka_buf b;

	ka_buf_init(&b, out, KA_TEXT_U64_MAX);
	ka_buf_u64(&b, v);
}

bool ka_text_glob(struct ka_span pattern, struct ka_span text)
{
	size_t p = 0, t = 0, star = SIZE_MAX, mark = 0;

	while (t < text.len) {
		if (p < pattern.len && pattern.p[p] == '*') {
			star = p++;
			mark = t;
		} else if (p < pattern.len && (pattern.p[p] == '?' || pattern.p[p] == text.p[t])) {
			p++;
			t++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			t = ++mark;
		} else {
			return false;
		}
	}
	while (p < pattern.len && pattern.p[p] == '*')
		p++;
	return p == pattern.len;
}

static const char hex_digits[] = "0123456789abcdef";

static bool is_percent_safe(uint8_t c)
{
	return ka_text_is_alnum(c) || (c != '\0' && strchr("-_.:@/+=~,", c) != NULL);
}

void ka_text_percent(struct ka_buf *b, struct ka_span s)
{
	if (s.len == 0)
		ka_buf_char(b, '-');
	else if (s.len == 1 && s.p[0] == '-')
		ka_buf_text(b, "%2d");
	else
		for (size_t i = 0; i < s.len; i++) {
			uint8_t c = s.p[i];
			char esc[3] = { '%', hex_digits[c >> 4], hex_digits[c & 15] };

			if (is_percent_safe(c))
				ka_buf_char(b, (char)c);
			else
				ka_buf_put(b, esc, sizeof(esc));
		}
}

static int hex_value(uint8_t c)
{
	c = ka_text_lower(c);
	if (ka_text_is_digit(c))
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool ka_text_unpercent(struct ka_span s, char *out, size_t size, size_t *out_len)
{
	size_t n = 0;

	if (size == 0)
		return false;
	out[0] = '\0';
	*out_len = 0;
	if (ka_span_is(s, "-"))
		return true;
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.p[i];

		if (c == '%') {
			int hi = s.len - i > 2 ? hex_value(s.p[i + 1]) : -1;
			int lo = s.len - i > 2 ? hex_value(s.p[i + 2]) : -1;

			if (hi < 0 || lo < 0) {
				out[0] = '\0';
				return false;
			}
			c = (uint8_t)(hi << 4 | lo);
			i += 2;
		}
		if (c == '\0' || n + 1 >= size) {
			out[0] = '\0';
			return false;
		}
		out[n++] = (char)c;
	}
	out[n] = '\0';
	*out_len = n;
	return true;
}

size_t ka_text_utf8_len(struct ka_span s, uint32_t *cp)
{
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n;
	uint32_t v;

	if (s.len == 0)
		return 0;
	if (s.p[0] < 0x80) {
		n = 1;
		v = s.p[0];
	} else if ((s.p[0] & 0xe0) == 0xc0) {
		n = 2;
		v = s.p[0] & 0x1fu;
	} else if ((s.p[0] & 0xf0) == 0xe0) {
		n = 3;
		v = s.p[0] & 0x0fu;
	} else if ((s.p[0] & 0xf8) == 0xf0) {
		n = 4;
		v = s.p[0] & 0x07u;
	} else {
		return 0;
	}
	if (n > s.len)
		return 0;
	for (size_t i = 1; i < n; i++) {
		if ((s.p[i] & 0xc0) != 0x80)
			return 0;
		v = v << 6 | (s.p[i] & 0x3fu);
	}
	if (v < least[n] || v > 0x10ffff || (v >= 0xd800 && v <= 0xdfff))
		return 0;
	if (cp != NULL)
		*cp = v;
	return n;
}

/*
 * Code points that could move, hide or break what a reader sees: controls, line and bidirectional controls, and what is
 * not drawn at all (Unicode's Default_Ignorable_Code_Point). Not the joiners U+200C and U+200D nor the variation
 * selectors up to U+FE0F: scripts are written with them.
 */
static bool is_unsafe_cp(uint32_t cp)
{
	static const struct { uint32_t first, last; } unsafe[] = {
		{ 0x00, 0x1f },     { 0x7f, 0x9f },     { 0xad, 0xad },       { 0x34f, 0x34f },     { 0x61c, 0x61c },
		{ 0x115f, 0x1160 }, { 0x17b4, 0x17b5 }, { 0x180e, 0x180e },   { 0x200b, 0x200b },   { 0x200e, 0x200f },
		{ 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0x3164, 0x3164 },   { 0xfeff, 0xfeff },   { 0xffa0, 0xffa0 },
		{ 0xfff0, 0xfffb }, { 0x1bca0, 0x1bca3 }, { 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
	};

	for (size_t i = 0; i < KA_ARRAY_LEN(unsafe) && cp >= unsafe[i].first; i++)
		if (cp <= unsafe[i].last)
			return true;
	return false;
}

struct escaped {
	char text[16]; /* four bytes as \xNN at most */
	size_t len;    /* of text */
	size_t used;   /* bytes of input */
};

static struct escaped escape_one(struct ka_span s, char quote)
{
	struct escaped e = { .len = 0 };
	uint32_t cp = 0;
	size_t n = ka_text_utf8_len(s, &cp);
	bool plain = n > 0 && !is_unsafe_cp(cp) && cp != '\\' && (quote == 0 || cp != (uint8_t)quote);

	e.used = n > 0 ? n : 1;
	for (size_t i = 0; i < e.used; i++) {
		if (plain) {
			e.text[e.len++] = (char)s.p[i];
			continue;
		}
		e.text[e.len++] = '\\';
		e.text[e.len++] = 'x';
		e.text[e.len++] = hex_digits[s.p[i] >> 4];
		e.text[e.len++] = hex_digits[s.p[i] & 15];
	}
	return e;
}

void ka_text_escape(struct ka_buf *b, struct ka_span s, char quote, size_t max)
{
	size_t begin = b->len, safe = b->len;

	for (size_t i = 0; i < s.len && !b->overflow;) {
		struct escaped e = escape_one(ka_span_sub(s, i, s.len), quote);

		if (b->len - begin + e.len > max) {
			ka_buf_cut(b, safe);
			ka_buf_text(b, "...");
			return;
		}
		ka_buf_put(b, e.text, e.len);
		if (b->len - begin + 3 <= max)
			safe = b->len;
		i += e.used;
	}
}

bool ka_text_is_plain(struct ka_span s)
{
	while (s.len > 0) {
		uint32_t cp = 0;
		size_t n = ka_text_utf8_len(s, &cp);

		if (n == 0 || is_unsafe_cp(cp))
			return false;
		s = ka_span_sub(s, n, s.len);
	}
	return true;
}

void ka_text_base32(const uint8_t *bytes, size_t n, char *out, size_t size)
{
	static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
	size_t len = 0, need = (n * 8 + 4) / 5;
	unsigned bits = 0;
	uint32_t acc = 0;

	if (size == 0)
		return;
	out[0] = '\0';
	if (need >= size)
		return;
	for (size_t i = 0; i < n; i++) {
		acc = (acc << 8 | bytes[i]) & 0xfffff;
		for (bits += 8; bits >= 5; bits -= 5)
			out[len++] = alphabet[acc >> (bits - 5) & 31];
	}
	if (bits > 0)
		out[len++] = alphabet[acc << (5 - bits) & 31];
	out[len] = '\0';
}

void ka_text_hex(const uint8_t *bytes, size_t n, char *out, size_t size)
{
	if (size == 0)
		return;
	out[0] = '\0';
	if (n > (size - 1) / 2)
		return;
	for (size_t i = 0; i < n; i++) {
		out[2 * i] = hex_digits[bytes[i] >> 4];
		out[2 * i + 1] = hex_digits[bytes[i] & 15];
	}
	out[2 * n] = '\0';
}
