/* Damaged lines. What is reported must fit the offered key by its bytes; a guess is marked as one. Pure. */
#include "diag/scandamage.h"

#include <string.h>

#include "base/text.h"
#include "diag/scanwrap.h"
#include "key/keyb64.h"
#include "key/keyblob.h"
#include "key/keyopts.h"
#include "key/keytype.h"

#include "base/poison.h"

#define FIT_CHARS 8       /* base64 characters of the key proper that must agree: 48 bits */
#define FIT_BYTES 12      /* or bytes behind the first one, which may be the format of a point */
#define FIT_TAIL_CHARS 16 /* or so many at its end */

static const struct ka_span nothing = { NULL, 0 };

void ka_scandamage_damaged(struct ka_keyscan_work *w, struct ka_keyscan_hit *hit, uint64_t fits, uint64_t open)
{
	w->out->damaged++;
	for (size_t i = 0; i < w->query->offers_count; i++)
		if ((fits >> i & 1) != 0) {
			hit->offer = (uint32_t)i;
			ka_keyscan_add(w->out, hit);
		}
	if (fits != 0)
		return;
	w->candidate = *hit;
	w->candidate_offers = open;
	hit->offer = UINT32_MAX;
	hit->fit = KA_KEYSCAN_OTHER;
	ka_keyscan_add(w->out, hit);
}

static void set_detail(struct ka_keyscan_hit *hit, struct ka_span text)
{
	hit->detail[0] = '\0';
	if (!ka_span_copy(text, hit->detail, sizeof(hit->detail)))
		hit->detail[0] = '\0';
}

/* offset of the first byte before @end that sshd stumbles over, or @end: NUL, control, or beyond ASCII */
static size_t first_odd(struct ka_span raw, size_t from, size_t end)
{
	for (size_t i = from; i < end; i++)
		if ((ka_text_is_control(raw.p[i]) && raw.p[i] != '\t') || raw.p[i] >= 0x80)
			return i;
	return end;
}

static bool is_odd_byte(struct ka_span raw, size_t at, uint32_t line, struct ka_keyscan_hit *hit)
{
	uint8_t c = raw.p[at];

	if (c < 0x80 && (!ka_text_is_control(c) || c == '\t'))
		return false;
	hit->column = (uint32_t)at + 1;
	hit->reason = c == 0 ? KA_REASON_LINE_NUL : c < 0x80 ? KA_REASON_LINE_CONTROL : KA_REASON_LINE_NOT_ASCII;
	if (c >= 0x80)
		hit->what = line == 1 && at == 0 && ka_span_starts(raw, "\xef\xbb\xbf") ? KA_KEYSCAN_BOM :
			    ka_span_starts(ka_span_sub(raw, at, 2), "\xc2\xa0") ? KA_KEYSCAN_NBSP : KA_KEYSCAN_BYTE;
	return true;
}

/* does a key type word stand at the end of @word? its length, or 0 */
static size_t type_at_end(struct ka_span word)
{
	for (size_t i = 0; i < KA_KEYTYPE_COUNT; i++) {
		struct ka_span name = ka_span_of(ka_keytype_at(i)->name);

		if (word.len >= name.len && ka_span_equal(ka_span_sub(word, word.len - name.len, name.len), name) &&
		    (word.len == name.len || word.p[word.len - name.len - 1] != '-'))
			return name.len;
	}
	return 0;
}

/* a second key behind a whole first one: the word before it ends in a type that was glued on */
static void is_joined(struct ka_span raw, struct ka_span word, size_t at, struct ka_keyscan_hit *hit)
{
	size_t type = type_at_end(word), start = type > 0 ? (size_t)(word.p - raw.p) + word.len - type : at;
	bool options = type == 0 || type == word.len;

	for (size_t i = 0; i + type < word.len; i++)
		options = options || word.p[i] == '"' || word.p[i] == ',' || word.p[i] == '=';
	hit->reason = KA_REASON_LINE_JOINED;
	hit->what = options ? KA_KEYSCAN_GLUED_OPTIONS : KA_KEYSCAN_GLUED;
	hit->column = (uint32_t)start + 1;
}

