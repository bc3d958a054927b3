/*
 * One line of an authorized_keys file. What sshd would skip without a word gets
 * its reason and column here; what is written out is only what was understood. A
 * line that is not a good key must never be written out.
 */
#include "key/keyline.h"

#include <string.h>

#include "base/text.h"
#include "key/keyb64.h"
#include "key/keysplit.h"

#include "base/poison.h"

static void refuse(struct ka_keyline *out, enum ka_reason reason, size_t at)
{
	if (out->reason != KA_REASON_NONE)
		return; /* the first one counts */
	out->reason = reason;
	out->column = at + 1;
}

static size_t offset_of(const struct ka_keyline *out, struct ka_span part)
{
	return part.p != NULL ? (size_t)(part.p - out->line.p) : 0;
}

static void judge_bytes(struct ka_keyline *out)
{
	struct ka_span line = out->line;
	size_t nul = ka_span_find(line, 0);

	if (nul < line.len)
		refuse(out, KA_REASON_LINE_NUL, nul);
	for (size_t i = 0; i < line.len && out->reason == KA_REASON_NONE; i++)
		if (ka_text_is_control(line.p[i]) && line.p[i] != '\t')
			refuse(out, KA_REASON_LINE_CONTROL, i);
}

static const uint8_t *find(struct ka_span s, const char *text)
{
	return s.len > 0 ? memmem(s.p, s.len, text, strlen(text)) : NULL;
}

/* the base64 of "openssh-key-v1" at the begin of a word */
static const uint8_t *find_openssh_private(struct ka_span s)
{
	const uint8_t *at = find(s, "b3BlbnNzaC1rZXktdjE");

	return at != NULL && (at == s.p || ka_text_is_blank(at[-1])) ? at : NULL;
}

static void judge_format(struct ka_keyline *out, struct ka_span text)
{
	static const char *const foreign[] = { "-----BEGIN ", "-----END ", "---- BEGIN ", "---- END " };
	const uint8_t *at = find(text, "PRIVATE KEY-----");

	if (at == NULL)
		at = find(text, "PRIVATE KEY ----");
	if (at == NULL)
		at = find_openssh_private(text);
	if (at == NULL && ka_span_starts(text, "PuTTY-User-Key-File-"))
		at = text.p;
	if (at != NULL)
		refuse(out, KA_REASON_LINE_PRIVATE_KEY, (size_t)(at - out->line.p));
	for (size_t i = 0; i < KA_ARRAY_LEN(foreign); i++)
		if (ka_span_starts(text, foreign[i]))
			refuse(out, KA_REASON_LINE_FOREIGN_FORMAT, offset_of(out, text));
}

static void judge_ascii(struct ka_keyline *out)
{
	size_t end = out->comment.len > 0 ? offset_of(out, out->comment) : out->line.len;

	for (size_t i = 0; i < end && out->reason == KA_REASON_NONE; i++)
		if (out->line.p[i] >= 0x80)
			refuse(out, KA_REASON_LINE_NOT_ASCII, i);
}

static void judge_options(struct ka_keyline *out, const struct ka_keysplit *split)
{
	ka_keyopts_parse(out->options_text, offset_of(out, out->options_text) + 1, &out->options);
	/* sshd looks for the closing quote before it looks at anything else */
	if ((out->options.reason == KA_REASON_NONE && split->has_blank) ||
	    (out->options.reason != KA_REASON_OPTION_BAD_QUOTING && split->is_open)) {
		size_t at = split->is_open ? split->open_at : split->blank_at;

		out->options.reason = KA_REASON_OPTION_BAD_QUOTING;
		out->options.column = at + 1;
		out->options.culprit = ka_span_sub(out->line, at, 1);
		out->options.name = (struct ka_span){ NULL, 0 };
	}
	if (split->is_open)
		out->options.detail = "invalid key option string";
	if (out->options.reason != KA_REASON_NONE)
		refuse(out, out->options.reason, out->options.column - 1);
}

static enum ka_reason judge_blob(struct ka_keyline *out, struct ka_span type_word, uint8_t *storage)
{
	size_t len;

	if (out->base64.len == 0)
		return KA_REASON_LINE_NO_BLOB;
	if (!ka_keyb64_decode(out->base64, storage, KA_BLOB_MAX, &len))
		return KA_REASON_LINE_BAD_BASE64;
	return ka_keyblob_parse((struct ka_span){ storage, len }, type_word, &out->key);
}

static void judge_key(struct ka_keyline *out, uint8_t *storage)
{
	size_t type_at = offset_of(out, out->type_word), blob_at = offset_of(out, out->base64);
	bool is_known = ka_keytype_find(out->type_word, NULL) != NULL;
	enum ka_reason reason;

	/* a key under an unknown label is read all the same: people want to know whose it is */
	reason = judge_blob(out, is_known ? out->type_word : (struct ka_span){ NULL, 0 }, storage);
	if (!is_known)
		refuse(out, KA_REASON_KEY_TYPE_UNKNOWN, out->type_word.len > 0 ? type_at : blob_at);
	else if (reason == KA_REASON_LINE_BAD_BASE64)
		refuse(out, reason, blob_at + ka_keyb64_alphabet_len(out->base64));
	else if (reason == KA_REASON_KEY_TYPE_MISMATCH)
		refuse(out, reason, type_at);
	else if (reason != KA_REASON_NONE)
		refuse(out, reason, blob_at);
}

void ka_keyline_parse(struct ka_span line, uint8_t storage[static KA_BLOB_MAX], struct ka_keyline *out)
{
	struct ka_keysplit split;
	struct ka_span text;

	memset(out, 0, sizeof(*out));
	out->line = line;
	if (line.len > KA_LINE_MAX) {
		refuse(out, KA_REASON_LINE_TOO_LONG, KA_LINE_MAX);
		return;
	}
	if (line.len > 0 && line.p[line.len - 1] == '\r')
		out->line.len--;
	judge_bytes(out);
	if (out->reason != KA_REASON_NONE)
		return;
	text = ka_text_trim(out->line);
	if (text.len == 0 || text.p[0] == '#')
		refuse(out, KA_REASON_LINE_EMPTY, text.len > 0 ? offset_of(out, text) : 0);
	else
		judge_format(out, text);
	if (out->reason != KA_REASON_NONE)
		return;
	ka_keysplit_line(out->line, &split);
	out->options_text = split.options;
	out->type_word = split.type;
	out->base64 = split.base64;
	out->comment = split.comment;
	judge_ascii(out);
	judge_options(out, &split);
	judge_key(out, storage);
	if (out->reason == KA_REASON_NONE)
		out->column = offset_of(out, text) + 1;
}

void ka_keyline_emit(const struct ka_keyline *k, const char *forced, struct ka_buf *out)
{
	size_t begin = out->len;

	if (k->reason != KA_REASON_NONE || k->options.truncated || out->overflow)
		return;
	ka_keyopts_emit(&k->options, out);
	if (forced[0] != '\0' && out->len > begin)
		ka_buf_char(out, ',');
	ka_buf_text(out, forced); /* last, because sshd lets a later option undo an earlier one */
	if (out->len > begin)
		ka_buf_char(out, ' ');
	ka_buf_text(out, ka_keyblob_name(&k->key));
	ka_buf_char(out, ' ');
	ka_keyb64_encode(out, k->key.blob); /* equal to what its fields are written as, or it would have a reason */
	ka_buf_char(out, '\n');
	if (out->overflow) { /* never half a line */
		ka_buf_cut(out, begin);
		out->overflow = true;
	}
}
