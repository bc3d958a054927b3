/* Joining the lines of a wrapped key. It must never look at a line again for every line before it, whatever a file is made of. Pure. */
#include "diag/scanwrap.h"

#include "base/text.h"
#include "key/keyb64.h"
#include "key/keyblob.h"

#include "base/poison.h"

/* the quads that have come since the last look; false when it cannot become the text of a key any more */
static bool decode_more(struct ka_keyscan_work *w, struct ka_span text, size_t *done)
{
	size_t whole = text.len / 4 * 4, len;

	if (whole == *done)
		return true;
	if (*done > 0 && text.p[*done - 1] == '=')
		return false;
	if (!ka_keyb64_decode(ka_span_sub(text, *done, whole - *done), w->blob + w->blob_len, sizeof(w->blob) - w->blob_len, &len))
		return false;
	w->blob_len += len;
	*done = whole;
	return true;
}

/* put the next line behind what there is of the key; false when it does not go on, or not in this line */
static bool take_next(struct ka_cursor *ahead, struct ka_buf *b, bool *is_last)
{
	struct ka_span line, word;

	if (!ka_cursor_line(ahead, &line, NULL))
		return false;
	if (line.len > 0 && line.p[line.len - 1] == '\r')
		line.len--;
	if (!ka_text_word(&line, &word) || ka_keyb64_alphabet_len(word) != word.len || (b->len == 0 && !ka_span_starts(word, "AAAA")))
		return false;
	ka_buf_span(b, word);
	*is_last = line.len > 0; /* a comment: the key ends here */
	return true;
}

uint32_t ka_scanwrap_join(struct ka_keyscan_work *w, struct ka_span first, size_t *len, bool *whole)
{
	enum ka_reason why = KA_REASON_KEY_BLOB_TRUNCATED;
	struct ka_cursor ahead = w->rest;
	const struct ka_span nothing = { NULL, 0 };
	struct ka_keyblob key;
	struct ka_buf b;
	uint32_t lines = 0;
	size_t done = 0;
	bool is_last = false;

	ka_buf_init_array(&b, w->joined);
	ka_buf_span(&b, first);
	w->blob_len = 0;
	while (lines < KA_DIAG_WRAP_LINES_MAX && w->ahead < KA_DIAG_AHEAD_LINES_MAX && !is_last && !b.overflow &&
	       why == KA_REASON_KEY_BLOB_TRUNCATED && take_next(&ahead, &b, &is_last)) {
		lines++;
		w->ahead++;
		if (!decode_more(w, ka_buf_as_span(&b), &done))
			break;
		if (done == b.len)
			why = ka_keyblob_parse((struct ka_span){ w->blob, w->blob_len }, nothing, &key);
	}
	*whole = why == KA_REASON_NONE;
	*len = b.len;
	return b.overflow ? 0 : lines;
}
