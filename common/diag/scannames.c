/* Names of principals. The first line with a name of the certificate is the one that counts; what follows it is not read. */
#include "diag/scannames.h"

#include <string.h>

#include "base/text.h"
#include "diag/certview.h"
#include "diag/scancert.h"
#include "diag/scanline.h"
#include "key/keycert.h"

#include "base/poison.h"

/* offset of the last byte @b, or s.len */
static size_t find_last(struct ka_span s, uint8_t b)
{
	for (size_t i = s.len; i > 0; i--)
		if (s.p[i - 1] == b)
			return i - 1;
	return s.len;
}

/* up to a NUL or '#', without blanks at its ends; then the options and the name behind the last blank */
static struct ka_span split(struct ka_span line, struct ka_span *options)
{
	size_t at;

	line = ka_span_sub(line, 0, ka_span_find(line, '\0'));
	line = ka_text_trim(ka_span_sub(line, 0, ka_span_find(line, '#')));
	*options = (struct ka_span){ NULL, 0 };
	at = find_last(line, ' ');
	if (at == line.len)
		at = find_last(line, '\t');
	if (at == line.len)
		return line;
	*options = ka_span_sub(line, 0, at);
	return ka_text_trim(ka_span_sub(line, at, line.len));
}

static void remember(struct ka_keyscan *s, struct ka_span name)
{
	char *to = s->listed[s->usable < KA_ARRAY_LEN(s->listed) ? s->usable : 0];

	if (s->usable++ >= KA_ARRAY_LEN(s->listed))
		return;
	if (!ka_span_copy(name, to, sizeof(s->listed[0])))
		ka_span_copy(ka_span_sub(name, 0, sizeof(s->listed[0]) - 1), to, sizeof(s->listed[0]));
}

/* what sshd asks of the line's options; a list that it cannot read makes it pass over the line */
static void judge(struct ka_keyscan_work *w, struct ka_span options, const struct ka_keyscan_offer *o, struct ka_keyscan_hit *hit)
{
	struct ka_keyopts *list = &w->options;
	size_t end = 0;

	hit->fit = KA_KEYSCAN_LISTED;
	while (end < options.len && !ka_text_is_blank(options.p[end]))
		end++;
	if (ka_span_find(options, '"') == options.len)
		options = ka_span_sub(options, 0, end); /* sshd's parser stops at the first blank outside of quotes */
	if (options.len == 0)
		return;
	ka_keyopts_parse(ka_text_trim(options), 1, list);
	hit->reason = (uint32_t)list->reason;
	hit->column = (uint32_t)list->column;
	hit->fit = KA_KEYSCAN_REMAINS;
	if (list->reason != KA_REASON_NONE)
		return;
	ka_scanline_admits(w, list, hit);
	if (hit->reason == KA_REASON_NONE)
		ka_scancert_judge(list, o, hit);
	hit->fit = hit->reason == KA_REASON_NONE ? KA_KEYSCAN_LISTED : KA_KEYSCAN_WHOLE;
}

static void take(struct ka_keyscan_work *w, struct ka_span line)
{
	struct ka_span options, name = split(line, &options);

	if (name.len == 0)
		return;
	remember(w->out, name);
	for (size_t i = 0; i < w->query->offers_count; i++) {
		const struct ka_keyscan_hit *before = ka_keyscan_hit(w->out, i);
		struct ka_keyscan_hit hit = { .offer = (uint32_t)i, .line = w->line, .column = 1 };
		struct ka_certview cert;

		if ((before != NULL && before->fit != KA_KEYSCAN_REMAINS) || !ka_certview_read(&w->query->offers[i], &cert) ||
		    !ka_keycert_has_principal(&cert.key.cert, name))
			continue;
		judge(w, options, &w->query->offers[i], &hit);
		ka_keyscan_add(w->out, &hit);
	}
}

void ka_scannames_run(const uint8_t *bytes, size_t len, const struct ka_keyscan_query *query, struct ka_keyscan_work *work,
		      struct ka_keyscan *out)
{
	struct ka_cursor c;
	struct ka_span line;

	memset(out, 0, sizeof(*out));
	memset(work, 0, sizeof(*work));
	work->query = query;
	work->out = out;
	ka_cursor_init(&c, bytes, len);
	while (ka_cursor_line(&c, &line, NULL)) {
		work->line++;
		take(work, line);
	}
	out->lines = work->line;
}
