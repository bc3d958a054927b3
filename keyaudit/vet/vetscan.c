/* Groups of lines for the content pass. It must never drop a line, change their order, or look at a line for longer than its length deserves. */
#include "keyaudit/vet/vetscan.h"

#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "diag/scanwrap.h"
#include "key/keyb64.h"
#include "key/keyblob.h"
#include "key/keyfpr.h"
#include "key/keytype.h"

#include "base/poison.h"


static const struct ka_span nothing = { NULL, 0 };

/* is this the text of a whole key? */
static bool is_key(struct ka_vetscan *s, struct ka_span text)
{
	struct ka_keyblob key;
	size_t len;

	return ka_keyb64_decode(text, s->work.blob, sizeof(s->work.blob), &len) &&
	       ka_keyblob_parse((struct ka_span){ s->work.blob, len }, nothing, &key) == KA_REASON_NONE;
}

/*
 * A whole key with something glued to its end ("...ssh-rsa AAAA", "...from="): a blob says itself how long it is. Only a
 * text without padding can be glued to without an end in sight.
 */
static size_t own_len(struct ka_vetscan *s, struct ka_span text)
{
	size_t n = ka_span_find(text, '=') / 4 * 4, len;
	struct ka_keyblob key;
	struct ka_buf b;

	ka_buf_init_array(&b, s->text); /* nothing is held back now */
	if (!ka_keyb64_decode(ka_span_sub(text, 0, n), s->work.blob, sizeof(s->work.blob), &len))
		return 0;
	ka_keyblob_parse((struct ka_span){ s->work.blob, len }, nothing, &key);
	if (key.is_cert)
		return 0;
	ka_keyblob_plain(&key, &b);
	return !b.overflow && b.len > 0 && b.len % 3 == 0 && b.len <= len ? b.len / 3 * 4 : 0;
}

/* the text of the first whole key behind offset @from */
static bool find_key(struct ka_vetscan *s, struct ka_span line, size_t from, struct ka_span *key)
{
	for (int looks = 0; from < line.len && looks < KA_VETSCAN_LOOKS_MAX; looks++) {
		const uint8_t *at = memmem(line.p + from, line.len - from, "AAAA", 4);
		struct ka_span rest;

		if (at == NULL)
			return false;
		from = (size_t)(at - line.p);
		rest = ka_span_sub(line, from, line.len);
		*key = ka_span_sub(rest, 0, ka_keyb64_alphabet_len(rest));
		if (is_key(s, *key))
			return true;
		key->len = own_len(s, *key);
		if (is_key(s, *key))
			return true;
		from++;
	}
	return false;
}

/* what the content pass says about the line of this key, as if the key had been offered */
static enum ka_reason ask(struct ka_vetscan *s, struct ka_span line, struct ka_span key)
{
	struct ka_keyscan_query query = { .offers = &s->ready, .offers_count = 1, .address = "" };
	const struct ka_keyscan_hit *hit;
	struct ka_keyblob blob;
	struct ka_buf b;
	size_t len;

	memset(&s->offer, 0, sizeof(s->offer));
	if (!ka_keyb64_decode(key, s->work.blob, sizeof(s->work.blob), &len))
		return KA_REASON_NONE;
	ka_keyfpr_text((struct ka_span){ s->work.blob, len }, s->offer.fp);
	ka_keyblob_parse((struct ka_span){ s->work.blob, len }, nothing, &blob);
	ka_buf_init_array(&b, s->offer.type);
	ka_buf_text(&b, blob.type != NULL ? ka_keyblob_name(&blob) : "");
	(void)ka_span_copy(key, s->offer.key, sizeof(s->offer.key));
	ka_keyscan_offer(&s->offer, &s->ready);
	if (line.len > sizeof(s->text))
		return KA_REASON_NONE;
	memcpy(s->text, line.p, line.len); /* nothing is held back now; the pass may change what it reads */
	ka_keyscan_run((uint8_t *)s->text, line.len, &query, &s->work, &s->found);
	hit = ka_keyscan_hit(&s->found, 0);
	return hit != NULL ? (enum ka_reason)hit->reason : KA_REASON_NONE;
}

/* a key in a comment: the line that it was, from its type word on */
static enum ka_err take_comment(struct ka_vetscan *s, uint64_t number, struct ka_span line)
{
	struct ka_span key, before, word;
	size_t at, n;

	if (!find_key(s, line, 0, &key) || ask(s, line, key) != KA_REASON_LINE_COMMENTED_OUT)
		return s->take(s->ctx, number, &s->line, KA_REASON_NONE);
	at = (size_t)(key.p - line.p);
	before = ka_text_trim(ka_span_sub(line, 0, at));
	for (n = before.len; n > 0 && !ka_text_is_blank(before.p[n - 1]) && before.p[n - 1] != '#';)
		n--;
	word = ka_span_sub(before, n, before.len);
	if (ka_keytype_find(word, NULL) != NULL)
		at = (size_t)(word.p - line.p);
	ka_keyline_parse(ka_span_sub(line, at, line.len), s->storage, &s->line);
	s->line.column += at;
	return s->take(s->ctx, number, &s->line, KA_REASON_LINE_COMMENTED_OUT);
}

