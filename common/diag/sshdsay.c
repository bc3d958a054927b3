/* A message against the rows of sshdsay.def: from the left to the open field, from the right end back to it. */
#include "diag/sshdsay.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/err.h"
#include "base/limits.h"
#include "base/text.h"

#include "base/poison.h"

struct row {
	enum ka_sshdsay_kind kind;
	enum ka_reason reason;
	const char *message;
};

static const struct row rows[] = {
#define S(kind, reason, message) { KA_SSHDSAY_##kind, KA_REASON_##reason, message },
#include "diag/sshdsay.def"
#undef S
};

static bool is_word(struct ka_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (ka_text_is_blank(s.p[i]))
			return false;
	return s.len > 0;
}

static bool is_any(struct ka_span s)
{
	return s.len > 0;
}

/* but for the one word that stands before it, this is all that sshd writes of a message; a blank at the end may be lost */
static bool is_cut(struct ka_span s)
{
	return s.len + strlen("AuthorizedKeysCommand ") + 1 >= KA_SSHDSAY_LINE_MAX;
}

static bool is_number(struct ka_span s)
{
	uint64_t n;

	return ka_text_to_u64(s, UINT64_MAX, &n);
}

static bool is_port(struct ka_span s)
{
	uint64_t n;

	return ka_text_to_u64(s, 65535, &n);
}

/* a scope may stand behind an address of IPv6 */
static bool is_address(struct ka_span s)
{
	struct ka_span plain = ka_span_sub(s, 0, ka_span_find(s, '%'));
	char text[64];
	uint8_t raw[16];

	return is_word(s) && (ka_span_is(s, "UNKNOWN") || (ka_span_copy(plain, text, sizeof(text)) &&
							  (inet_pton(AF_INET, text, raw) == 1 || inet_pton(AF_INET6, text, raw) == 1)));
}

/* where a field's text goes: an offset into struct ka_sshdsay; NOWHERE drops it */
#define NOWHERE ((size_t)-1)
#define AT(member) offsetof(struct ka_sshdsay, member)

static const struct field {
	char letter;
	bool is_open;
	bool (*is)(struct ka_span s);
	size_t at;
} fields[] = {
	{ 'u', true, is_any, AT(user) },      { 'x', true, is_any, AT(text) },        { 'P', true, is_any, AT(path) },
	{ 'X', true, is_cut, AT(text) },
	{ 'w', false, is_word, AT(user) },    { 'a', false, is_address, AT(address) }, { 'n', false, is_port, AT(port) },
	{ 'd', false, is_number, NOWHERE },   { 't', false, is_word, AT(type) },      { 'f', false, is_word, AT(fp) },
	{ 'g', false, is_word, AT(algorithm) }, { 'm', false, is_word, AT(method) },  { 'h', false, is_word, NOWHERE },
	{ 'k', false, is_word, AT(place) },   { 'p', false, is_any, AT(path) },
};

static const struct field *field_of(char letter)
{
	for (size_t i = 0; i < KA_ARRAY_LEN(fields); i++)
		if (fields[i].letter == letter)
			return &fields[i];
	return NULL;
}

static bool keep(const struct field *f, struct ka_span s, struct ka_sshdsay *out)
{
	if (!f->is(s))
		return false;
	if (f->at != NOWHERE)
		memcpy((char *)out + f->at, &s, sizeof(s));
	return true;
}

/* the literal at @m, up to the next field or the end of the row */
static struct ka_span literal_at(const char *m)
{
	return (struct ka_span){ (const uint8_t *)m, strcspn(m, "%") };
}

static bool take_literal(struct ka_span *rest, struct ka_span literal)
{
	if (rest->len < literal.len || memcmp(rest->p, literal.p, literal.len) != 0)
		return false;
	*rest = ka_span_sub(*rest, literal.len, rest->len);
	return true;
}

/* from the left: stops at the open field, *@m then stands on it; else the whole row fits the whole text */
static bool read_left(const char **m, struct ka_span *rest, struct ka_sshdsay *out)
{
	for (;;) {
		struct ka_span literal = literal_at(*m), text;
		const struct field *f;
		const uint8_t *end;

		if (!take_literal(rest, literal))
			return false;
		*m += literal.len;
		if (**m == '\0')
			return rest->len == 0;
		f = field_of((*m)[1]);
		if (f->is_open)
			return true;
		*m += 2;
		literal = literal_at(*m);
		end = rest->len == 0 ? NULL : literal.len == 0 ? rest->p + rest->len : memmem(rest->p + 1, rest->len - 1, literal.p, literal.len);
		if (end == NULL)
			return false;
		text = ka_span_sub(*rest, 0, (size_t)(end - rest->p));
		if (!keep(f, text, out))
			return false;
		*rest = ka_span_sub(*rest, text.len, rest->len);
	}
}