/* a proper type and key, and sshd does not see them: something is wrong with what stands before */
static void is_bad_list(struct ka_span raw, const struct ka_keyview *v, size_t type_at, struct ka_keyscan_hit *hit)
{
	size_t i = 0;

	hit->reason = KA_REASON_OPTION_BAD_QUOTING;
	if (v->kind == KA_KEYVIEW_OPEN_QUOTE) {
		hit->what = KA_KEYSCAN_OPEN_QUOTE;
		hit->column = (uint32_t)v->quote + 1;
		return;
	}
	hit->what = KA_KEYSCAN_BLANK;
	if (v->options.len > 0)
		i = (size_t)(v->options.p - raw.p) + v->options.len;
	hit->column = (uint32_t)(i < type_at ? i : type_at) + 1;
}

static bool is_option_word(struct ka_span word)
{
	enum ka_keyopt opt;
	bool no;
	size_t n = 0;

	while (n < word.len && word.p[n] != '=' && word.p[n] != ',')
		n++;
	return ka_keyopts_lookup(ka_span_sub(word, 0, n), &opt, &no);
}

/* something hangs on the end of the key: a second key, bytes, or rubbish */
static void is_longer(struct ka_keyscan_work *w, struct ka_span raw, size_t end, struct ka_span token, struct ka_keyscan_hit *hit)
{
	struct ka_span tail = ka_span_sub(token, end - (size_t)(token.p - raw.p), token.len), rest = ka_span_sub(raw, end + tail.len, raw.len), next;
	bool is_list = is_option_word(tail) && ka_text_word(&rest, &next) && ka_keytype_find(next, NULL) != NULL;

	hit->column = (uint32_t)end + 1;
	if (type_at_end(tail) > 0 || is_list) {
		hit->reason = KA_REASON_LINE_JOINED;
		hit->what = type_at_end(tail) == tail.len ? KA_KEYSCAN_GLUED : KA_KEYSCAN_GLUED_OPTIONS;
		return;
	}
	if (is_odd_byte(raw, end, w->line, hit))
		return;
	hit->reason = ka_keyb64_decode(token, w->blob, sizeof(w->blob), &w->blob_len) ? KA_REASON_KEY_BLOB_TRAILING :
											 KA_REASON_LINE_BAD_BASE64;
}

/* why sshd does not see the whole key at @at */
static void classify_hidden(struct ka_keyscan_work *w, struct ka_span raw, const struct ka_keyview *v, struct ka_span key,
			    struct ka_keyscan_hit *hit)
{
	size_t at = (size_t)(key.p - raw.p), end = at + key.len;
	uint8_t name[64];
	struct ka_span rest = ka_text_trim(ka_span_sub(raw, 0, at)), word, token = ka_span_sub(raw, at, raw.len), blanks = token;
	size_t odd = first_odd(raw, 0, at), n = rest.len;
	size_t own = v->kind == KA_KEYVIEW_KEY ? (size_t)(v->base64.p - raw.p) : SIZE_MAX;
	bool is_behind = v->kind == KA_KEYVIEW_KEY && own + v->base64.len <= at;

