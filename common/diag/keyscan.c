/* The content pass: line by line, armoured blocks, UTF-16. Pure; it remembers at most one finding per offered key. */
#include "diag/keyscan.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/text.h"
#include "diag/keyrow.h"
#include "diag/scanarmour.h"
#include "diag/scanline.h"
#include "key/keyb64.h"
#include "key/keyblob.h"
#include "key/keyfpr.h"

#include "base/poison.h"


/* where the key proper begins, in what is common to all keys of its kind before it */
static void find_material(const struct ka_keyblob *key, struct ka_keyscan_offer *to)
{
	struct ka_span s = key->type->kind == KA_KEYKIND_RSA ? key->rsa_n : key->pk;
	size_t skip = key->type->kind == KA_KEYKIND_ECDSA ? 1 : 0; /* the point's format byte */

	if (s.len <= skip)
		return;
	to->material = (size_t)(s.p - key->blob.p);
	to->material_len = s.len;
	to->common = ((to->material + skip) * 4 + 2) / 3;
}

void ka_keyscan_offer(const struct ka_offer *from, struct ka_keyscan_offer *to)
{
	struct ka_span none = { NULL, 0 };
	struct ka_keyblob key;
	struct ka_buf b;
	size_t len;

	memset(to, 0, sizeof(*to));
	memcpy(to->type, from->type, sizeof(to->type) - 1);
	memcpy(to->fp, from->fp, sizeof(to->fp) - 1);
	to->is_cert = strstr(from->type, "-cert-v01@") != NULL;
	to->ca_line = to->is_cert && ka_offer_key(from)[0] == '\0' ? from->ca_line : 0;
	if (!ka_keyb64_decode(ka_span_of(ka_offer_key(from)), to->blob, sizeof(to->blob), &len))
		return;
	if (ka_keyblob_parse((struct ka_span){ to->blob, len }, none, &key) == KA_REASON_NONE && !key.is_cert)
		find_material(&key, to);
	to->is_cert = to->is_cert || key.is_cert;
	if (to->is_cert) { /* known by the fingerprint of its plain key */
		to->cert_len = len;
		return;
	}
	to->blob_len = len;
	ka_buf_init_array(&b, to->base64);
	ka_buf_text(&b, from->key);
	to->base64_len = b.len;
	if (to->fp[0] == '\0')
		ka_keyfpr_text((struct ka_span){ to->blob, len }, to->fp);
}

unsigned ka_keyscan_bits(const struct ka_offer *offer)
{
	KA_AUTOFREE uint8_t *blob = malloc(KA_BLOB_MAX);
	struct ka_span none = { NULL, 0 };
	struct ka_keyblob key;
	size_t len;

	if (blob == NULL || !ka_keyb64_decode(ka_span_of(ka_offer_key(offer)), blob, KA_BLOB_MAX, &len))
		return 0;
	ka_keyblob_parse((struct ka_span){ blob, len }, none, &key);
	return key.bits;
}

/* one field as sshd compares it: numbers without leading zeros, words without the one NUL at the end that it forgives */
static struct ka_span as_compared(struct ka_span type, size_t index, struct ka_span field)
{
	size_t exact = ka_span_starts(type, "ecdsa-") || ka_span_starts(type, "sk-ecdsa-") ? 2 : 1; /* the point */

	if (ka_span_is(type, "ssh-rsa") && index > 0) {
		while (field.len > 0 && field.p[0] == 0)
			field = ka_span_sub(field, 1, field.len);
	} else if (index != exact && field.len > 0 && field.p[field.len - 1] == 0) {
		field.len--;
	}
	return field;
}

/* two spellings of one key? */
static bool is_same_key(struct ka_span a, struct ka_span b)
{
	struct ka_cursor ca, cb;
	struct ka_span type = { NULL, 0 }, x, y;

	ka_cursor_init(&ca, a.p, a.len);
	ka_cursor_init(&cb, b.p, b.len);
	for (size_t i = 0; ka_cursor_left(&ca) > 0 && ka_cursor_left(&cb) > 0; i++) {
		if (!ka_cursor_string(&ca, &x) || !ka_cursor_string(&cb, &y))
			return false;
		if (i == 0)
			type = as_compared(type, 0, x);
		if (!ka_span_equal(as_compared(type, i, x), as_compared(type, i, y)))
			return false;
	}
	return ka_cursor_left(&ca) == 0 && ka_cursor_left(&cb) == 0;
}

bool ka_keyscan_is_offer(const struct ka_keyscan_offer *o, struct ka_span blob)
{
	struct ka_span own = { o->blob, o->blob_len };
	char fp[KA_FPR_TEXT_MAX];

	if (o->is_cert || blob.len == 0)
		return false;
	if (own.len == 0) {
		ka_keyfpr_text(blob, fp);
		return o->fp[0] != '\0' && strcmp(fp, o->fp) == 0;
	}
	return ka_span_equal(own, blob) || is_same_key(own, blob);
}

const struct ka_keyscan_hit *ka_keyscan_hit(const struct ka_keyscan *s, size_t offer)
{
	for (size_t i = 0; i < s->hits_count; i++)
		if (s->hits[i].offer == offer)
			return &s->hits[i];
	return NULL;
}

