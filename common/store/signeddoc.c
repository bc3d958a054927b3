/* Takes documents apart. It must hand on no byte as signed text that stands behind the first BEGIN line. */
#include "store/signeddoc.h"

#include "base/text.h"
#include "store/sshsig.h"

#include "base/poison.h"

static const struct kind {
	const char *magic;
	size_t bytes_max, lines_max;
	bool has_user;
} kinds[] = {
	[KA_SIGNEDDOC_KEYS] = { "# keyaudit-keys-v1", KA_SIGNED_DOC_MAX, KA_SIGNED_LINES_MAX, true },
	[KA_SIGNEDDOC_REVOKED] = { "# keyaudit-revoked-v1", KA_SIGNED_BULK_MAX, SIZE_MAX, false },
	[KA_SIGNEDDOC_INDEX] = { "# keyaudit-index-v1", KA_SIGNED_BULK_MAX, SIZE_MAX, false },
};

/* the lines of a document, counted */
struct reader {
	struct ka_cursor c;
	struct ka_span line;
	bool has_newline;
	size_t number;
};

static bool next(struct reader *r)
{
	r->number++;
	return ka_cursor_line(&r->c, &r->line, &r->has_newline);
}

static enum ka_reason wrong(struct ka_signeddoc *out, size_t line, enum ka_reason reason, const char *why)
{
	out->wrong = why;
	out->bad_line = line;
	return reason;
}

const char *ka_signeddoc_magic(enum ka_signeddoc_kind kind)
{
	return kinds[kind].magic;
}

bool ka_signeddoc_is_entry(struct ka_span line)
{
	line = ka_text_trim(line);
	return line.len > 0 && line.p[0] != '#';
}

/* where the signed text ends: at the first BEGIN line, which @r has then read, or with the bytes */
static enum ka_reason find_text(struct reader *r, struct ka_span bytes, struct ka_signeddoc *out)
{
	out->text = bytes;
	while (next(r)) {
		if (r->line.len > KA_LINE_MAX)
			return wrong(out, r->number, KA_REASON_STORE_TOO_LARGE, "a line that is too long");
		if (!ka_span_is(r->line, KA_SSHSIG_BEGIN))
			continue;
		out->text = ka_span_sub(bytes, 0, (size_t)(r->line.p - bytes.p));
		break;
	}
	if (ka_span_find(out->text, '\0') < out->text.len || ka_span_find(out->text, '\r') < out->text.len)
		return wrong(out, 0, KA_REASON_STORE_BAD_ANSWER, "a NUL or a carriage return");
	return KA_REASON_NONE;
}

static enum ka_reason read_head(struct reader *r, const struct kind *kind, struct ka_signeddoc *out)
{
	struct reader here;
	const char *why;
	enum ka_reason reason;

	if (!next(r) || !ka_span_is(r->line, kind->magic) || !r->has_newline)
		return wrong(out, 1, KA_REASON_STORE_BAD_ANSWER, "not the first line of such a document");
	ka_signedhead_init(&out->head);
	for (here = *r; next(&here) && here.has_newline && ka_signedhead_is_line(here.line); *r = here) {
		reason = ka_signedhead_take(here.line, kind->has_user, &out->head, &why);
		if (reason != KA_REASON_NONE)
			return wrong(out, here.number, reason, why);
	}
	why = ka_signedhead_wrong(&out->head, kind->has_user);
	return why == NULL ? KA_REASON_NONE : wrong(out, here.number, KA_REASON_STORE_BAD_ANSWER, why);
}

static enum ka_reason count_lines(struct reader *r, const struct kind *kind, struct ka_signeddoc *out)
{
	out->body = (struct ka_span){ r->c.p, ka_cursor_left(&r->c) };
	while (next(r)) {
		out->lines += ka_signeddoc_is_entry(r->line);
		if (out->lines > kind->lines_max)
			return wrong(out, r->number, KA_REASON_STORE_TOO_LARGE, "too many keys");
	}
	return KA_REASON_NONE;
}

/* @r has read a BEGIN line */
static enum ka_reason read_block(struct reader *r, struct ka_signeddoc *out)
{
	const uint8_t *begin = r->c.p;
	bool is_whole = r->has_newline;

	if (out->blocks == KA_SIGNED_BLOCKS_MAX)
		return wrong(out, r->number, KA_REASON_STORE_TOO_LARGE, "too many signatures");
	while (is_whole && next(r)) {
		if (!r->has_newline)
			break;
		if (!ka_span_is(r->line, KA_SSHSIG_END))
			continue;
		out->block[out->blocks++] = (struct ka_span){ begin, (size_t)(r->line.p - begin) };
		return KA_REASON_NONE;
	}
	return wrong(out, r->number, KA_REASON_STORE_SIGNATURE_BAD, "a signature that is cut");
}

/* @r has read the first BEGIN line, or everything */
static enum ka_reason read_blocks(struct reader *r, struct ka_signeddoc *out)
{
	enum ka_reason reason;

	if (!ka_span_is(r->line, KA_SSHSIG_BEGIN))
		return wrong(out, 0, KA_REASON_STORE_SIGNATURE_MISSING, "no signature");
	do {
		if (ka_text_trim(r->line).len == 0)
			continue;
		if (!ka_span_is(r->line, KA_SSHSIG_BEGIN))
			return wrong(out, r->number, KA_REASON_STORE_BAD_ANSWER, "something other than signatures behind the signed text");
		reason = read_block(r, out);
		if (reason != KA_REASON_NONE)
			return reason;
	} while (next(r));
	return KA_REASON_NONE;
}

enum ka_reason ka_signeddoc_parse(struct ka_span bytes, enum ka_signeddoc_kind kind, struct ka_signeddoc *out)
{
	const struct kind *k = &kinds[kind];
	struct reader all = { .number = 0 }, text = { .number = 0 };
	enum ka_reason reason;

	*out = (struct ka_signeddoc){ .kind = kind };
	if (bytes.len > k->bytes_max)
		return wrong(out, 0, KA_REASON_STORE_TOO_LARGE, "the document is too large");
	ka_cursor_init(&all.c, bytes.p, bytes.len);
	reason = find_text(&all, bytes, out);
	if (reason != KA_REASON_NONE)
		return reason;
	ka_cursor_init(&text.c, out->text.p, out->text.len);
	reason = read_head(&text, k, out);
	if (reason == KA_REASON_NONE)
		reason = count_lines(&text, k, out);
	if (reason == KA_REASON_NONE)
		reason = read_blocks(&all, out);
	return reason;
}
