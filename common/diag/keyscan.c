/* The content pass: line by line, armoured blocks, UTF-16. Pure; it remembers at most one finding per offered key. */
#include "diag/keyscan.h"

#include <string.h>

#include "base/text.h"
#include "diag/scanarmour.h"
#include "diag/scanline.h"
#include "key/keyb64.h"
#include "key/keyblob.h"
#include "key/keyfpr.h"

#include "base/poison.h"

#define OTHERS_MAX 8 /* hits of KA_KEYSCAN_OTHER that are kept */

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
	if (!ka_keyb64_decode(ka_span_of(from->key), to->blob, sizeof(to->blob), &len))
		return;
	if (ka_keyblob_parse((struct ka_span){ to->blob, len }, none, &key) == KA_REASON_NONE && !key.is_cert)
		find_material(&key, to);
	to->is_cert = to->is_cert || key.is_cert;
	if (to->is_cert)
		return; /* known by the fingerprint of its plain key */
	to->blob_len = len;
	ka_buf_init_array(&b, to->base64);
	ka_buf_text(&b, from->key);
	to->base64_len = b.len;
	if (to->fp[0] == '\0')
		ka_keyfpr_text((struct ka_span){ to->blob, len }, to->fp);
}

static bool rsa_numbers(struct ka_span blob, struct ka_span *e, struct ka_span *n)
{
	struct ka_cursor c;
	struct ka_span type;

	ka_cursor_init(&c, blob.p, blob.len);
	if (!ka_cursor_string(&c, &type) || !ka_span_is(type, "ssh-rsa") || !ka_cursor_string(&c, e) ||
	    !ka_cursor_string(&c, n) || ka_cursor_left(&c) != 0)
		return false;
	while (e->len > 0 && e->p[0] == 0)
		*e = ka_span_sub(*e, 1, e->len);
	while (n->len > 0 && n->p[0] == 0)
		*n = ka_span_sub(*n, 1, n->len);
	return true;
}

bool ka_keyscan_is_offer(const struct ka_keyscan_offer *o, struct ka_span blob)
{
	struct ka_span own = { o->blob, o->blob_len }, e1, n1, e2, n2;
	char fp[KA_FPR_TEXT_MAX];

	if (o->is_cert || blob.len == 0)
		return false;
	if (own.len == 0) {
		ka_keyfpr_text(blob, fp);
		return o->fp[0] != '\0' && strcmp(fp, o->fp) == 0;
	}
	if (ka_span_equal(own, blob))
		return true;
	return rsa_numbers(own, &e1, &n1) && rsa_numbers(blob, &e2, &n2) && ka_span_equal(e1, e2) && ka_span_equal(n1, n2);
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
	if (s->hits_count < KA_DIAG_HITS_MAX && (hit->fit != KA_KEYSCAN_OTHER || others < OTHERS_MAX))
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
		    h->fit > KA_KEYSCAN_OTHER || h->what >= KA_KEYSCAN_WHAT_COUNT ||
		    memchr(h->detail, '\0', sizeof(h->detail)) == NULL || memchr(h->near, '\0', sizeof(h->near)) == NULL)
			return false;
	}
	return true;
}