void ka_keyscan_add(struct ka_keyscan *s, const struct ka_keyscan_hit *hit)
{
	uint32_t others = 0;

	for (size_t i = 0; i < s->hits_count; i++) {
		if (s->hits[i].fit == KA_KEYSCAN_OTHER)
			others++;
		if (hit->offer == UINT32_MAX || s->hits[i].offer != hit->offer)
			continue;
		if (hit->fit < s->hits[i].fit)
			s->hits[i] = *hit;
		return;
	}
	if (s->hits_count < KA_DIAG_HITS_MAX && (hit->fit != KA_KEYSCAN_OTHER || others < KA_KEYSCAN_OTHERS_MAX))
		s->hits[s->hits_count++] = *hit;
}

static enum ka_keyscan_what utf16_kind(const uint8_t *p, size_t len)
{
	if (len >= 2 && ((p[0] == 0xff && p[1] == 0xfe) || (p[0] == 0xfe && p[1] == 0xff)))
		return KA_KEYSCAN_UTF16_MARKED;
	if (len >= 8 && p[0] != 0 && p[1] == 0 && p[2] != 0 && p[3] == 0 && p[5] == 0)
		return KA_KEYSCAN_UTF16LE;
	if (len >= 8 && p[0] == 0 && p[1] != 0 && p[2] == 0 && p[3] != 0 && p[4] == 0)
		return KA_KEYSCAN_UTF16BE;
	return KA_KEYSCAN_PLAIN;
}

/* keep the low byte of every pair; what is no ASCII becomes '?' */
static size_t narrow(uint8_t *p, size_t len, bool big)
{
	size_t n = 0;

	for (size_t i = 0; i + 1 < len; i += 2) {
		uint8_t high = p[i + (big ? 0 : 1)], low = p[i + (big ? 1 : 0)];

		p[n++] = high == 0 ? low : '?';
	}
	return n;
}

static void scan_lines(struct ka_keyscan_work *w)
{
	struct ka_span line;

	while (ka_cursor_line(&w->rest, &line, NULL)) {
		w->line++;
		if (!ka_scanarmour_take(w, line))
			ka_scanline_take(w, line);
	}
	w->out->lines = w->line;
}

/* the one damaged line of a file without any other key line: nothing else can be meant */
static void finish(struct ka_keyscan_work *w)
{
	struct ka_keyscan_hit hit = w->candidate;

	if (w->out->usable > 0 || w->out->damaged != 1)
		return;
	for (size_t i = 0; i < w->query->offers_count; i++)
		if ((w->candidate_offers >> i & 1) != 0) {
			hit.offer = (uint32_t)i;
			hit.fit = KA_KEYSCAN_POSSIBLE;
			ka_keyscan_add(w->out, &hit);
		}
}

/* what was found in a UTF-16 file: sshd reads none of it */
static void all_lost(struct ka_keyscan *s, enum ka_keyscan_what what)
{
	for (size_t i = 0; i < s->hits_count; i++) {
		s->hits[i].reason = KA_REASON_LINE_NOT_ASCII;
		s->hits[i].what = what;
		if (s->hits[i].fit == KA_KEYSCAN_LISTED)
			s->hits[i].fit = KA_KEYSCAN_WHOLE;
	}
	s->damaged += s->usable;
	s->usable = 0;
	memset(s->listed, 0, sizeof(s->listed));
}

void ka_keyscan_run(uint8_t *bytes, size_t len, const struct ka_keyscan_query *query, struct ka_keyscan_work *work,
		    struct ka_keyscan *out)
{
	enum ka_keyscan_what wide = utf16_kind(bytes, len);

	memset(out, 0, sizeof(*out));
	memset(work, 0, sizeof(*work));
	work->query = query;
	work->out = out;
	if (wide != KA_KEYSCAN_PLAIN) {
		size_t mark = wide == KA_KEYSCAN_UTF16_MARKED ? 2 : 0;
		bool big = wide == KA_KEYSCAN_UTF16BE || (mark > 0 && bytes[0] == 0xfe);

		len = narrow(bytes + mark, len - mark, big);
		bytes += mark;
	}
	ka_cursor_init(&work->rest, bytes, len);
	scan_lines(work);
	finish(work);
	if (wide != KA_KEYSCAN_PLAIN)
		all_lost(out, wide);
	if (query->rows != NULL)
		ka_keyrow_finish(query->rows, out, wide != KA_KEYSCAN_PLAIN ? KA_REASON_LINE_NOT_ASCII : KA_REASON_NONE);
}

bool ka_keyscan_check(const struct ka_keyscan *s, size_t offers_count)
{
	if (s->hits_count > KA_DIAG_HITS_MAX)
		return false;
	for (size_t i = 0; i < KA_ARRAY_LEN(s->listed); i++)
		if (memchr(s->listed[i], '\0', sizeof(s->listed[i])) == NULL)
			return false;
	for (size_t i = 0; i < s->hits_count; i++) {
		const struct ka_keyscan_hit *h = &s->hits[i];

		if ((h->offer >= offers_count && h->offer != UINT32_MAX) || h->reason >= KA_REASON_COUNT ||
		    h->fit > KA_KEYSCAN_OTHER || h->what >= KA_KEYSCAN_WHAT_COUNT || h->named > 1 ||
		    memchr(h->detail, '\0', sizeof(h->detail)) == NULL || memchr(h->near, '\0', sizeof(h->near)) == NULL)
			return false;
	}
	return true;
}