static bool ends_with(struct ka_span s, struct ka_span tail)
{
	return s.len >= tail.len && memcmp(s.p + (s.len - tail.len), tail.p, tail.len) == 0;
}

/* where the last occurrence of @what in @s begins; s.len when there is none */
static size_t find_last(struct ka_span s, struct ka_span what)
{
	for (size_t at = s.len - what.len + 1; s.len >= what.len && at-- > 0;)
		if (memcmp(s.p + at, what.p, what.len) == 0)
			return at;
	return s.len;
}

/* from the right end back to the open field on which @m stands; what is left is the open field's */
static bool read_right(const char *m, struct ka_span rest, struct ka_sshdsay *out)
{
	const char *end = m + strlen(m);

	for (;;) {
		const char *begin = end;
		struct ka_span literal;
		const struct field *f;
		size_t at;

		while (begin - 2 >= m && begin[-2] != '%')
			begin--;
		literal = (struct ka_span){ (const uint8_t *)begin, (size_t)(end - begin) };
		if (!ends_with(rest, literal))
			return false;
		rest = ka_span_sub(rest, 0, rest.len - literal.len);
		end = begin - 2; /* on the field */
		f = field_of(end[1]);
		if (end == m)
			return keep(f, rest, out);
		begin = end;
		while (begin[-2] != '%')
			begin--;
		literal = (struct ka_span){ (const uint8_t *)begin, (size_t)(end - begin) };
		at = find_last(rest, literal);
		if (at == rest.len || !keep(f, ka_span_sub(rest, at + literal.len, rest.len), out))
			return false;
		rest = ka_span_sub(rest, 0, at + literal.len);
	}
}

static bool fits(const char *m, struct ka_span text, struct ka_sshdsay *out)
{
	memset(out, 0, sizeof(*out));
	return read_left(&m, &text, out) && (*m == '\0' || read_right(m, text, out));
}

static bool cut_front(struct ka_span *s, const char *front)
{
	if (!ka_span_starts(*s, front))
		return false;
	*s = ka_span_sub(*s, strlen(front), s->len);
	return true;
}

/* 10.1 and later: who it was stands before the reason of a refused certificate */
static struct ka_span refused_certificate(struct ka_span message, struct ka_sshdsay *who)
{
	static const char *const fronts[] = {
		"Refusing certificate ID \"%x\" serial=%d signed by %t CA %f via %k",
		"Refusing certificate ID \"%x\" serial=%d signed by %t CA %f",
	};
	const struct ka_span none = { NULL, 0 };

	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		struct ka_span reason = ka_span_of(rows[i].message), front = message;

		if (rows[i].kind != KA_SSHDSAY_CERT || !ends_with(message, reason))
			continue;
		front.len -= reason.len;
		if (front.len < 2 || memcmp(front.p + front.len - 2, ": ", 2) != 0)
			continue;
		front.len -= 2;
		for (size_t k = 0; k < KA_ARRAY_LEN(fronts); k++)
			if (fits(fronts[k], front, who))
				return ka_span_sub(message, front.len + 2, reason.len);
	}
	return none;
}

bool ka_sshdsay_read(struct ka_span message, struct ka_sshdsay *out)
{
	static const char *const levels[] = { "error: ", "fatal: ", "debug1: " };
	static const struct ka_sshdsay nothing = { .kind = KA_SSHDSAY_OTHER };
	struct ka_span text = ka_text_trim(message), preauth = ka_span_of(" [preauth]"), reason;
	struct ka_sshdsay who;

	for (size_t i = 0; i < KA_ARRAY_LEN(levels); i++)
		if (cut_front(&text, levels[i]))
			break;
	if (ends_with(text, preauth))
		text = ka_text_trim(ka_span_sub(text, 0, text.len - preauth.len));
	*out = nothing;
	if (text.len == 0)
		return false; /* without a line there is no address to compare with either */
	reason = refused_certificate(text, &who);
	for (size_t i = 0; i < KA_ARRAY_LEN(rows); i++) {
		if (!fits(rows[i].message, reason.p != NULL ? reason : text, out))
			continue;
		if (reason.p != NULL)
			*out = who;
		out->kind = rows[i].kind;
		out->reason = rows[i].reason;
		/* where a row does not say it, sshd puts the same words in front of the name */
		out->is_invalid_user = strstr(rows[i].message, "nvalid user %") != NULL || cut_front(&out->user, "invalid user ");
		return true;
	}
	*out = nothing;
	return false;
}
