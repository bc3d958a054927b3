/* The shape of a list of lines. One bad line says nothing about the others; no good line at all does. */
#include "authkeys-cmd/fetch/fetchlines.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "key/keyline.h"

#include "base/poison.h"

/* what has been seen; too large for a stack frame */
struct look {
	size_t texts, keys; /* lines that are neither blank nor comments; those of them that are keys */
	struct ka_keyline line;
	uint8_t blob[KA_BLOB_MAX];
};

static void look_at(struct look *l, struct ka_span line)
{
	ka_keyline_parse(line, l->blob, &l->line);
	l->texts += l->line.reason != KA_REASON_LINE_EMPTY;
	l->keys += l->line.reason == KA_REASON_NONE;
}

static enum ka_reason sum_up(const struct look *l)
{
	if (l->texts == 0)
		return KA_REASON_STORE_NO_KEYS;
	return l->keys > 0 ? KA_REASON_NONE : KA_REASON_STORE_BAD_ANSWER;
}

static enum ka_reason judge(struct look *l, struct ka_span lines)
{
	struct ka_cursor c;
	struct ka_span line;

	l->texts = l->keys = 0;
	ka_cursor_init(&c, lines.p, lines.len);
	while (ka_cursor_line(&c, &line, NULL)) {
		if (line.len > KA_LINE_MAX)
			return KA_REASON_STORE_TOO_LARGE;
		look_at(l, line);
		if (l->texts > KA_STORE_KEYS_MAX)
			return KA_REASON_STORE_TOO_LARGE;
	}
	return sum_up(l);
}

/*
 * A text without any line for this user: others' lines look like his, so behind the prefix's last character a key begins
 * in at least one of them.
 */
static enum ka_reason judge_others(struct look *l, struct ka_span body, uint8_t separator)
{
	struct ka_cursor c;
	struct ka_span line;

	l->texts = l->keys = 0;
	ka_cursor_init(&c, body.p, body.len);
	while (l->keys == 0 && ka_cursor_line(&c, &line, NULL)) {
		size_t n = ka_span_find(line, separator);

		look_at(l, line);
		look_at(l, ka_span_sub(line, n + 1, line.len));
	}
	return l->texts == 0 || l->keys > 0 ? KA_REASON_STORE_NO_KEYS : KA_REASON_STORE_BAD_ANSWER;
}

enum ka_reason ka_fetchlines_judge(struct ka_span lines)
{
	KA_AUTOFREE struct look *l = malloc(sizeof(*l));

	return l != NULL ? judge(l, lines) : KA_REASON_INTERNAL_ERROR;
}

enum ka_reason ka_fetchlines_take(struct ka_span body, const char *prefix, struct ka_buf *out)
{
	KA_AUTOFREE struct look *l = malloc(sizeof(*l));
	const size_t n = strlen(prefix);
	struct ka_cursor c;
	struct ka_span line;
	bool any = false;

	if (l == NULL)
		return KA_REASON_INTERNAL_ERROR;
	ka_cursor_init(&c, body.p, body.len);
	while (ka_cursor_line(&c, &line, NULL)) {
		if (!ka_span_starts(line, prefix))
			continue;
		any = true;
		line = ka_span_sub(line, n, line.len);
		if (line.len > 0 && line.p[line.len - 1] == '\r')
			line.len--;
		ka_buf_span(out, line);
		ka_buf_char(out, '\n');
	}
	if (ka_buf_check(out) != KA_ERR_OK)
		return KA_REASON_STORE_TOO_LARGE;
	return any || n == 0 ? judge(l, ka_buf_as_span(out)) : judge_others(l, body, (uint8_t)prefix[n - 1]);
}