/*
 * Two keys in one line: the second stands behind the first one, whose options may be broken as well, or is glued to it.
 * What stands in the quotes of an option is no key of the line.
 */
static bool is_joined(struct ka_vetscan *s, struct ka_span line)
{
	bool is_apart = s->line.reason == KA_REASON_NONE || is_key(s, s->line.base64);
	struct ka_span first, second;

	if (is_apart)
		return s->line.comment.len > 0 && find_key(s, line, (size_t)(s->line.comment.p - line.p), &second) &&
		       ask(s, line, second) == KA_REASON_LINE_JOINED;
	return find_key(s, line, 0, &first) && find_key(s, line, (size_t)(first.p - line.p) + first.len, &second) &&
	       (ask(s, line, first) == KA_REASON_LINE_JOINED || ask(s, line, second) == KA_REASON_LINE_JOINED);
}

/* s->line holds the parsed @line */
static enum ka_err take_one(struct ka_vetscan *s, uint64_t number, struct ka_span line)
{
	struct ka_span text = ka_text_trim(line);

	if (line.len > KA_LINE_MAX + 1)
		return s->take(s->ctx, number, &s->line, KA_REASON_NONE);
	if (s->line.reason == KA_REASON_LINE_EMPTY && text.len > 0)
		return take_comment(s, number, line);
	return s->take(s->ctx, number, &s->line, is_joined(s, line) ? KA_REASON_LINE_JOINED : KA_REASON_NONE);
}

/* ---- lines that may be one key ---- */

static struct ka_span without_cr(struct ka_span line)
{
	return line.len > 0 && line.p[line.len - 1] == '\r' ? ka_span_sub(line, 0, line.len - 1) : line;
}

/* a key may begin here and go on in the next line: nothing stands behind what is there of it */
static bool may_begin(const struct ka_keyline *k)
{
	switch ((int)k->reason) {
	case KA_REASON_LINE_NO_BLOB:
		return k->comment.len == 0;
	case KA_REASON_LINE_BAD_BASE64:
	case KA_REASON_KEY_BLOB_TRUNCATED:
	case KA_REASON_KEY_TYPE_UNKNOWN:
		return k->comment.len == 0 && k->base64.len > 0 && ka_keyb64_alphabet_len(k->base64) == k->base64.len;
	default:
		return false;
	}
}

static bool may_go_on(struct ka_span line)
{
	struct ka_span rest = without_cr(line), word;

	return ka_text_word(&rest, &word) && ka_keyb64_alphabet_len(word) == word.len;
}

static bool hold(struct ka_vetscan *s, uint64_t number, struct ka_span line)
{
	if (s->held == KA_DIAG_WRAP_LINES_MAX || line.len + 1 > sizeof(s->text) - s->text_len)
		return false;
	if (s->held++ == 0)
		s->first = number;
	memcpy(s->text + s->text_len, line.p, line.len);
	s->text_len += line.len;
	s->text[s->text_len++] = '\n';
	return true;
}

/* how many of the lines that are held back are one key, 0 when they are none */
static uint32_t count_wrapped(struct ka_vetscan *s)
{
	struct ka_span line;
	uint32_t more;
	bool whole;
	size_t len;

	s->work.ahead = 0; /* every group is looked at once */
	ka_cursor_init(&s->work.rest, s->text, s->text_len);
	if (s->held < 2 || !ka_cursor_line(&s->work.rest, &line, NULL))
		return 0;
	ka_keyline_parse(line, s->storage, &s->line);
	more = ka_scanwrap_join(&s->work, s->line.base64, &len, &whole);
	return whole ? more + 1 : 0;
}

static enum ka_err release(struct ka_vetscan *s)
{
	uint32_t held = s->held, wrapped = count_wrapped(s);
	enum ka_err err = KA_ERR_OK;
	struct ka_cursor c;
	struct ka_span line;

	ka_cursor_init(&c, s->text, s->text_len);
	s->held = 0;
	s->text_len = 0;
	for (uint32_t n = 1; n <= held && err == KA_ERR_OK && ka_cursor_line(&c, &line, NULL); n++) {
		ka_keyline_parse(line, s->storage, &s->line);
		err = s->take(s->ctx, s->first + n - 1, &s->line, n <= wrapped ? KA_REASON_LINE_WRAPPED : KA_REASON_NONE);
	}
	return err;
}

enum ka_err ka_vetscan_line(struct ka_vetscan *s, uint64_t number, struct ka_span line)
{
	enum ka_err err;

	if (s->held > 0 && may_go_on(line) && hold(s, number, line))
		return KA_ERR_OK;
	err = ka_vetscan_end(s);
	if (err != KA_ERR_OK)
		return err;
	ka_keyline_parse(line, s->storage, &s->line);
	if (may_begin(&s->line) && hold(s, number, line))
		return KA_ERR_OK;
	return take_one(s, number, line);
}

enum ka_err ka_vetscan_end(struct ka_vetscan *s)
{
	return s->held > 0 ? release(s) : KA_ERR_OK;
}