	hit->column = (uint32_t)at + 1;
	if (!ka_text_word(&blanks, &token))
		token = nothing;
	while (n > 0 && !ka_text_is_blank(rest.p[n - 1]))
		n--;
	word = ka_span_sub(rest, n, rest.len);
	if (v->kind == KA_KEYVIEW_COMMENT && memchr(raw.p, '\r', at) == NULL) {
		hit->reason = KA_REASON_LINE_COMMENTED_OUT;
		hit->fit = KA_KEYSCAN_COMMENTED;
	} else if (memchr(raw.p, '\r', at) != NULL) {
		is_odd_byte(raw, ka_span_find(raw, '\r'), w->line, hit);
	} else if (odd < at && raw.p[odd] < 0x80) {
		is_odd_byte(raw, odd, w->line, hit);
	} else if (is_behind) {
		is_joined(raw, word, at, hit);
	} else if (own == at && token.len > key.len) {
		is_longer(w, raw, end, token, hit);
	} else if (odd < at) {
		is_odd_byte(raw, odd, w->line, hit);
	} else if (ka_keyview_type_fits(word, ka_keyview_inner_type(key, name)) && at > 0 && ka_text_is_blank(raw.p[at - 1])) {
		if (token.len > key.len)
			is_longer(w, raw, end, token, hit);
		else
			is_bad_list(raw, v, (size_t)(word.p - raw.p), hit);
	} else if (ka_keytype_find(word, NULL) != NULL) {
		hit->reason = KA_REASON_KEY_TYPE_MISMATCH;
		hit->what = KA_KEYSCAN_TYPE_WORD;
		hit->column = (uint32_t)(word.p - raw.p) + 1;
		set_detail(hit, word);
	} else {
		hit->reason = KA_REASON_KEY_TYPE_UNKNOWN;
		hit->what = word.len == 0 || is_option_word(word) ? KA_KEYSCAN_TYPE_MISSING : KA_KEYSCAN_TYPE_WORD;
		if (hit->what == KA_KEYSCAN_TYPE_WORD) {
			hit->column = (uint32_t)(word.p - raw.p) + 1;
			set_detail(hit, word);
		}
	}
}

static void remember_hidden(struct ka_keyscan_work *w, size_t i, struct ka_span raw, const struct ka_keyview *v, struct ka_span key)
{
	struct ka_keyscan_hit hit = { .offer = (uint32_t)i, .line = w->line, .fit = KA_KEYSCAN_WHOLE };

	classify_hidden(w, raw, v, key, &hit);
	ka_keyscan_add(w->out, &hit);
}

/* the offers whose text stands in @text */
static uint64_t find_texts(struct ka_keyscan_work *w, struct ka_span text, struct ka_span raw, const struct ka_keyview *v)
{
	uint64_t found = 0;

	for (size_t i = 0; i < w->query->offers_count; i++) {
		const struct ka_keyscan_offer *o = &w->query->offers[i];
		const uint8_t *at = o->base64_len > 0 ? memmem(text.p, text.len, o->base64, o->base64_len) : NULL;

		if (at == NULL)
			continue;
		remember_hidden(w, i, raw, v, (struct ka_span){ at, o->base64_len });
		found |= (uint64_t)1 << i;
	}
	return found;
}

/* which offers are known by their fingerprint only? */
static uint64_t without_text(const struct ka_keyscan_work *w)
{
	uint64_t all = 0;

	for (size_t i = 0; i < w->query->offers_count; i++)
		if (w->query->offers[i].base64_len == 0 && w->query->offers[i].fp[0] != '\0')
			all |= (uint64_t)1 << i;
	return all;
}

/* of those every key text is tried: read once, whatever their number */
static uint64_t find_fingerprints(struct ka_keyscan_work *w, struct ka_span text, struct ka_span raw, const struct ka_keyview *v)
{
	const uint8_t *at = text.p, *end = text.p + text.len;
	uint64_t wanted = without_text(w), found = 0;
	uint8_t name[64];

	while (wanted != found && (at = memmem(at, (size_t)(end - at), "AAAA", 4)) != NULL) {
		struct ka_span key = { at, (size_t)(end - at) }, blob;

		key.len = ka_keyb64_alphabet_len(key);
		at += key.len;
		if (ka_keyview_inner_type(key, name).len == 0 || !ka_keyb64_decode(key, w->blob, sizeof(w->blob), &w->blob_len))
			continue;
		blob = (struct ka_span){ w->blob, w->blob_len };
		for (size_t i = 0; i < w->query->offers_count; i++)
			if (((wanted & ~found) >> i & 1) != 0 && ka_keyscan_is_offer(&w->query->offers[i], blob)) {
				found |= (uint64_t)1 << i;
				remember_hidden(w, i, raw, v, key); /* uses w->blob: two offers with one fingerprint are one key */
				break;
			}
	}
	return found;
}

