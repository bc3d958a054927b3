/* Escaping. It must never let a stranger's text end its field or its line, whatever the trail at hand holds. */
#include "keyaudit/form/formtext.h"

#include "base/limits.h"
#include "base/text.h"

#include "base/poison.h"

/* what one character of safe text becomes: the mark as @instead, which is another text; anything else as it stands */
struct marks {
	char mark, also;     /* 0: none */
	const char *instead; /* of the mark */
};

static const char *instead_of(const struct marks *m, char c)
{
	if (c == m->mark && m->mark != '\0')
		return m->instead;
	return c == m->also && m->also != '\0' ? "\\\\" : NULL;
}

/* appends what fits, character by character; with @max too small for all of it the end is "..." */
static void put(struct ka_buf *b, struct ka_span s, const struct marks *m, size_t max)
{
	size_t begin = b->len, keep = b->len, n;

	for (; s.len > 0; s = ka_span_sub(s, n, s.len)) {
		const char *instead = instead_of(m, (char)s.p[0]);

		n = ka_text_utf8_len(s, NULL);
		if (n == 0)
			return; /* not safe text: cannot happen */
		if (instead != NULL)
			ka_buf_text(b, instead);
		else
			ka_buf_span(b, ka_span_sub(s, 0, n));
		if (b->len - begin > max) {
			ka_buf_cut(b, keep);
			ka_buf_text(b, "...");
			return;
		}
		if (b->len - begin + 3 <= max)
			keep = b->len;
	}
}

static void put_any(struct ka_buf *b, const char *text, const struct marks *m, size_t max)
{
	struct ka_span s = ka_span_of(text);
	char safe[KA_FORM_TEXT_MAX + 1];
	struct ka_buf t;

	if (!ka_text_is_plain(s)) {
		ka_buf_init_array(&t, safe);
		ka_text_escape(&t, s, 0, KA_FORM_TEXT_MAX);
		s = ka_buf_as_span(&t);
	}
	put(b, s, m, max);
}

void ka_formtext_safe(struct ka_buf *b, const char *text, size_t max)
{
	static const struct marks none = { '\0', '\0', NULL };

	put_any(b, text, &none, max);
}

void ka_formtext_pipe(struct ka_buf *b, const char *text, size_t max)
{
	static const struct marks header = { '|', '\\', "\\|" };

	put_any(b, text, &header, max);
}

void ka_formtext_equals(struct ka_buf *b, const char *text, size_t max)
{
	static const struct marks extension = { '=', '\\', "\\=" };

	put_any(b, text, &extension, max);
}

void ka_formtext_quoted(struct ka_buf *b, const char *text, size_t max)
{
	static const struct marks quotes = { '"', '\0', "\\x22" };

	if (text[0] == '\0') {
		ka_buf_char(b, '-'); /* without quotes: nobody can be called that */
		return;
	}
	ka_buf_char(b, '"');
	put_any(b, text, &quotes, max);
	ka_buf_char(b, '"');
}
