/* Seals as lines. Everything read is hostile: one exact form, or none. */
#include "keyaudit/seal/sealline.h"

#include <string.h>

#include <sodium.h>

#include "base/text.h"

#include "base/poison.h"

#define HEX_LEN (KA_SEAL_HEX_MAX - 1)
#define TAIL_LEN (sizeof(",\"mac\":\"\"}") - 1 + HEX_LEN)

static void put_mac(struct ka_span body, const struct ka_sealkey *k, char out[static KA_SEAL_HEX_MAX])
{
	static const char domain[] = "keyaudit-seal/1"; /* with its NUL */
	crypto_generichash_state st;
	uint8_t mac[HEX_LEN / 2], len[8];

	for (unsigned i = 0; i < sizeof(len); i++)
		len[i] = (uint8_t)((uint64_t)body.len >> (8 * i));
	crypto_generichash_init(&st, k->bytes, sizeof(k->bytes), sizeof(mac));
	crypto_generichash_update(&st, (const unsigned char *)domain, sizeof(domain));
	crypto_generichash_update(&st, len, sizeof(len));
	crypto_generichash_update(&st, body.p, body.len);
	crypto_generichash_final(&st, mac, sizeof(mac));
	sodium_memzero(&st, sizeof(st)); /* it holds the key */
	ka_text_hex(mac, sizeof(mac), out, KA_SEAL_HEX_MAX);
}

static void put_word(struct ka_buf *b, const char *name, const char *value)
{
	ka_buf_text(b, name);
	ka_buf_text(b, value);
	ka_buf_char(b, '"');
}

static void put_body(const struct ka_seal *s, struct ka_buf *b)
{
	ka_buf_text(b, "{\"epoch\":");
	ka_buf_u64(b, s->epoch);
	put_word(b, ",\"chain\":\"", s->chain);
	ka_buf_text(b, ",\"seq\":");
	ka_buf_u64(b, s->seq);
	put_word(b, ",\"head\":\"", s->head);
	put_word(b, ",\"at\":\"", s->at);
	ka_buf_text(b, ",\"boot_ms\":");
	ka_buf_u64(b, s->boot_ms);
	put_word(b, ",\"boot_id\":\"", s->boot_id);
	put_word(b, ",\"why\":\"", s->why);
	put_word(b, ",\"prev\":\"", s->prev);
}

void ka_sealline_write(struct ka_seal *s, const struct ka_sealkey *k, struct ka_buf *out)
{
	char line[KA_SEAL_LINE_MAX];
	struct ka_buf b;

	s->epoch = k->epoch;
	ka_buf_init_array(&b, line);
	put_body(s, &b);
	put_mac(ka_buf_as_span(&b), k, s->mac);
	put_word(&b, ",\"mac\":\"", s->mac);
	ka_buf_text(&b, "}\n");
	if (b.overflow)
		out->overflow = true;
	else
		ka_buf_span(out, ka_buf_as_span(&b));
}

/* ---- reading ---- */

struct reader {
	struct ka_span rest;
	bool failed;
};

static void skip(struct reader *r, const char *text)
{
	if (r->failed || !ka_span_starts(r->rest, text))
		r->failed = true;
	else
		r->rest = ka_span_sub(r->rest, strlen(text), r->rest.len);
}

static uint64_t number(struct reader *r)
{
	uint64_t v = 0;
	size_t n = 0;

	while (n < r->rest.len && ka_text_is_digit(r->rest.p[n]))
		n++;
	if (r->failed || n == 0 || (n > 1 && r->rest.p[0] == '0') || !ka_text_to_u64(ka_span_sub(r->rest, 0, n), INT64_MAX, &v))
		r->failed = true;
	else
		r->rest = ka_span_sub(r->rest, n, r->rest.len);
	return v;
}

static bool is_hex(struct ka_span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ka_text_is_digit(s.p[i]) && !(s.p[i] >= 'a' && s.p[i] <= 'f'))
			return false;
	return true;
}

/* the text up to the quote, which goes as well */
static void word(struct reader *r, char *out, size_t size)
{
	size_t n = ka_span_find(r->rest, '"');
	struct ka_span s = ka_span_sub(r->rest, 0, n);

	out[0] = '\0';
	if (r->failed || n == r->rest.len || !ka_text_is_plain(s) || ka_span_find(s, '\\') < s.len || !ka_span_copy(s, out, size))
		r->failed = true;
	else
		r->rest = ka_span_sub(r->rest, n + 1, r->rest.len);
}

static void hex(struct reader *r, char *out, size_t size)
{
	word(r, out, size);
	if (strlen(out) != size - 1 || !is_hex(ka_span_of(out)))
		r->failed = true;
}

static void head_of(struct reader *r, struct ka_seal *s)
{
	hex(r, s->chain, sizeof(s->chain));
	skip(r, ",\"seq\":");
	s->seq = number(r);
	skip(r, ",\"head\":\"");
	hex(r, s->head, sizeof(s->head));
	skip(r, ",\"at\":\"");
	word(r, s->at, sizeof(s->at));
}

bool ka_sealline_parse(struct ka_span line, struct ka_seal *s)
{
	struct reader r = { .rest = line };

	memset(s, 0, sizeof(*s));
	skip(&r, "{\"epoch\":");
	s->epoch = number(&r);
	skip(&r, ",\"chain\":\"");
	head_of(&r, s);
	skip(&r, ",\"boot_ms\":");
	s->boot_ms = number(&r);
	skip(&r, ",\"boot_id\":\"");
	hex(&r, s->boot_id, sizeof(s->boot_id));
	skip(&r, ",\"why\":\"");
	word(&r, s->why, sizeof(s->why));
	skip(&r, ",\"prev\":\"");
	hex(&r, s->prev, sizeof(s->prev));
	skip(&r, ",\"mac\":\"");
	hex(&r, s->mac, sizeof(s->mac));
	skip(&r, "}");
	return !r.failed && r.rest.len == 0 && s->epoch > 0;
}

static bool parse_short(struct ka_span line, struct ka_seal *s)
{
	struct reader r = { .rest = line };

	memset(s, 0, sizeof(*s));
	skip(&r, "{\"chain\":\"");
	head_of(&r, s);
	skip(&r, "}");
	return !r.failed && r.rest.len == 0;
}

bool ka_sealline_anchor(struct ka_span line, struct ka_seal *s)
{
	size_t at = ka_span_find(line, '{');
	struct ka_span object = ka_span_sub(line, at, line.len);

	while (object.len > 0 && (ka_text_is_blank(object.p[object.len - 1]) || object.p[object.len - 1] == '\r'))
		object.len--;
	return object.len > 0 && (ka_sealline_parse(object, s) || parse_short(object, s));
}

bool ka_sealline_is_made_with(struct ka_span line, const struct ka_seal *s, const struct ka_sealkey *k)
{
	char mac[KA_SEAL_HEX_MAX];

	if (line.len <= TAIL_LEN)
		return false;
	put_mac(ka_span_sub(line, 0, line.len - TAIL_LEN), k, mac);
	return sodium_memcmp(mac, s->mac, HEX_LEN) == 0;
}