bool ka_scandamage_hidden(struct ka_keyscan_work *w, struct ka_span raw, const struct ka_keyview *v, size_t from)
{
	struct ka_span text = ka_span_sub(raw, from, raw.len);
	bool found;

	if (from >= raw.len)
		return false;
	found = (find_texts(w, text, raw, v) | find_fingerprints(w, text, raw, v)) != 0;
	if (found && v->kind != KA_KEYVIEW_COMMENT && from == 0)
		w->out->damaged++;
	return found;
}

enum fit { FIT_NO, FIT_OPEN, FIT_YES };

/* may @token be what is left of the offered key? @run: its leading characters that are base64 */
static enum fit fits(const struct ka_keyscan_offer *o, struct ka_span token, size_t run)
{
	size_t same = 0, tail = 0;

	if (o->base64_len == 0 || o->common == 0)
		return FIT_NO;
	while (same < run && same < o->base64_len && token.p[same] == (uint8_t)o->base64[same])
		same++;
	while (tail < FIT_TAIL_CHARS && tail < token.len && tail < o->base64_len &&
	       token.p[token.len - 1 - tail] == (uint8_t)o->base64[o->base64_len - 1 - tail])
		tail++;
	if (same >= o->common + FIT_CHARS || tail == FIT_TAIL_CHARS)
		return FIT_YES;
	return same == run ? FIT_OPEN : FIT_NO;
}

/* the offers that the text fits, and those that it does not contradict */
static uint64_t all_fits(const struct ka_keyscan_work *w, struct ka_span token, size_t run, uint64_t *open)
{
	uint64_t yes = 0;

	*open = 0;
	for (size_t i = 0; i < w->query->offers_count; i++) {
		enum fit f = fits(&w->query->offers[i], token, run);

		if (f == FIT_YES)
			yes |= (uint64_t)1 << i;
		if (f == FIT_OPEN)
			*open |= (uint64_t)1 << i;
	}
	return yes;
}

static void skip_lines(struct ka_keyscan_work *w, uint32_t lines)
{
	struct ka_span line;

	for (; lines > 0 && ka_cursor_line(&w->rest, &line, NULL); lines--)
		w->line++;
}

/* is it the beginning of a key that goes on in the next line? */
static bool take_wrapped(struct ka_keyscan_work *w, struct ka_span first, struct ka_keyscan_hit *hit)
{
	size_t len = 0;
	bool whole;
	uint32_t lines = ka_scanwrap_join(w, first, &len, &whole);
	struct ka_span joined = ka_span_sub(ka_span_of(w->joined), 0, len);
	uint64_t yes = 0, open = 0;

	if (lines == 0)
		return false;
	for (size_t i = 0; i < w->query->offers_count; i++) {
		const struct ka_keyscan_offer *o = &w->query->offers[i];
		bool is = whole ? ka_keyscan_is_offer(o, (struct ka_span){ w->blob, w->blob_len }) :
				  len > first.len && len <= o->base64_len && len >= o->common + FIT_CHARS &&
				  memcmp(joined.p, o->base64, len) == 0;

		if (is)
			yes |= (uint64_t)1 << i;
	}
	if (!whole && yes == 0)
		return false;
	hit->reason = KA_REASON_LINE_WRAPPED;
	hit->fit = whole ? KA_KEYSCAN_WHOLE : KA_KEYSCAN_REMAINS;
	ka_scandamage_damaged(w, hit, yes, open);
	skip_lines(w, lines);
	return true;
}

