/* "name=value" words in fixed order. Hostile input: one blank between words, nothing missing, nothing more. */
#include "base/fields.h"

#include <string.h>

#include "base/text.h"

#include "base/poison.h"

void ka_fields_put_text(struct ka_buf *b, const char *name, const char *text)
{
	ka_buf_char(b, ' ');
	ka_buf_text(b, name);
	ka_buf_char(b, '=');
	ka_text_percent(b, ka_span_of(text));
}

void ka_fields_put_i64(struct ka_buf *b, const char *name, int64_t v)
{
	ka_buf_char(b, ' ');
	ka_buf_text(b, name);
	ka_buf_char(b, '=');
	ka_buf_i64(b, v);
}

bool ka_fields_init(struct ka_fields *f, struct ka_span line, const char *head)
{
	size_t n = strlen(head);

	f->failed = !ka_span_starts(line, head);
	f->rest = ka_span_sub(line, n, line.len);
	return !f->failed;
}

struct ka_span ka_fields_raw(struct ka_fields *f, const char *name)
{
	struct ka_span none = { NULL, 0 }, word;
	size_t n = strlen(name);

	if (f->failed || f->rest.len == 0 || f->rest.p[0] != ' ') {
		f->failed = true;
		return none;
	}
	f->rest = ka_span_sub(f->rest, 1, f->rest.len);
	word = ka_span_sub(f->rest, 0, ka_span_find(f->rest, ' '));
	f->rest = ka_span_sub(f->rest, word.len, f->rest.len);
	if (!ka_span_starts(word, name) || word.len < n + 2 || word.p[n] != '=') {
		f->failed = true;
		return none;
	}
	return ka_span_sub(word, n + 1, word.len);
}

void ka_fields_text(struct ka_fields *f, const char *name, char *out, size_t size)
{
	struct ka_span raw = ka_fields_raw(f, name);
	size_t len;

	if (size > 0)
		out[0] = '\0';
	if (!f->failed && !ka_text_unpercent(raw, out, size, &len))
		f->failed = true;
}

int64_t ka_fields_i64(struct ka_fields *f, const char *name, int64_t max)
{
	struct ka_span raw = ka_fields_raw(f, name);
	uint64_t v = 0;

	if (!f->failed && !ka_text_to_u64(raw, (uint64_t)max, &v))
		f->failed = true;
	return f->failed ? 0 : (int64_t)v;
}

bool ka_fields_end(const struct ka_fields *f)
{
	return !f->failed && f->rest.len == 0;
}
