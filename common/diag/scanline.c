/*
 * One line of a key file. A line that sshd can use is judged by its options; any
 * other one is searched for the offered keys. It must never call damaged what
 * sshd reads, and never name a reason for a line that holds somebody else's key.
 */
#include "diag/scanline.h"

#include <string.h>

#include "base/text.h"
#include "diag/keyrow.h"
#include "diag/keyview.h"
#include "diag/scancert.h"
#include "diag/scandamage.h"
#include "key/keyb64.h"
#include "key/keyblob.h"
#include "key/keyfpr.h"

#include "base/poison.h"

static uint32_t column_of(struct ka_span line, const uint8_t *at)
{
	return (uint32_t)(at - line.p) + 1;
}

void ka_scanline_detail(struct ka_keyscan_hit *hit, struct ka_span text)
{
	size_t n = text.len < sizeof(hit->detail) - 1 ? text.len : sizeof(hit->detail) - 1;

	for (size_t i = 0; i < n; i++)
		hit->detail[i] = text.p[i] != '\0' ? (char)text.p[i] : '?';
	hit->detail[n] = '\0';
}

/* what the option parser found wrong with the list */
static void judge_syntax(const struct ka_keyopts *o, struct ka_keyscan_hit *hit)
{
	const char *near = ka_keyopts_nearest(o->culprit);
	enum ka_keyopt opt;
	bool is_no;

	hit->reason = (uint32_t)o->reason;
	hit->column = (uint32_t)o->column;
	ka_scanline_detail(hit, o->culprit);
	if (o->reason == KA_REASON_OPTION_UNKNOWN && near != NULL)
		ka_span_copy(ka_span_of(near), hit->near, sizeof(hit->near));
	if (o->reason == KA_REASON_OPTION_BAD_VALUE && ka_keyopts_lookup(o->name, &opt, &is_no))
		ka_span_copy(ka_span_of(ka_keyopts_name(opt, is_no)), hit->near, sizeof(hit->near));
	for (size_t i = 0; i < o->culprit.len && o->reason == KA_REASON_OPTION_UNKNOWN; i++)
		if (o->culprit.p[i] >= 0x80) { /* a byte order mark, most of the time */
			hit->reason = KA_REASON_LINE_NOT_ASCII;
			hit->what = ka_span_starts(o->culprit, "\xef\xbb\xbf") ? KA_KEYSCAN_BOM : KA_KEYSCAN_BYTE;
			hit->detail[0] = '\0';
			break;
		}
}

static bool is_expired(const struct ka_keyopts *o, const struct ka_keyscan_query *q, struct ka_keyscan_hit *hit)
{
	for (size_t i = 0; i < o->count; i++) {
		int64_t until;

		if (o->items[i].opt == KA_KEYOPT_EXPIRY_TIME &&
		    ka_keyopts_expiry(o->items[i].value, q->local_offset_sec, &until) && until < q->now_sec) {
			hit->column = (uint32_t)o->items[i].column;
			ka_scanline_detail(hit, o->items[i].value);
			return true;
		}
	}
	return false;
}

static void judge_from(const struct ka_keyscan_work *w, const struct ka_keyopts *o, struct ka_keyscan_hit *hit)
{
	const struct ka_keyopt_item *item = ka_keyopts_find(o, KA_KEYOPT_FROM);

	if (item == NULL)
		return;
	if (w->query->address[0] == '\0')
		hit->what = KA_KEYSCAN_FROM_UNJUDGED;
	else if (ka_keyopts_from_matches(item->value, w->query->address, w->query->address) != 1)
		hit->reason = KA_REASON_OPTION_FROM_MISMATCH;
	if (hit->what == KA_KEYSCAN_FROM_UNJUDGED || hit->reason != KA_REASON_NONE) {
		hit->column = (uint32_t)item->column;
		ka_scanline_detail(hit, item->value);
	}
}

void ka_scanline_admits(const struct ka_keyscan_work *w, const struct ka_keyopts *o, struct ka_keyscan_hit *hit)
{
	if (is_expired(o, w->query, hit))
		hit->reason = KA_REASON_OPTION_EXPIRED;
	else
		judge_from(w, o, hit);
}

/*
 * sshd's order: the list itself, cert-authority, expiry, principals, from. @cert: the line's key is not the offered one but
 * the authority of this certificate
 */
static void judge_options(struct ka_keyscan_work *w, const struct ka_keyview *v, const struct ka_keyscan_offer *cert,
			  struct ka_keyscan_hit *hit)
{
	const struct ka_keyopt_item *item;
	struct ka_keyopts *o = &w->options;
	struct ka_span list = v->options;

	if (list.len == 0) {
		if (cert != NULL)
			ka_scancert_unmarked(v, hit);
		return;
	}
	if (list.len > 1 && list.p[list.len - 1] == ',')
		list.len--; /* "pty, KEY": sshd's parser stops at the blank */
	ka_keyopts_parse(list, column_of(v->line, list.p), o);
	if (o->reason != KA_REASON_NONE) {
		judge_syntax(o, hit);
		return;
	}
	hit->has_command = ka_keyopts_find(o, KA_KEYOPT_COMMAND) != NULL;
	item = ka_keyopts_find(o, KA_KEYOPT_CERT_AUTHORITY);
	if (item == NULL && cert != NULL) {
		ka_scancert_unmarked(v, hit);
		return;
	}
	if (item != NULL && cert == NULL) {
		hit->reason = KA_REASON_OPTION_CERT_AUTHORITY;
		hit->column = (uint32_t)item->column;
		return;
	}
	if (is_expired(o, w->query, hit)) {
		hit->reason = KA_REASON_OPTION_EXPIRED;
		return;
	}
	item = ka_keyopts_find(o, KA_KEYOPT_PRINCIPALS);
	if (item != NULL && cert == NULL) {
		hit->reason = KA_REASON_OPTION_PRINCIPALS_WITHOUT_CA;
		hit->column = (uint32_t)item->column;
		return;
	}
	judge_from(w, o, hit);
	if (cert != NULL && hit->reason == KA_REASON_NONE)
		ka_scancert_judge(o, cert, hit);
}