/* what is wrong with the text of the key itself */
static void classify_token(struct ka_keyscan_work *w, struct ka_span raw, struct ka_span token, size_t run,
			   struct ka_keyscan_hit *hit)
{
	size_t at = (size_t)(token.p - raw.p), end = at + token.len;
	struct ka_keyblob key;

	hit->reason = KA_REASON_LINE_BAD_BASE64;
	hit->column = (uint32_t)(at + run) + 1;
	if (run < token.len) {
		is_odd_byte(raw, at + run, w->line, hit);
		return;
	}
	if (end < raw.len && raw.p[end] == '\0') {
		hit->reason = KA_REASON_LINE_NUL;
		return;
	}
	if (!ka_keyb64_decode(token, w->blob, sizeof(w->blob), &w->blob_len))
		return;
	hit->reason = (uint32_t)ka_keyblob_parse((struct ka_span){ w->blob, w->blob_len }, nothing, &key);
	if (hit->reason == KA_REASON_NONE)
		hit->reason = KA_REASON_KEY_TYPE_UNKNOWN; /* a good key of somebody's behind a word that is no type */
}

/* where the text of a key begins: at sshd's place for it, or at the first word AAAA... */
static bool find_token(struct ka_span raw, const struct ka_keyview *v, struct ka_span *token)
{
	struct ka_span rest = v->line, word;

	if (v->kind == KA_KEYVIEW_KEY && (v->base64.len > 0 || v->comment.len == 0)) {
		*token = v->base64;
		return true;
	}
	while (ka_text_word(&rest, &word))
		if (ka_span_starts(word, "AAAA")) {
			*token = word;
			return true;
		}
	*token = ka_span_sub(raw, raw.len, 0);
	return false;
}

/* the offers of this type: all that a line without a key can say */
static uint64_t of_type(const struct ka_keyscan_work *w, struct ka_span type)
{
	uint64_t all = 0;

	for (size_t i = 0; i < w->query->offers_count; i++)
		if (ka_span_is(type, w->query->offers[i].type))
			all |= (uint64_t)1 << i;
	return all;
}

/* the offers whose number or point begins as in the decoded key, wherever lengths and marks before it differ */
static uint64_t in_material(struct ka_keyscan_work *w, struct ka_span token)
{
	uint64_t found = 0;

	if (!ka_keyb64_decode(token, w->blob, sizeof(w->blob), &w->blob_len))
		return 0;
	for (size_t i = 0; i < w->query->offers_count; i++) {
		const struct ka_keyscan_offer *o = &w->query->offers[i];

		if (o->material_len >= 1 + FIT_BYTES && memmem(w->blob, w->blob_len, o->blob + o->material + 1, FIT_BYTES) != NULL)
			found |= (uint64_t)1 << i;
	}
	return found;
}

void ka_scandamage_remains(struct ka_keyscan_work *w, struct ka_span raw, const struct ka_keyview *v)
{
	struct ka_keyscan_hit hit = { .line = w->line, .fit = KA_KEYSCAN_REMAINS };
	struct ka_span token;
	uint64_t yes, open;
	size_t run;

	if (!find_token(raw, v, &token))
		return;
	run = ka_keyb64_alphabet_len(token);
	hit.column = (uint32_t)(token.p - raw.p) + 1;
	if (run == token.len && token.p + token.len == v->line.p + v->line.len && v->line.len + 1 >= raw.len &&
	    take_wrapped(w, token, &hit))
		return;
	if (token.len == 0) {
		hit.reason = KA_REASON_LINE_NO_BLOB;
		ka_scandamage_damaged(w, &hit, 0, of_type(w, v->type));
		return;
	}
	classify_token(w, raw, token, run, &hit);
	yes = all_fits(w, token, run, &open) | in_material(w, token);
	ka_scandamage_damaged(w, &hit, yes, open);
}
