/*
 * Lines and their hashes. It must never look at a line's JSON: the end of a line is found from its right, where no text
 * of a stranger's can stand, since a quote inside a JSON string has a backslash before it.
 */
#include "audit/chain.h"

#include <string.h>

#include <sodium.h>

#include "base/text.h"

#include "base/poison.h"

#define DIGITS 64 /* of BLAKE2b-256 */
#define HASH_BYTES 32

/* with their NULs */
static const char line_domain[] = "keyaudit-audit/1";
static const char fragment_domain[] = "keyaudit-fragment/1";

/* Cut @text off the right end of @s. */
static bool cut_text(struct ka_span *s, const char *text)
{
	size_t n = strlen(text);

	if (s->len < n || memcmp(s->p + s->len - n, text, n) != 0)
		return false;
	s->len -= n;
	return true;
}

static bool is_hex(uint8_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

static bool cut_hash(struct ka_span *s, char out[static KA_CHAIN_HEX])
{
	if (s->len < DIGITS)
		return false;
	s->len -= DIGITS;
	for (size_t i = 0; i < DIGITS; i++)
		if (!is_hex(s->p[s->len + i]))
			return false;
	memcpy(out, s->p + s->len, DIGITS);
	out[DIGITS] = '\0';
	return true;
}

/* The digits at the right end of @s; written one way only. */
static bool cut_number(struct ka_span *s, uint64_t *out)
{
	size_t n = 0;
	uint64_t v = 0;

	while (n < s->len && s->p[s->len - n - 1] >= '0' && s->p[s->len - n - 1] <= '9')
		n++;
	if (n == 0 || s->p[s->len - n] == '0')
		return false;
	for (size_t i = s->len - n; i < s->len; i++) {
		unsigned digit = s->p[i] - '0';

		if (v > (UINT64_MAX - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	s->len -= n;
	*out = v;
	return true;
}

bool ka_chain_parse(struct ka_span line, struct ka_chain_link *out)
{
	struct ka_chain_link l;
	struct ka_span s = line;

	if (!cut_text(&s, "\"}}") || !cut_hash(&s, l.hash) || !cut_text(&s, ",\"hash\":\""))
		return false;
	l.body_len = s.len;
	if (!cut_text(&s, "\"") || !cut_hash(&s, l.prev) || !cut_text(&s, ",\"prev\":\"") || !cut_number(&s, &l.seq) ||
	    !cut_text(&s, ",\"seq\":") || s.len == 0 || s.p[0] != '{')
		return false;
	*out = l;
	return true;
}

/* domain || prev || le64(length) || bytes */
static void sum_up(struct ka_span head, struct ka_span prev, struct ka_span bytes, char out[static KA_CHAIN_HEX])
{
	crypto_generichash_state h;
	uint8_t length[8], sum[HASH_BYTES];

	for (size_t i = 0; i < sizeof(length); i++)
		length[i] = (uint8_t)((uint64_t)bytes.len >> (8 * i));
	crypto_generichash_init(&h, NULL, 0, sizeof(sum));
	crypto_generichash_update(&h, head.p, head.len);
	crypto_generichash_update(&h, prev.p, prev.len);
	crypto_generichash_update(&h, length, sizeof(length));
	crypto_generichash_update(&h, bytes.p, bytes.len);
	crypto_generichash_final(&h, sum, sizeof(sum));
	ka_text_hex(sum, sizeof(sum), out, KA_CHAIN_HEX);
}

void ka_chain_hash(const char prev[static KA_CHAIN_HEX], struct ka_span body, char out[static KA_CHAIN_HEX])
{
	sum_up((struct ka_span){ (const uint8_t *)line_domain, sizeof(line_domain) }, (struct ka_span){ (const uint8_t *)prev, DIGITS },
	       body, out);
}

void ka_chain_fragment_hash(struct ka_span bytes, char out[static KA_CHAIN_HEX])
{
	sum_up((struct ka_span){ (const uint8_t *)fragment_domain, sizeof(fragment_domain) }, (struct ka_span){ NULL, 0 }, bytes, out);
}

bool ka_chain_is_intact(struct ka_span line, const struct ka_chain_link *link)
{
	char hash[KA_CHAIN_HEX];

	ka_chain_hash(link->prev, ka_span_sub(line, 0, link->body_len), hash);
	return memcmp(hash, link->hash, DIGITS) == 0;
}

bool ka_chain_follows(const struct ka_chain_link *link, uint64_t seq, const char hash[static KA_CHAIN_HEX])
{
	return link->seq == seq + 1 && memcmp(link->prev, hash, DIGITS) == 0;
}

bool ka_chain_put(struct ka_buf *out, struct ka_span line, uint64_t seq, const char prev[static KA_CHAIN_HEX],
		  char hash[static KA_CHAIN_HEX])
{
	size_t begin = out->len;
	struct ka_span s = line;

	if (seq == 0 || !cut_text(&s, "}}\n") || s.len == 0 || s.p[0] != '{' || s.p[s.len - 1] == '{')
		return false;
	ka_buf_span(out, s);
	ka_buf_text(out, ",\"seq\":");
	ka_buf_u64(out, seq);
	ka_buf_text(out, ",\"prev\":\"");
	ka_buf_put(out, prev, DIGITS);
	ka_buf_char(out, '"');
	if (out->overflow)
		return true;
	ka_chain_hash(prev, ka_span_sub(ka_buf_as_span(out), begin, out->len - begin), hash);
	ka_buf_text(out, ",\"hash\":\"");
	ka_buf_put(out, hash, DIGITS);
	ka_buf_text(out, "\"}}\n");
	return true;
}

bool ka_chain_is_fragment(struct ka_span bytes)
{
	struct ka_chain_link link;
	struct ka_cursor c;
	struct ka_span line;

	ka_cursor_init(&c, bytes.p, bytes.len);
	while (ka_cursor_line(&c, &line, NULL))
		if (ka_chain_parse(line, &link))
			return false;
	return true;
}