static void remember_listed(struct ka_keyscan *s, struct ka_span blob)
{
	if (s->usable <= KA_ARRAY_LEN(s->listed))
		ka_keyfpr_text(blob, s->listed[s->usable - 1]);
}

/* can sshd read this blob as a key? our stricter rules about its numbers do not count here */
static bool is_readable(struct ka_span blob, struct ka_span type)
{
	struct ka_keyblob key;
	struct ka_span none = { NULL, 0 };
	enum ka_reason why = ka_keyblob_parse(blob, none, &key);

	switch (why) {
	case KA_REASON_NONE:
	case KA_REASON_KEY_MPINT_NOT_MINIMAL:
	case KA_REASON_KEY_BLOB_NOT_CANONICAL:
		return true;
	case KA_REASON_KEY_TYPE_UNKNOWN: { /* newer than we are: the word and the name inside agree, more we cannot know */
		struct ka_cursor c;
		struct ka_span inner;

		ka_cursor_init(&c, blob.p, blob.len);
		return ka_cursor_string(&c, &inner) && ka_span_equal(inner, type);
	}
	default:
		return false;
	}
}

/* the line as people see it, whoever's key it is */
static void tell_row(struct ka_keyscan_work *w, const struct ka_keyview *v, struct ka_span blob)
{
	struct ka_keyscan_hit hit = { .offer = UINT32_MAX, .line = w->line };

	if (w->query->rows == NULL)
		return;
	for (size_t i = 0; i < w->query->offers_count && hit.offer == UINT32_MAX; i++)
		if (ka_keyscan_is_offer(&w->query->offers[i], blob))
			hit.offer = (uint32_t)i;
	judge_options(w, v, NULL, &hit);
	ka_keyrow_key(w->query->rows, v, blob, &hit);
}

bool ka_scanline_decode(const struct ka_keyview *v, uint8_t blob[static KA_BLOB_MAX], size_t *len)
{
	struct ka_cursor c;
	struct ka_span inner;

	if (!ka_keyb64_decode(v->base64, blob, KA_BLOB_MAX, len))
		return false;
	ka_cursor_init(&c, blob, *len);
	return ka_cursor_string(&c, &inner) && ka_keyview_type_fits(v->type, inner) &&
	       is_readable((struct ka_span){ blob, *len }, v->type);
}

/* a line where sshd finds "type base64"; false when it cannot read the key */
static bool take_key_line(struct ka_keyscan_work *w, const struct ka_keyview *v)
{
	struct ka_span blob;

	if (!ka_scanline_decode(v, w->blob, &w->blob_len))
		return false;
	blob = (struct ka_span){ w->blob, w->blob_len };
	w->out->usable++;
	remember_listed(w->out, blob);
	tell_row(w, v, blob);
	for (size_t i = 0; i < w->query->offers_count; i++) {
		const struct ka_keyscan_offer *o = &w->query->offers[i];
		struct ka_keyscan_hit hit = { .offer = (uint32_t)i, .line = w->line };
		bool is_remembered = w->query->has_authorities && o->ca_line == w->line;
		bool is_authority = is_remembered || (w->query->has_authorities && ka_scancert_is_authority(o, blob));

		if (!is_authority && !ka_keyscan_is_offer(o, blob))
			continue;
		hit.column = column_of(v->line, v->type.p);
		judge_options(w, v, is_authority ? o : NULL, &hit);
		if (is_remembered && hit.reason != KA_REASON_CERT_CA_NOT_MARKED)
			continue;
		hit.fit = hit.reason == KA_REASON_NONE ? KA_KEYSCAN_LISTED :
			  hit.reason == KA_REASON_CERT_CA_NOT_MARKED ? KA_KEYSCAN_REMAINS : KA_KEYSCAN_WHOLE;
		ka_keyscan_add(w->out, &hit);
	}
	return true;
}

void ka_scanline_take(struct ka_keyscan_work *w, struct ka_span line)
{
	struct ka_keyview v;

	ka_keyview_parse(line, &v);
	if (v.kind == KA_KEYVIEW_COMMENT)
		w->out->comments++;
	if (v.kind == KA_KEYVIEW_KEY && take_key_line(w, &v)) {
		ka_scandamage_hidden(w, line, &v, (size_t)(v.comment.p - line.p));
		return;
	}
	if (v.kind == KA_KEYVIEW_EMPTY && v.line.len == line.len)
		return;
	if (!ka_scandamage_hidden(w, line, &v, 0) && v.kind != KA_KEYVIEW_COMMENT && v.kind != KA_KEYVIEW_EMPTY)
		ka_scandamage_remains(w, line, &v);
}
